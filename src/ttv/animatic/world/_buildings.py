"""Rows of buildings and street furniture, and the paved bands before them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

import skia

from ttv.animatic.world._houses import Builder, barn, chapel, house
from ttv.animatic.world._look import Look, Span, falling, flat, polygon, shining, stroke
from ttv.animatic.world._palette import argb
from ttv.animatic.world._towers import shop, skyline, tower


def lamppost(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Plant a street lamp; it throws a cone of light in the dark."""
    lit = look.palette.lamps
    arm = h * 0.16 * rng.choice((-1, 1))
    pen = stroke(look.colour("metal_dark", 0.75), max(1.2, h * 0.016))
    path = skia.Path()
    path.moveTo(x, y)
    path.lineTo(x, y - h * 0.9)
    path.quadTo(x, y - h, x + arm, y - h)
    canvas.drawPath(path, pen)
    head = (x + arm, y - h * 0.985)
    if lit > 0.3:
        glow = look.glowing("lamp", 1.0)
        cone = polygon(
            [
                (head[0] - h * 0.03, head[1]),
                (head[0] + h * 0.03, head[1]),
                (head[0] + h * 0.34, y),
                (head[0] - h * 0.34, y),
            ]
        )
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(0, head[1]), skia.Point(0, y)], [argb(glow, 0.3 * lit), argb(glow, 0.02)]
        )
        canvas.drawPath(cone, skia.Paint(Shader=shader, AntiAlias=True))
        canvas.drawCircle(*head, h * 0.4, shining(*head, h * 0.4, glow, 0.65 * lit))
        pool = skia.Rect.MakeLTRB(head[0] - h * 0.4, y - h * 0.03, head[0] + h * 0.4, y + h * 0.06)
        canvas.drawOval(pool, flat(glow, 0.16 * lit))
    canvas.drawRoundRect(
        skia.Rect.MakeXYWH(head[0] - h * 0.045, head[1] - h * 0.015, h * 0.09, h * 0.03),
        h * 0.012,
        h * 0.012,
        flat(look.glowing("lamp", 0.3 + 0.7 * lit)),
    )


def fence(canvas: skia.Canvas, x: float, y: float, h: float, _rng: Random, look: Look) -> None:
    """Set one post with two rails to the next."""
    wide = h * 2.2
    rail = look.fill("fence", 0.86)
    for at in (0.38, 0.74):
        canvas.drawRect(
            skia.Rect.MakeXYWH(x - wide * 0.1, y - h * at - h * 0.05, wide * 1.5, h * 0.11), rail
        )
    canvas.drawRoundRect(
        skia.Rect.MakeXYWH(x - h * 0.07, y - h, h * 0.15, h * 1.02),
        h * 0.05,
        h * 0.05,
        look.fill("fence"),
    )
    if look.palette.snowy:
        canvas.drawOval(
            skia.Rect.MakeXYWH(x - h * 0.11, y - h * 1.07, h * 0.23, h * 0.16), look.fill("snow")
        )


def haybale(canvas: skia.Canvas, x: float, y: float, h: float, _rng: Random, look: Look) -> None:
    """Roll up a bale of hay."""
    canvas.drawOval(
        skia.Rect.MakeLTRB(x - h * 0.62, y - h, x + h * 0.62, y), look.fill("wheat", 0.84)
    )
    canvas.drawCircle(x + h * 0.14, y - h * 0.5, h * 0.48, look.fill("wheat"))
    ring = stroke(look.colour("wheat", 0.8), max(1.0, h * 0.025))
    for size in (0.36, 0.24, 0.12):
        canvas.drawCircle(x + h * 0.14, y - h * 0.5, h * size, ring)


def pole(canvas: skia.Canvas, x: float, y: float, h: float, _rng: Random, look: Look) -> None:
    """Raise a telegraph pole with wires to both sides."""
    pen = stroke(look.colour("timber_dark"), max(1.2, h * 0.018))
    canvas.drawLine(x, y, x, y - h, pen)
    canvas.drawLine(x - h * 0.11, y - h * 0.94, x + h * 0.11, y - h * 0.94, pen)
    wire = stroke(look.colour("timber_dark"), max(0.8, h * 0.003), 0.7)
    for at in (-0.1, 0.1):
        path = skia.Path()
        path.moveTo(x + at * h, y - h * 0.95)
        path.quadTo(x + h * 0.8 + at * h, y - h * 0.8, x + h * 1.6 + at * h, y - h * 0.95)
        path.moveTo(x + at * h, y - h * 0.95)
        path.quadTo(x - h * 0.8 + at * h, y - h * 0.8, x - h * 1.6 + at * h, y - h * 0.95)
        canvas.drawPath(path, wire)


BUILDERS: Final[dict[str, Builder]] = {
    "tower": tower,
    "skyline": skyline,
    "shop": shop,
    "house": house,
    "chapel": chapel,
    "barn": barn,
    "lamppost": lamppost,
    "fence": fence,
    "haybale": haybale,
    "pole": pole,
}


@dataclass(frozen=True, slots=True)
class Row:
    """Buildings or furniture along the ground line."""

    kinds: tuple[str, ...]
    size: tuple[float, float]
    every: float
    thick: float = 1.0
    #: Even spacing, for fences and poles.
    even: bool = False
    #: How far each sticks out, in its own heights.
    reach: float = 1.0

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Build the row from left to right, the taller behind."""
        unit = look.unit
        standing = []
        every = self.every * unit
        for place, rng in span.cells(
            look, "row", every=every, reach=self.size[1] * unit * self.reach
        ):
            if rng.random() < self.thick:
                x = (place // every + 0.56) * every if self.even else place
                standing.append((rng.uniform(*self.size), x, rng))
        if not self.even:
            standing.sort(key=lambda one: (-one[0], one[1]))
        for size, x, rng in standing:
            BUILDERS[rng.choice(self.kinds)](canvas, x, look.base, unit * size, rng, look)


@dataclass(frozen=True, slots=True)
class Street:
    """A paved band: kerb, pavement or carriageway with a broken line."""

    material: str
    dark: str
    depth: float
    dashes: bool = False
    slabs: bool = False

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Pave from the ground line down by ``depth`` units."""
        unit, top = look.unit, look.base
        bottom = top + self.depth * unit
        ends = [argb(look.colour(self.material, 1.04)), argb(look.at(1.2).colour(self.dark, 0.92))]
        shader = skia.GradientShader.MakeLinear([skia.Point(0, top), skia.Point(0, bottom)], ends)
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, top, span.right, bottom),
            skia.Paint(Shader=shader, Dither=True),
        )
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, top, span.right, top + 0.006 * unit),
            look.fill(self.material, 1.1),
        )
        for x, rng in span.cells(look, "wear", every=0.07 * unit, reach=0.2 * unit):
            y = top + rng.uniform(0.1, 0.95) * (bottom - top)
            half = unit * rng.uniform(0.02, 0.1)
            oval = skia.Rect.MakeLTRB(x - half, y - half * 0.05, x + half, y + half * 0.05)
            canvas.drawOval(oval, look.fill(self.dark, rng.uniform(0.85, 1.15), alpha=0.4))
        if self.slabs:
            pen = stroke(look.colour(self.dark, 0.85), max(1.0, 0.002 * unit), 0.6)
            first = int(span.left // (0.14 * unit)) - 1
            for at in range(first, int(span.right // (0.14 * unit)) + 2):
                x = at * 0.14 * unit
                canvas.drawLine(x, top, x - 0.04 * unit, bottom, pen)
        if self.dashes:
            y, step = top + (bottom - top) * 0.46, 0.34 * unit
            paint = look.fill("line", 0.96, alpha=0.85)
            for at in range(int(span.left // step) - 1, int(span.right // step) + 2):
                x = at * step
                tall = 0.011 * unit
                canvas.drawPath(
                    polygon(
                        [
                            (x, y),
                            (x + step * 0.5, y),
                            (x + step * 0.48, y + tall),
                            (x - step * 0.02, y + tall),
                        ]
                    ),
                    paint,
                )


@dataclass(frozen=True, slots=True)
class Gleam:
    """Lamps and windows mirrored in a wet street."""

    depth: float

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Let streaks of light run down the street towards the eye."""
        unit, top, lamps = look.unit, look.base, look.palette.lamps
        for x, rng in span.cells(look, "gleam", every=0.085 * unit, reach=0.06 * unit):
            long, half = self.depth * unit * rng.uniform(0.5, 1.0), unit * rng.uniform(0.006, 0.024)
            tone = look.palette.graded(look.palette.material(rng.choice(("lamp", "window_lit"))))
            strength = lamps * rng.uniform(0.1, 0.42)
            ends = [argb(tone, strength), argb(tone, 0.5 * strength), argb(tone, 0.0)]
            streak = skia.Rect.MakeLTRB(x - half, top, x + half, top + long)
            canvas.drawRect(streak, falling(top, top + long, ends))
