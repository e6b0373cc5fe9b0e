"""Skeletons and shapes of the subjects."""
