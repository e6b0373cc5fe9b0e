"""Speak to a TTV service over HTTP from Python."""
