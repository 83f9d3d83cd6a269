"""Helpers for working on homeport itself: setup, locks, checks. The product never imports them."""
