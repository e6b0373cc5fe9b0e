"""The actor every rig hands out: a painter of poses, measured once."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import skia

from ttv.animatic.language import rgb
from ttv.animatic.rigs._colour import colours, repaint, tint
from ttv.animatic.rigs._pen import Pen, Tape
from ttv.animatic.rigs._port import Box, Light, Rgb

#: Draws the pose at a time, in the rig's units.
Painter = Callable[[Pen, float], None]


@dataclass(frozen=True, slots=True)
class Variation:
    """How one of several copies differs from the others."""

    size: float
    #: Cycles by which slow rhythms are shifted, and seconds by which everything is.
    phase: float
    delay: float
    #: Share of its cycle by which it is out of step with the first.
    step: float
    lighter: float
    turn: float

    def palette(self, table: Mapping[str, str], asked: str | None) -> dict[str, Rgb]:
        """Give the fills of a species: its own, varied a little, or repainted as asked."""
        fills = colours(table)
        if asked is not None:
            return repaint(fills, rgb(asked))
        return {
            name: tint(fill, lighter=self.lighter, turn=self.turn)
            if name == "body" or name.startswith("body-")
            else fill
            for name, fill in fills.items()
        }


def vary(rng: random.Random, index: int) -> Variation:
    """Draw the variation of a copy; the first of a kind keeps its natural size."""
    spread = 0.0 if index == 0 else 1.0
    return Variation(
        size=1.0 + spread * rng.uniform(-0.13, 0.07),
        phase=rng.random(),
        delay=rng.uniform(0.0, 9.0),
        step=(0.2 + 0.618034 * index) % 1.0,
        lighter=spread * rng.uniform(-0.035, 0.035),
        turn=spread * rng.uniform(-0.09, 0.09),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """An actor that paints itself in its own units."""

    height: float
    speed: float
    grounded: bool
    box: Box
    #: Metres of one unit.
    unit: float
    delay: float
    paint: Painter

    def draw(self, canvas: skia.Canvas, t: float, light: Light) -> None:
        """Draw the pose at ``t`` seconds; the canvas is left as it was."""
        canvas.save()
        canvas.scale(self.unit, -self.unit)
        try:
            self.paint(Pen(canvas, light), t + self.delay)
        finally:
            canvas.restore()


def figure(
    paint: Painter,
    *,
    unit: float,
    height: float,
    speed: float,
    grounded: bool,
    cycle: float,
    variation: Variation,
) -> Figure:
    """Make an actor; its reach is measured over ``cycle`` seconds.

    ``height`` and ``speed`` are in units. Copies start a golden section of the cycle apart.
    """
    whole = math.floor(variation.delay / cycle)
    return Figure(
        height=height * unit,
        speed=speed * unit,
        grounded=grounded,
        box=reach(paint, unit=unit, cycle=cycle),
        unit=unit,
        delay=(whole + variation.step) * cycle,
        paint=paint,
    )


def reach(paint: Painter, *, unit: float, cycle: float, samples: int = 16) -> Box:
    """Measure everything drawn over a cycle, with a little room for slower rhythms."""
    tape = Tape()
    for at in range(samples):
        paint(tape, cycle * at / samples)
    box = tape.box(unit)
    room = 0.06 * max(box.right - box.left, box.top - box.bottom)
    return Box(box.left - room, box.right + room, box.bottom - room * 0.5, box.top + room)
