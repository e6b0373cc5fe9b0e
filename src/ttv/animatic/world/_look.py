"""What every painter is given: the picture's geometry, its colours and its randomness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

import skia

from ttv.animatic.rigs import Rgb
from ttv.animatic.world._palette import Palette, argb, mix
from ttv.animatic.world._seeds import Seeds


@dataclass(frozen=True, slots=True)
class View:
    """Where things stand in the picture, in pixels."""

    width: int
    height: int
    #: The measure of the scenery: about the height of a 16:9 picture.
    unit: float
    horizon: float
    #: The line that subjects stand on.
    ground: float

    def line(self, near: float) -> float:
        """Give the ground line at that nearness: 0 is the horizon, 1 the subjects' line."""
        return self.horizon + (self.ground - self.horizon) * near


@dataclass(frozen=True, slots=True)
class Look:
    """A painter's surroundings at one depth."""

    view: View
    palette: Palette
    seeds: Seeds
    #: 0 infinitely far, 1 where subjects are, more in front of them.
    near: float
    #: Name of the layer: the root of its random streams.
    name: str

    @property
    def unit(self) -> float:
        """Give pixels per unit."""
        return self.view.unit

    @property
    def base(self) -> float:
        """Give the ground line at this depth."""
        return self.view.line(self.near)

    def at(self, near: float) -> Look:
        """Look at another depth."""
        return replace(self, near=near)

    def colour(self, material: str, shade: float = 1.0) -> Rgb:
        """Give a material's colour in the light and haze of this depth."""
        return self.palette.lit(self.palette.material(material), self.near, shade)

    def fill(self, material: str, shade: float = 1.0, alpha: float = 1.0) -> skia.Paint:
        """Give a smooth flat paint of a material."""
        return flat(self.colour(material, shade), alpha)

    def blend(self, first: str, second: str, amount: float, shade: float = 1.0) -> skia.Paint:
        """Give a flat paint between two materials."""
        palette = self.palette
        surface = mix(palette.material(first), palette.material(second), amount)
        return flat(palette.lit(surface, self.near, shade))

    def glowing(self, material: str, amount: float) -> Rgb:
        """Give the colour of a thing that shines by itself, ``amount`` of the way."""
        surface = self.palette.material(material)
        dark = self.palette.lit(surface, self.near, 0.9)
        bright = mix(surface, self.palette.haze, self.palette.air(self.near) * 0.5)
        return mix(dark, self.palette.graded(bright), amount)

    def key(self, *names: str | int) -> int:
        """Give this layer's number for a use."""
        return self.seeds.key(self.name, *names)


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of a layer that is being painted, in pixels of the layer."""

    left: float
    right: float

    def rect(self, view: View) -> skia.Rect:
        """Give the stretch over the whole height."""
        return skia.Rect.MakeLTRB(self.left, 0.0, self.right, view.height)

    def cells(
        self, look: Look, stream: str, *, every: float, reach: float
    ) -> Iterator[tuple[float, Random]]:
        """Visit the places of an endless row: one in each cell, shaken, with its own stream.

        ``reach`` is how far a thing sticks out of its place, so that both neighbours of a
        seam draw it.
        """
        first = int((self.left - reach) // every)
        last = int((self.right + reach) // every)
        for cell in range(first, last + 1):
            rng = look.seeds.rng(look.name, stream, cell)
            yield (cell + 0.15 + 0.7 * rng.random()) * every, rng


class Art(Protocol):
    """Something painted once for a stretch of a layer."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Paint what falls into the span; the same thing comes out wherever spans meet."""


def flat(colour: Rgb, alpha: float = 1.0) -> skia.Paint:
    """Give a smooth paint of one colour."""
    return skia.Paint(Color=argb(colour, alpha), AntiAlias=True)


def stroke(colour: Rgb, width: float, alpha: float = 1.0) -> skia.Paint:
    """Give a round pen."""
    return skia.Paint(
        Color=argb(colour, alpha),
        AntiAlias=True,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def falling(
    top: float, bottom: float, colours: list[int], stops: list[float] | None = None
) -> skia.Paint:
    """Give a vertical gradient without bands."""
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0.0, top), skia.Point(0.0, bottom)], colours, stops
    )
    return skia.Paint(Shader=shader, AntiAlias=True, Dither=True)


def shining(x: float, y: float, radius: float, colour: Rgb, alpha: float) -> skia.Paint:
    """Give a soft round glow that fades to nothing."""
    stops = [0.0, 0.18, 0.4, 0.68, 1.0]
    strengths = (1.0, 0.62, 0.28, 0.08, 0.0)
    shader = skia.GradientShader.MakeRadial(
        skia.Point(x, y), radius, [argb(colour, alpha * s) for s in strengths], stops
    )
    return skia.Paint(Shader=shader, AntiAlias=True, Dither=True)


def polygon(points: Iterable[tuple[float, float]]) -> skia.Path:
    """Close a path through the points."""
    return skia.Path.Polygon([skia.Point(x, y) for x, y in points], isClosed=True)


def polyline(points: Iterable[tuple[float, float]]) -> skia.Path:
    """Join the points by an open path."""
    return skia.Path.Polygon([skia.Point(x, y) for x, y in points], isClosed=False)


def blob(points: list[tuple[float, float]]) -> skia.Path:
    """Close a smooth path that passes the middles between the points."""
    path = skia.Path()
    count = len(points)
    (x0, y0), (x1, y1) = points[-1], points[0]
    path.moveTo((x0 + x1) / 2, (y0 + y1) / 2)
    for at in range(count):
        (x0, y0), (x1, y1) = points[at], points[(at + 1) % count]
        path.quadTo(x0, y0, (x0 + x1) / 2, (y0 + y1) / 2)
    path.close()
    return path
