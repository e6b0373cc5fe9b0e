"""Landscapes, light and weather, drawn in layers."""
