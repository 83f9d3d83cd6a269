"""The replica's front door: one Envoy configuration, rendered from plain settings."""
