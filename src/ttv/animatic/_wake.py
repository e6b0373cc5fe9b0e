"""What a body does to the water: rings round what floats, spray round what leaps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import skia

from ttv.animatic.rigs import Rgb
from ttv.animatic.world import stroke

#: Radians a second of a leap out of the water, and the angle at which it breaks the surface.
LEAP_PACE: Final = 2.3
_RISE: Final = -math.asin(4 / 7)
_ENTRY: Final = math.pi - _RISE
_DROPS: Final = 44
#: Seconds that spray hangs in the air, and the golden section that scatters its drops.
_SPRAY: Final = 0.8
_GOLDEN: Final = 0.618034


@dataclass(frozen=True, slots=True)
class Body:
    """A body at the surface, in pixels."""

    x: float
    #: The line of the water.
    y: float
    #: Half of its breadth.
    half: float


def arc_of(t: float, phase: float) -> float:
    """Give the angle of a leap at a time."""
    return t * LEAP_PACE + phase * math.tau


def draw_rings(canvas: skia.Canvas, body: Body, t: float, foam: Rgb) -> None:
    """Draw the strokes of light that spread from a hull and die away."""
    thick = max(1.0, 0.016 * body.half)
    for number in range(5):
        part = (t / 3.0 + number / 5) % 1.0
        reach = body.half * (0.5 + 0.75 * part)
        y = body.y + body.half * (0.02 + 0.22 * part)
        shift = body.half * 0.12 * math.sin(t * 0.9 + number * 2.4)
        pen = stroke(foam, thick * (1.0 + part), 0.5 * math.sin(math.pi * part))
        canvas.drawLine(body.x + shift - reach, y, body.x + shift - 0.3 * reach, y, pen)
        canvas.drawLine(body.x + shift + 0.25 * reach, y, body.x + shift + reach, y, pen)


def draw_spray(canvas: skia.Canvas, body: Body, arc: float, foam: Rgb) -> None:
    """Throw drops where a leaping body breaks the surface, out of the water or into it."""
    for angle, ahead in ((_RISE, -0.2), (_ENTRY, 0.35)):
        age = ((arc - angle) % math.tau) / LEAP_PACE
        if age < _SPRAY:
            _throw(canvas, Body(body.x + ahead * body.half, body.y, body.half), age, foam)


def _throw(canvas: skia.Canvas, body: Body, age: float, foam: Rgb) -> None:
    part = age / _SPRAY
    for number in range(_DROPS):
        spread = 2.0 * ((number * _GOLDEN) % 1.0) - 1.0
        force = 0.45 + 0.55 * ((number * _GOLDEN * 5.0) % 1.0)
        x = body.x + body.half * (0.3 * spread + 0.75 * spread * part)
        height = force * (1.0 - 0.55 * abs(spread)) * 4.0 * part * (1.0 - part)
        size = body.half * (0.007 + 0.018 * force) * (1.0 - 0.6 * part)
        pen = stroke(foam, 2.0 * size, 0.85 * (1.0 - part**2))
        canvas.drawPoint(x, body.y - 0.62 * body.half * height, pen)
