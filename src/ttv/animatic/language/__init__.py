"""Words to a Scene: a lexicon in data files, and a reader that accounts for every word."""

from __future__ import annotations

from ttv.animatic.language._colours import COLOURS, rgb
from ttv.animatic.language._compose import compose
from ttv.animatic.language._light import Light
from ttv.animatic.language._survey import Mention, Spoken, Survey, survey

__all__ = ["COLOURS", "Light", "Mention", "Spoken", "Survey", "compose", "rgb", "survey"]
