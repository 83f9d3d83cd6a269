"""How a plan becomes resources: translators that choose words, never meaning."""
