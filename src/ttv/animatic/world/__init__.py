"""Grammars of settings, weather and light: layers from back to front."""

from __future__ import annotations

from ttv.animatic.world._baked import paper as canvas_on
from ttv.animatic.world._effect import Moment
from ttv.animatic.world._grammar import Grammar
from ttv.animatic.world._look import View, stroke
from ttv.animatic.world._seeds import Seeds
from ttv.animatic.world._settings import describe
from ttv.animatic.world._sky import vignette
from ttv.animatic.world._world import World

__all__ = [
    "Grammar",
    "Moment",
    "Seeds",
    "View",
    "World",
    "canvas_on",
    "describe",
    "stroke",
    "vignette",
]
