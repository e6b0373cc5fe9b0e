"""Skeletons and shapes of the subjects."""

from __future__ import annotations

from ttv.animatic.rigs._cast import cast, species
from ttv.animatic.rigs._placeholder import font_face
from ttv.animatic.rigs._port import Actor, Box, Light, Rgb

__all__ = ["Actor", "Box", "Light", "Rgb", "cast", "font_face", "species"]
