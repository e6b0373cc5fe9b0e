"""The sea floor and the void: corals, kelp, caustics; planets, nebulae."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import skia

from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._look import Look, Span, blob, flat, polyline, shining, stroke
from ttv.animatic.world._palette import mix

_CORALS: Final = ("coral_a", "coral_b", "coral_c", "coral_d")


def _branching(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    tone = rng.choice(_CORALS)
    for tint, width in ((0.78, 1.0), (1.0, 0.6)):
        state = rng.getstate()
        path = skia.Path()
        for at in range(6):
            angle = math.pi * (0.2 + 0.6 * at / 5) + rng.uniform(-0.1, 0.1)
            long = h * rng.uniform(0.65, 1.0)
            mx, my = x + math.cos(angle) * long * 0.55, y - math.sin(angle) * long * 0.5
            ex, ey = x + math.cos(angle) * long * 0.8, y - math.sin(angle) * long
            path.moveTo(x, y)
            path.quadTo(mx, my, ex, ey)
            path.moveTo(mx * 0.5 + ex * 0.5, my * 0.5 + ey * 0.5)
            path.lineTo(ex + rng.choice((-1, 1)) * h * 0.16, ey + h * 0.02)
        canvas.drawPath(path, stroke(look.colour(tone, tint), h * 0.09 * width))
        if width == 1.0:
            rng.setstate(state)


def _fan(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    tone = rng.choice(_CORALS)
    points = [(x, y)]
    for at in range(9):
        angle = math.pi * (0.12 + 0.76 * at / 8)
        long = h * (0.8 + 0.2 * math.sin(at * 2.1))
        points.append((x + math.cos(angle) * long * 0.75, y - math.sin(angle) * long))
    shape = blob(points)
    canvas.drawPath(shape, look.fill(tone, 0.84))
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    pen = stroke(look.colour(tone, 1.08), max(1.0, h * 0.02), 0.8)
    for px, py in points[1:]:
        canvas.drawLine(x, y, px, py, pen)
    canvas.restore()


def _brain(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    tone, size = rng.choice(_CORALS), h * 0.55
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(x - h, y - h, x + h, y))
    canvas.drawCircle(x, y - size * 0.3, size, look.fill(tone, 0.8))
    canvas.drawCircle(x + size * 0.12, y - size * 0.42, size * 0.86, look.fill(tone, 0.96))
    pen = stroke(look.colour(tone, 0.78), max(1.0, h * 0.025), 0.6)
    for at in range(5):
        arc = skia.Rect.MakeLTRB(
            x - size * 0.8 + at * size * 0.3, y - size * 1.2, x + size * 0.1 + at * size * 0.3, y
        )
        canvas.drawArc(arc, 190, 120, useCenter=False, paint=pen)
    canvas.restore()


def _tubes(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    tone = rng.choice(_CORALS)
    for at in range(4):
        wide, tall = h * 0.14, h * rng.uniform(0.45, 0.95)
        left = x + (at - 1.5) * h * 0.19
        canvas.drawRoundRect(
            skia.Rect.MakeXYWH(left - wide / 2, y - tall, wide, tall + wide),
            wide / 2,
            wide / 2,
            look.fill(tone, 0.86 + 0.05 * at),
        )
        canvas.drawOval(
            skia.Rect.MakeXYWH(left - wide * 0.36, y - tall + wide * 0.1, wide * 0.72, wide * 0.4),
            look.fill(tone, 0.55),
        )


_REEF: Final = (_branching, _fan, _brain, _tubes)


@dataclass(frozen=True, slots=True)
class Reef:
    """Corals of four shapes along the floor."""

    size: tuple[float, float]
    every: float
    thick: float = 0.8

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Grow them."""
        unit = look.unit
        for x, rng in span.cells(
            look, "corals", every=self.every * unit, reach=self.size[1] * unit
        ):
            if rng.random() < self.thick:
                y = look.base + rng.random() * 0.02 * unit
                rng.choice(_REEF)(canvas, x, y, unit * rng.uniform(*self.size), rng, look)


@dataclass(frozen=True, slots=True)
class Kelp:
    """Ribbons of weed that sway with the swell."""

    every: float = 0.22
    tall: tuple[float, float] = (0.25, 0.6)

    def open(self, look: Look) -> Live:
        """Choose the stalks of one endless round."""
        return _Kelp(look, self)


class _Kelp:
    def __init__(self, look: Look, spec: Kelp) -> None:
        self._look = look
        unit, view = look.unit, look.view
        self._round = view.width * 1.6
        count = max(3, round(self._round / (spec.every * unit)))
        rng = look.seeds.rng(look.name, "kelp")
        self._stalks = []
        for at in range(count):
            x = (at + rng.random()) / count * self._round
            tone = look.blend("kelp", "kelp_dark", rng.random())
            self._stalks.append((x, unit * rng.uniform(*spec.tall), rng.random(), tone))

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Bend every stalk as the water goes."""
        look, unit = self._look, self._look.unit
        for x, tall, phase, paint in self._stalks:
            left = (x - look.near * now.travelled) % self._round - 0.15 * look.view.width
            if left > look.view.width * 1.1:
                continue
            path, steps, wide = skia.Path(), 7, unit * 0.014
            spine = []
            for step in range(steps + 1):
                part = step / steps
                bend = math.sin(now.t * 1.1 + phase * 20 + part * 3.2) * 0.07 * unit * part
                spine.append((left + bend, look.base + 0.02 * unit - tall * part))
            path.moveTo(spine[0][0] - wide * 0.4, spine[0][1])
            for at, (px, py) in enumerate(spine[1:], 1):
                swell = wide * (1.0 if at % 2 else 0.55) * (1 - at / (steps + 1))
                path.lineTo(px - swell, py)
            for at, (px, py) in reversed(list(enumerate(spine[1:], 1))):
                swell = wide * (0.55 if at % 2 else 1.0) * (1 - at / (steps + 1))
                path.lineTo(px + swell, py)
            path.lineTo(spine[0][0] + wide * 0.4, spine[0][1])
            path.close()
            canvas.drawPath(path, paint)


@dataclass(frozen=True, slots=True)
class Nebula:
    """Clouds of coloured gas behind the stars."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Overlay soft glows along a slanting band."""
        unit, view = look.unit, look.view
        hues = ((0.55, 0.2, 0.75), (0.15, 0.35, 0.85), (0.85, 0.25, 0.5), (0.1, 0.6, 0.7))
        for x, rng in span.cells(look, "gas", every=0.2 * unit, reach=0.9 * unit):
            y = view.height * (0.62 - 0.2 * math.sin(x / unit * 1.3)) + rng.gauss(0, 0.16) * unit
            size = unit * rng.uniform(0.22, 0.6)
            colour = look.palette.graded(rng.choice(hues))
            canvas.drawCircle(x, y, size, shining(x, y, size, colour, rng.uniform(0.1, 0.26)))
        dust = stroke(look.palette.graded((1.0, 0.95, 1.0)), max(1.0, unit * 0.0016), 0.5)
        for x, rng in span.cells(look, "dust", every=0.01 * unit, reach=2):
            y = view.height * (0.62 - 0.2 * math.sin(x / unit * 1.3)) + rng.gauss(0, 0.22) * unit
            canvas.drawPoint(x, y, dust)


def planet(canvas: skia.Canvas, x: float, y: float, radius: float, rng: Random, look: Look) -> None:
    """Paint one globe with bands, a night side and perhaps a ring."""
    look = look.at(max(look.near, 0.85))
    tone = rng.choice(("planet_a", "planet_b", "planet_c"))
    ringed, tilt = rng.random() < 0.45, rng.uniform(-25, 25)
    globe = skia.Path.Circle(x, y, radius)
    ring = stroke(look.colour(tone, 1.12), radius * 0.2, 0.75)
    oval = skia.Rect.MakeLTRB(
        x - radius * 1.75, y - radius * 0.42, x + radius * 1.75, y + radius * 0.42
    )
    halo = look.palette.graded(mix(look.palette.material(tone), (1, 1, 1), 0.35))
    canvas.drawCircle(x, y, radius * 1.5, shining(x, y, radius * 1.5, halo, 0.3))
    canvas.save()
    canvas.rotate(tilt, x, y)
    if ringed:
        canvas.drawArc(oval, 180, 180, useCenter=False, paint=ring)
    canvas.save()
    canvas.clipPath(globe, doAntiAlias=True)
    canvas.drawPaint(look.fill(tone))
    for _ in range(7):
        band = y + rng.uniform(-1, 1) * radius
        thick = radius * rng.uniform(0.05, 0.16)
        canvas.drawOval(
            skia.Rect.MakeLTRB(x - radius * 1.2, band - thick, x + radius * 1.2, band + thick),
            look.fill(tone, rng.uniform(0.82, 1.15), alpha=0.6),
        )
    canvas.restore()
    canvas.save()
    canvas.clipPath(globe, doAntiAlias=True)
    night = flat(look.palette.graded((0.02, 0.02, 0.08)), 0.62)
    side = 1.0 if look.palette.place[0] >= 0.5 else -1.0
    shadow = skia.Path.Circle(x, y, radius * 1.5)
    shadow.addCircle(x + side * radius * 0.42, y - radius * 0.3, radius * 1.05)
    shadow.setFillType(skia.PathFillType.kEvenOdd)
    canvas.drawPath(shadow, night)
    canvas.restore()
    if ringed:
        canvas.drawArc(oval, 0, 180, useCenter=False, paint=ring)
    canvas.restore()


@dataclass(frozen=True, slots=True)
class Planets:
    """Globes hung in the dark."""

    size: tuple[float, float]
    every: float
    band: tuple[float, float]

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Hang one in each cell."""
        unit = look.unit
        for x, rng in span.cells(
            look, "planets", every=self.every * unit, reach=self.size[1] * unit * 2.2
        ):
            y = look.view.height * rng.uniform(*self.band)
            planet(canvas, x, y, unit * rng.uniform(*self.size), rng, look)


@dataclass(frozen=True, slots=True)
class Asteroids:
    """Rocks adrift."""

    size: tuple[float, float]
    every: float

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Strew them over the whole height."""
        unit = look.unit
        for x, rng in span.cells(
            look, "asteroids", every=self.every * unit, reach=self.size[1] * unit * 2
        ):
            y = look.view.height * rng.random()
            size = unit * rng.uniform(*self.size)
            points = []
            for at in range(8):
                turn = math.tau * at / 8
                long = size * rng.uniform(0.7, 1.1)
                points.append((x + math.cos(turn) * long, y + math.sin(turn) * long * 0.8))
            shape = blob(points)
            canvas.drawPath(shape, look.fill("moon_dark", 0.72))
            canvas.save()
            canvas.clipPath(shape, doAntiAlias=True)
            canvas.translate(size * 0.22, -size * 0.26)
            canvas.drawPath(shape, look.fill("moon_ground", 0.9))
            for _ in range(3):
                canvas.drawCircle(
                    x + rng.uniform(-0.5, 0.5) * size,
                    y + rng.uniform(-0.4, 0.4) * size,
                    size * rng.uniform(0.08, 0.2),
                    look.fill("moon_dark", 0.85),
                )
            canvas.restore()


@dataclass(frozen=True, slots=True)
class Caustics:
    """The net of light that the surface throws on the floor."""

    def open(self, look: Look) -> Live:
        """Keep the colour."""
        return _Caustics(look)


class _Caustics:
    def __init__(self, look: Look) -> None:
        self._look = look
        light = look.palette.graded(mix(look.palette.key, look.palette.sky[0], 0.3))
        self._pen = stroke(light, max(1.0, 0.0034 * look.unit), 0.16 + 0.14 * look.palette.glow)

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw three crossing sets of waving lines."""
        look, unit = self._look, self._look.unit
        top, bottom = look.base, look.view.height
        xs = np.arange(-20, look.view.width + 40, 20.0)
        path = skia.Path()
        for row in range(9):
            part = (row + 0.5) / 9
            y = top + (bottom - top) * part**1.3
            place = (xs + now.travelled * (0.8 + 0.3 * part)) / unit
            wave = np.sin(place * 9 + now.t * 1.3 + row * 2.1) + np.sin(
                place * 5.3 - now.t * 0.9 + row * 1.3
            )
            ys = y + wave * (0.006 + 0.012 * part) * unit
            path.addPath(polyline(zip(xs.tolist(), ys.tolist(), strict=True)))
        canvas.drawPath(path, self._pen)
