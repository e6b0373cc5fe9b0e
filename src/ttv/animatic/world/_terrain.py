"""Land: ridges of hills and mountains, ground with something on it, and rows of plants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import skia

from ttv.animatic.world._flora import PLANTS
from ttv.animatic.world._look import Look, Span, falling, flat, polygon, stroke
from ttv.animatic.world._palette import argb, mix
from ttv.animatic.world._seeds import Floats, peaks, terrain

_STEP: Final = 3.0


def outline(span: Span, heights: Callable[[Floats], Floats], floor: float) -> skia.Path:
    """Close the area between an endless skyline and the floor over the span."""
    first = np.floor(span.left / _STEP) - 1
    last = np.ceil(span.right / _STEP) + 1
    xs = np.arange(first, last + 1) * _STEP
    ys = heights(xs)
    points = [skia.Point(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    corners = [skia.Point(float(xs[-1]), floor), skia.Point(float(xs[0]), floor)]
    return skia.Path.Polygon(points + corners, isClosed=True)


@dataclass(frozen=True, slots=True)
class Ridge:
    """A chain of hills or mountains that fades into mist at its foot."""

    height: float
    #: Length of a hill in units.
    wave: float
    material: str
    #: 0 rolls, 1 has peaks.
    sharp: float = 0.0
    octaves: int = 4
    #: How much clearer the air before it is, as nearness.
    clear: float = 0.0
    #: Share of the height under snow all year.
    cap: float = 0.0
    #: How much of the foot drowns in haze.
    mist: float = 0.55

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Paint the chain with a shaded side, snow and a misty foot."""
        unit, foot = look.unit, look.base
        look = look.at(look.near + self.clear)
        tall, wave, key = self.height * unit, self.wave * unit, look.key("ridge")

        def skyline(xs: Floats) -> Floats:
            if self.sharp > 0.5:
                return foot - tall * peaks(key, xs / wave, octaves=self.octaves)
            return foot - tall * (0.5 + 0.5 * terrain(key, xs / wave, octaves=self.octaves))

        body = outline(span, skyline, look.view.height + 2.0)
        tone = look.colour(self.material)
        bottom = mix(tone, look.palette.graded(look.palette.haze), self.mist)
        canvas.drawPath(body, falling(foot - tall, foot + 0.02 * unit, [argb(tone), argb(bottom)]))
        if self.sharp > 0.5:
            self._facets(canvas, span, look, skyline, body, foot)

    def _facets(
        self,
        canvas: skia.Canvas,
        span: Span,
        look: Look,
        skyline: Callable[[Floats], Floats],
        body: skia.Path,
        foot: float,
    ) -> None:
        """Shade the slopes that look away from the light and lay snow on the peaks."""
        unit, tall, key = look.unit, self.height * look.unit, look.key("facets")
        side = 1.0 if look.palette.place[0] >= 0.5 else -1.0

        def jag(xs: Floats, size: float) -> Floats:
            return terrain(key, xs / (size * unit), octaves=3, sharp=1.0)

        def lit(xs: Floats) -> Floats:
            ragged = tall * (0.05 + 0.06 * jag(xs, 0.09))
            return skyline(xs - side * 0.16 * self.wave * unit) + ragged

        def snowline(xs: Floats) -> Floats:
            low = foot - tall * (1.0 - self.cap * 1.1)
            return np.maximum(skyline(xs), low + 0.13 * tall * jag(xs, 0.06))

        canvas.save()
        canvas.clipPath(body, doAntiAlias=True)
        if self.cap:
            clip = outline(span, snowline, look.view.height + 2.0)
            canvas.save()
            canvas.clipPath(clip, skia.ClipOp.kDifference, doAntiAlias=True)
            canvas.drawPath(body, look.fill("snow", 0.98))
            canvas.restore()
        canvas.clipPath(
            outline(span, lit, look.view.height + 2.0), skia.ClipOp.kDifference, doAntiAlias=True
        )
        shade = argb(look.palette.lit(look.palette.shadow, look.near), 0.42)
        clear = argb(look.palette.lit(look.palette.shadow, look.near), 0.0)
        canvas.drawPath(body, falling(foot - tall, foot - tall * 0.1, [shade, clear]))
        canvas.restore()


@dataclass(frozen=True, slots=True)
class Ground:
    """A band of land from its own line down to the foot of the picture."""

    material: str
    dark: str
    light: str
    #: What lies on it: "grass", "snow", "sand", "soil", "stone", "seabed", "moon", "none".
    cover: str = "grass"
    #: How much its edge rolls, in units.
    roll: float = 0.012
    wave: float = 0.8
    lift: float = 0.0

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Paint the band, its patches of tone and its cover."""
        unit, key = look.unit, look.key("ground")
        edge = look.base - self.lift * unit

        def line(xs: Floats) -> Floats:
            return edge + self.roll * unit * terrain(key, xs / (self.wave * unit), octaves=2)

        floor = look.view.height + 2.0
        body = outline(span, line, floor)
        top, middle = look.colour(self.light), look.colour(self.material)
        low = look.at(look.near + 0.5).colour(self.dark, 0.86)
        reach = max(floor - edge, 0.2 * unit)
        paint = falling(
            edge - self.roll * unit,
            edge + reach,
            [argb(top), argb(middle), argb(low)],
            [0, 0.22, 1],
        )
        canvas.drawPath(body, paint)
        canvas.save()
        canvas.clipPath(body, doAntiAlias=True)
        self._patches(canvas, span, look, edge, floor)
        canvas.restore()
        cover = _COVERS.get(self.cover)
        if cover:
            cover(canvas, span, look, edge)

    def _patches(
        self, canvas: skia.Canvas, span: Span, look: Look, edge: float, floor: float
    ) -> None:
        """Break the flat tone with long soft lenses of light and dark."""
        unit = look.unit
        for x, rng in span.cells(look, "patch", every=0.16 * unit, reach=0.6 * unit):
            down = rng.random() ** 1.4
            y = edge + 0.012 * unit + down * max(floor - edge, 0.12 * unit)
            half = unit * rng.uniform(0.06, 0.2) * (0.6 + down)
            tone = self.dark if rng.random() < 0.5 else self.light
            thick = half * rng.uniform(0.05, 0.09)
            oval = skia.Rect.MakeLTRB(x - half, y - thick, x + half, y + thick)
            canvas.drawOval(oval, look.fill(tone, 0.97, alpha=0.34))


def _grass(canvas: skia.Canvas, span: Span, look: Look, edge: float) -> None:
    """Stand blades along the edge and over the band; few dry ones in snow."""
    unit, snowy = look.unit, look.palette.snowy
    every = (0.1 if snowy else 0.022) * unit
    for x, rng in span.cells(look, "blades", every=every, reach=0.05 * unit):
        down = rng.random() ** 1.6 * max(look.view.height - edge, 0.1 * unit) * 0.92
        y = edge + down + 0.006 * unit
        tall = unit * rng.uniform(0.012, 0.026) * (0.5 + 0.55 * look.near) * (1 + down / unit)
        tone = rng.choice(("reed",) if snowy else ("grass_dark", "grass_light", "grass_dark"))
        pen = stroke(look.colour(tone, rng.uniform(0.82, 1.02)), max(1.0, tall * 0.12), 0.85)
        path = skia.Path()
        for _ in range(3):
            root = x + rng.uniform(-0.4, 0.4) * tall
            path.moveTo(root, y)
            path.quadTo(root, y - tall * 0.6, root + rng.uniform(-0.5, 0.5) * tall, y - tall)
        canvas.drawPath(path, pen)


def _meadow(canvas: skia.Canvas, span: Span, look: Look, edge: float) -> None:
    """Strew flowers in drifts through the grass."""
    _grass(canvas, span, look, edge)
    unit = look.unit
    for x, rng in span.cells(look, "flowers", every=0.02 * unit, reach=0.03 * unit):
        drift = terrain(look.key("drift"), np.array([x / (0.35 * unit)]), octaves=2)[0]
        if rng.random() > 0.5 + 0.5 * drift:
            continue
        down = rng.random() ** 1.5 * max(look.view.height - edge, 0.1 * unit) * 0.9
        y = edge + down
        size = unit * rng.uniform(0.0035, 0.006) * (0.5 + 0.5 * look.near) * (1 + down / unit)
        tone = rng.choice(("flower_red", "flower_gold", "flower_blue", "cloud"))
        stem = size * rng.uniform(2.0, 4.0)
        canvas.drawLine(x, y, x, y - stem, stroke(look.colour("grass_dark"), max(1.0, size * 0.3)))
        canvas.drawCircle(x, y - stem, size, look.fill(tone))
        canvas.drawCircle(x, y - stem, size * 0.4, look.fill("flower_gold", 0.9))


def _snow(canvas: skia.Canvas, span: Span, look: Look, edge: float) -> None:
    """Model drifts with lit crests and blue hollows, and let some crystals glitter."""
    unit = look.unit
    for x, rng in span.cells(look, "drifts", every=0.2 * unit, reach=0.5 * unit):
        y = edge + unit * 0.02 + rng.random() * max(look.view.height - edge, 0.1 * unit) * 0.8
        half, tall = unit * rng.uniform(0.12, 0.34), unit * rng.uniform(0.012, 0.03)
        path = skia.Path()
        path.moveTo(x - half, y)
        path.cubicTo(x - half * 0.4, y - tall, x, y - tall, x + half, y)
        path.cubicTo(x + half * 0.3, y + tall * 0.15, x - half * 0.4, y + tall * 0.2, x - half, y)
        canvas.drawPath(path, look.fill("snow", 1.0, alpha=0.6))
        canvas.drawLine(
            x - half * 0.8,
            y + tall * 0.4,
            x + half * 0.9,
            y + tall * 0.3,
            stroke(look.colour("snow_shade", 0.9), max(1.0, tall * 0.3), 0.35),
        )
    for x, rng in span.cells(look, "crystals", every=0.02 * unit, reach=2.0):
        y = edge + rng.random() * max(look.view.height - edge, 0.1 * unit)
        spark = look.palette.graded(mix(look.colour("snow"), look.palette.key, 0.5))
        canvas.drawCircle(x, y, unit * rng.uniform(0.0006, 0.0014), flat(spark, 0.8))


def _sand(canvas: skia.Canvas, span: Span, look: Look, edge: float) -> None:
    """Draw wind ripples and a few pebbles."""
    unit = look.unit
    for x, rng in span.cells(look, "ripples", every=0.035 * unit, reach=0.3 * unit):
        down = rng.random() ** 1.3
        y = edge + unit * 0.01 + down * max(look.view.height - edge, 0.1 * unit)
        half = unit * rng.uniform(0.03, 0.13) * (0.5 + down)
        path = skia.Path()
        path.moveTo(x - half, y)
        path.cubicTo(x - half * 0.3, y - half * 0.07, x + half * 0.3, y + half * 0.07, x + half, y)
        tone = "sand_dark" if rng.random() < 0.6 else "sand_light"
        canvas.drawPath(path, stroke(look.colour(tone), max(1.0, unit * 0.0022), 0.5))
    for x, rng in span.cells(look, "pebbles", every=0.12 * unit, reach=0.03 * unit):
        y = edge + rng.random() * max(look.view.height - edge, 0.1 * unit)
        size = unit * rng.uniform(0.002, 0.006)
        oval = skia.Rect.MakeLTRB(x - size * 1.4, y - size, x + size * 1.4, y + size * 0.7)
        canvas.drawOval(oval, look.fill("rock_warm", 0.9, alpha=0.8))


def _stone(canvas: skia.Canvas, span: Span, look: Look, edge: float) -> None:
    """Strew boulders and thin grass."""
    _grass(canvas, span, look, edge)
    unit = look.unit
    for x, rng in span.cells(look, "boulders", every=0.22 * unit, reach=0.12 * unit):
        y = edge + rng.random() ** 1.5 * max(look.view.height - edge, 0.1 * unit) * 0.85
        boulder(canvas, x, y, unit * rng.uniform(0.012, 0.05), rng, look)


def boulder(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Set one rock with a lit face, snow on top in winter."""
    half = h * rng.uniform(0.8, 1.3)
    peak = x + rng.uniform(-0.3, 0.3) * half
    shape = [
        (x - half, y),
        (x - half * 0.86, y - h * 0.5),
        (peak - half * 0.3, y - h),
        (peak + half * 0.25, y - h * 0.94),
        (x + half * 0.9, y - h * 0.42),
        (x + half * 1.05, y),
    ]
    side = 1 if look.palette.place[0] >= 0.5 else -1
    dark = polygon(shape)
    canvas.drawPath(dark, look.fill("rock_dark", 0.9))
    face = [
        (peak, y - h),
        (x + side * half * 0.9, y - h * 0.44),
        (x + side * half, y),
        (peak - side * half * 0.2, y),
    ]
    canvas.save()
    canvas.clipPath(dark, doAntiAlias=True)
    canvas.drawPath(polygon(face), look.fill("rock"))
    if look.palette.snowy:
        canvas.drawOval(
            skia.Rect.MakeLTRB(peak - half, y - h * 1.3, peak + half, y - h * 0.62),
            look.fill("snow"),
        )
    canvas.restore()


def _moon(canvas: skia.Canvas, span: Span, look: Look, edge: float) -> None:
    """Strike craters."""
    unit = look.unit
    for x, rng in span.cells(look, "craters", every=0.14 * unit, reach=0.2 * unit):
        down = rng.random() ** 1.2
        y = edge + unit * 0.015 + down * max(look.view.height - edge, 0.1 * unit) * 0.9
        half = unit * rng.uniform(0.015, 0.08) * (0.4 + down)
        thick = half * 0.28
        for grow, shift, tone in (
            (1.12, -0.1, "moon_light"),
            (1.0, 0.0, "moon_dark"),
            (0.86, 0.3, "moon_ground"),
        ):
            canvas.drawOval(
                skia.Rect.MakeLTRB(
                    x - half * grow,
                    y - thick * grow + shift * thick,
                    x + half * grow,
                    y + thick * grow + shift * thick,
                ),
                look.fill(tone, 0.92),
            )


_COVERS: Final[dict[str, Callable[[skia.Canvas, Span, Look, float], None]]] = {
    "grass": _grass,
    "meadow": _meadow,
    "snow": _snow,
    "sand": _sand,
    "stone": _stone,
    "moon": _moon,
}


@dataclass(frozen=True, slots=True)
class Grove:
    """A row of plants along the ground line, thick or thin."""

    plants: tuple[str, ...]
    #: Smallest and largest, in units.
    size: tuple[float, float]
    #: Mean distance between two, in units.
    every: float
    #: Share of the places that hold a plant.
    thick: float = 1.0
    #: How far feet stray down from the line, in units.
    depth: float = 0.02

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Grow the row, the farther plants first."""
        unit = look.unit
        standing: list[tuple[float, float, Random]] = []
        for x, rng in span.cells(
            look, "plants", every=self.every * unit, reach=self.size[1] * unit
        ):
            gap = terrain(look.key("gaps"), np.array([x / (0.9 * unit)]), octaves=2)[0]
            if rng.random() < self.thick + 0.35 * gap:
                standing.append((look.base + rng.random() * self.depth * unit, x, rng))
        for y, x, rng in sorted(standing, key=lambda place: (place[0], place[1])):
            low, high = self.size
            tall = unit * (low + (high - low) * rng.random() ** 1.3)
            PLANTS[rng.choice(self.plants)](canvas, x, y, tall, rng, look)


@dataclass(frozen=True, slots=True)
class Rocks:
    """Lone rocks along the ground line."""

    size: tuple[float, float]
    every: float

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Set them, the small ones last."""
        unit = look.unit
        for x, rng in span.cells(
            look, "rocks", every=self.every * unit, reach=self.size[1] * unit * 2
        ):
            tall = unit * rng.uniform(*self.size)
            boulder(canvas, x, look.base + rng.random() * 0.02 * unit, tall, rng, look)


@dataclass(frozen=True, slots=True)
class Mist:
    """A bank of haze that lifts a depth off the one behind it."""

    strength: float = 0.5
    height: float = 0.16

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Fade in towards the ground line and out below it."""
        base, tall = look.base, self.height * look.unit
        haze = look.palette.graded(look.palette.haze)
        shades = [argb(haze, 0.0), argb(haze, self.strength), argb(haze, 0.0)]
        paint = falling(base - tall, base + tall * 0.45, shades, [0, 0.72, 1])
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, base - tall, span.right, base + tall * 0.45), paint
        )


@dataclass(frozen=True, slots=True)
class Wisps:
    """Torn banks of fog that drift by; they want a heavy blur."""

    strength: float
    height: float

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Heap flat ovals along the line."""
        unit, haze = look.unit, look.palette.graded(mix(look.palette.haze, (1.0, 1.0, 1.0), 0.15))
        for x, rng in span.cells(look, "wisps", every=0.16 * unit, reach=0.8 * unit):
            half, tall = unit * rng.uniform(0.2, 0.6), unit * self.height * rng.uniform(0.15, 0.5)
            y = look.base - self.height * unit * rng.uniform(-0.3, 1.0)
            oval = skia.Rect.MakeLTRB(x - half, y - tall, x + half, y + tall)
            canvas.drawOval(oval, flat(haze, self.strength * rng.uniform(0.25, 0.6)))
