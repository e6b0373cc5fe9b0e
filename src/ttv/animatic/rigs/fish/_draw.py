"""Drawing a swimmer: fins behind, bent body with its markings, fins before, face."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ttv.animatic.rigs._curve import Point, outline, parse_points, polar, tube
from ttv.animatic.rigs._kit import Moment, draw_kit
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._port import Rgb
from ttv.animatic.rigs._rhythm import wave
from ttv.animatic.rigs.fish._form import Arm, Fin, Swimmer


@dataclass(frozen=True, slots=True)
class Stroke:
    """The bend of a body at an instant."""

    swimmer: Swimmer
    cycles: float
    strength: float

    def bend(self, x: float) -> float:
        """Give the displacement of the spine at a station; the head leads, the tail swings."""
        free = max(0.0, (50.0 - x) / 100.0)
        phase = self.cycles + self.swimmer.waves * x / 100.0
        return self.swimmer.bend * self.strength * (0.12 + math.pow(free, 1.6)) * wave(phase)

    def place(self, point: Point) -> Point:
        """Move a point of the resting outline with the spine."""
        x, y = point
        return x, y + self.bend(x)

    def slope(self, x: float) -> float:
        """Give the direction of the spine at a station."""
        return math.atan2(self.bend(x + 4) - self.bend(x - 4), 8.0)

    @property
    def squeeze(self) -> float:
        """Give how far the bell is closed, 0 to 1: quick to close, slow to open."""
        part = self.cycles % 1.0
        share = part / 0.35 if part < 0.35 else (1 - part) / 0.65
        return 0.5 - 0.5 * math.cos(math.pi * share)


def draw_swimmer(pen: Pen, stroke: Stroke, palette: Mapping[str, Rgb], moment: Moment) -> None:
    """Draw the swimmer in its bend."""
    swimmer = stroke.swimmer
    for arm in swimmer.arms:
        _draw_arm(pen, stroke, arm, palette)
    for fin in swimmer.fins:
        if fin.behind:
            _draw_fin(pen, stroke, fin, moment)
    if swimmer.pulse:
        closed = swimmer.pulse * stroke.squeeze
        with pen.stretch(0, 12, 1 - closed, 1 + 0.6 * closed):
            _draw_body(pen, stroke, palette)
            draw_kit(pen, swimmer.face, moment)
        return
    _draw_body(pen, stroke, palette)
    for fin in swimmer.fins:
        if not fin.behind:
            _draw_fin(pen, stroke, fin, moment)
    with pen.frame(0, stroke.bend(36), turn=stroke.slope(40) * 0.6):
        draw_kit(pen, swimmer.face, moment)


def _draw_body(pen: Pen, stroke: Stroke, palette: Mapping[str, Rgb]) -> None:
    swimmer = stroke.swimmer
    points, corners = parse_points(swimmer.outline)
    path = outline([stroke.place(point) for point in points], corners)
    if swimmer.alpha < 1.0:
        pen.fill(path, palette["body"], alpha=swimmer.alpha)
    else:
        pen.form(path, palette["body"], depth=swimmer.depth)
    if not swimmer.marks:
        return
    with pen.inside(path):
        for mark in swimmer.marks:
            shape, sharp = parse_points(mark.blob)
            patch = outline([stroke.place(point) for point in shape], sharp)
            pen.fill(patch, palette[mark.fill], shade=mark.shade)


def _draw_fin(pen: Pen, stroke: Stroke, fin: Fin, moment: Moment) -> None:
    x, y = fin.at
    with pen.frame(x, y + stroke.bend(x), turn=stroke.slope(x)):
        draw_kit(pen, fin.parts, moment)


def arm_spine(stroke: Stroke, arm: Arm) -> list[Point]:
    """Bend a tentacle in a wave that runs to its tip."""
    count = 8
    closed = stroke.swimmer.pulse * stroke.squeeze
    x, y = arm.root
    points = [(x * (1 - closed), y)]
    angle = math.radians(arm.angle)
    for at in range(1, count):
        share = at / (count - 1)
        swing = arm.swing * wave(stroke.cycles - arm.delay - 0.7 * share) * (0.4 + share)
        turn = math.radians(arm.curl * share + swing)
        points.append(polar(points[-1], arm.length / (count - 1), angle + turn))
    return points


def _draw_arm(pen: Pen, stroke: Stroke, arm: Arm, palette: Mapping[str, Rgb]) -> None:
    spine = arm_spine(stroke, arm)
    last = len(spine) - 1
    girth = [max(0.5, arm.girth * (1 - at / last * 0.9)) for at in range(last + 1)]
    path = tube(spine, girth)
    if arm.girth > 4 and arm.alpha == 1.0:
        pen.form(path, palette[arm.fill], depth=arm.girth * 0.6, shade=arm.shade, rim=0.5)
    else:
        pen.fill(path, palette[arm.fill], shade=arm.shade, alpha=arm.alpha)
