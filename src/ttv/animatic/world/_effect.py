"""What moves by itself in every frame: how an effect is opened and what a frame tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import skia

from ttv.animatic.world._look import Look


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame, in absolute time: the same moment always looks the same."""

    #: Seconds.
    t: float
    #: How far the camera has travelled to the right, in pixels at the subjects' depth.
    travelled: float


class Live(Protocol):
    """An effect that is set up for one scene."""

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw it as it is at that moment."""


class Effect(Protocol):
    """A description of an effect."""

    def open(self, look: Look) -> Live:
        """Set it up: draw its sprites and throw its dice, once."""
