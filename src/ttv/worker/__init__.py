"""Claim steps, run them, settle them."""
