"""Buildings: skylines with lit windows, village houses, barns, street furniture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

import skia

from ttv.animatic.world._look import Look, Span, flat, polygon, polyline, shining, stroke
from ttv.animatic.world._palette import argb, mix

#: Builds one thing: canvas, middle x, foot y, height in pixels, its stream, its surroundings.
Builder = Callable[[skia.Canvas, float, float, float, Random, Look], None]


def _side(look: Look) -> float:
    return 1.0 if look.palette.place[0] >= 0.5 else -1.0


def window(
    canvas: skia.Canvas, rect: skia.Rect, rng: Random, look: Look, *, frame: str | None
) -> None:
    """Set one window; in the dark most are lit and glow."""
    lit = rng.random() < 0.12 + 0.55 * look.palette.lamps
    warm = look.glowing("window_lit", max(0.35, look.palette.lamps) * rng.uniform(0.75, 1.0))
    glass = mix(look.colour("glass_dark"), look.palette.graded(look.palette.sky[2]), 0.35)
    if frame:
        grown = rect.makeOutset(rect.width() * 0.14, rect.width() * 0.14)
        canvas.drawRect(grown, look.fill(frame))
    canvas.drawRect(rect, flat(warm if lit else glass))
    if frame:
        bar = max(1.0, rect.width() * 0.1)
        canvas.drawRect(
            skia.Rect.MakeXYWH(rect.centerX() - bar / 2, rect.top(), bar, rect.height()),
            look.fill(frame),
        )
        canvas.drawRect(
            skia.Rect.MakeXYWH(rect.left(), rect.centerY() - bar / 2, rect.width(), bar),
            look.fill(frame),
        )
    if lit and look.palette.lamps > 0.5 and rect.width() > 7:
        glow = shining(
            rect.centerX(),
            rect.centerY(),
            rect.width() * 2.6,
            look.glowing("window_lit", 1.0),
            0.3 * look.palette.lamps,
        )
        canvas.drawCircle(rect.centerX(), rect.centerY(), rect.width() * 2.6, glow)


def tower(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Raise a city tower with a crown and rows of windows."""
    wide = h * rng.uniform(0.22, 0.42) if h > 0.3 * look.unit else h * rng.uniform(0.4, 0.75)
    tone = rng.choice(("tower_a", "tower_b", "tower_c", "tower_d"))
    left, right, top = x - wide / 2, x + wide / 2, y - h
    body = look.colour(tone)
    foot = mix(body, look.palette.graded(look.palette.haze), 0.3)
    paint = skia.Paint(
        Shader=skia.GradientShader.MakeLinear(
            [skia.Point(0, top), skia.Point(0, y)], [argb(body), argb(foot)]
        ),
        Dither=True,
    )
    style = rng.randint(0, 4)
    if style == 1:
        canvas.drawRect(
            skia.Rect.MakeLTRB(left + wide * 0.2, top - h * 0.06, right - wide * 0.2, top + 1),
            look.fill(tone, 0.92),
        )
    elif style == 2:
        canvas.drawPath(
            polygon([(left, top + 1), (right, top + 1), (right, top - wide * 0.4)]),
            look.fill(tone, 0.95),
        )
    elif style == 3:
        canvas.drawLine(
            x, top, x, top - h * 0.16, stroke(look.colour(tone, 0.8), max(1.0, wide * 0.03))
        )
    canvas.drawRect(skia.Rect.MakeLTRB(left, top, right, y + 0.2 * look.unit), paint)
    shade = (
        skia.Rect.MakeLTRB(left, top, left + wide * 0.32, y + 0.2 * look.unit)
        if _side(look) > 0
        else skia.Rect.MakeLTRB(right - wide * 0.32, top, right, y + 0.2 * look.unit)
    )
    canvas.drawRect(shade, flat(look.palette.lit(look.palette.shadow, look.near), 0.2))
    _panes(canvas, skia.Rect.MakeLTRB(left, top, right, y), h, rng, look)


def _panes(canvas: skia.Canvas, front: skia.Rect, h: float, rng: Random, look: Look) -> None:
    """Fill a front with a grid of windows in three paths: dark, dim and bright."""
    pane = max(2.2, min(0.013 * look.unit * (0.5 + look.near), front.width() / 5))
    step_x, step_y = pane * 1.9, pane * rng.choice((2.1, 2.6, 1.7))
    tall = pane * rng.choice((1.0, 1.4))
    columns = int((front.width() - pane) // step_x)
    if columns < 1:
        return
    margin = (front.width() - (columns - 1) * step_x - pane) / 2
    dark, dim, bright = skia.Path(), skia.Path(), skia.Path()
    rows = int((h - pane * 2) // step_y)
    chance = 0.06 + 0.36 * look.palette.lamps
    for row in range(rows):
        dice = [rng.random() for _ in range(columns)]
        for column, die in enumerate(dice):
            cell = skia.Rect.MakeXYWH(
                front.left() + margin + column * step_x,
                front.top() + pane * 1.2 + row * step_y,
                pane,
                tall,
            )
            (bright if die < chance * 0.5 else dim if die < chance else dark).addRect(cell)
    glass = mix(look.colour("glass_dark"), look.palette.graded(look.palette.sky[2]), 0.3)
    canvas.drawPath(dark, flat(glass, 0.6))
    canvas.drawPath(dim, flat(look.glowing("window_lit", 0.3 + 0.4 * look.palette.lamps), 0.9))
    canvas.drawPath(bright, flat(look.glowing("window_lit", 0.45 + 0.55 * look.palette.lamps)))


def shop(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Build a town house with a shop under a striped awning."""
    wide = h * rng.uniform(0.62, 0.82)
    left, right, top = x - wide / 2, x + wide / 2, y - h
    wall = rng.choice(("wall_a", "wall_b", "wall_c", "wall_d", "wall_e"))
    canvas.drawRect(skia.Rect.MakeLTRB(left, top, right, y), look.fill(wall, 0.92))
    canvas.drawRect(
        skia.Rect.MakeLTRB(left - h * 0.012, top - h * 0.035, right + h * 0.012, top + h * 0.012),
        look.fill(wall, 0.76),
    )
    pane, rows = wide * 0.13, 3
    for row in range(rows):
        for column in range(3):
            cx = left + wide * (0.2 + 0.3 * column)
            cy = top + h * (0.1 + 0.19 * row)
            window(
                canvas,
                skia.Rect.MakeXYWH(cx - pane / 2, cy, pane, pane * 1.45),
                rng,
                look,
                frame="paper",
            )
            canvas.drawRect(
                skia.Rect.MakeXYWH(cx - pane * 0.75, cy + pane * 1.6, pane * 1.5, pane * 0.14),
                look.fill(wall, 0.7),
            )
    glass = skia.Rect.MakeLTRB(left + wide * 0.08, y - h * 0.24, right - wide * 0.34, y - h * 0.05)
    canvas.drawRect(glass.makeOutset(3, 3), look.fill("timber_dark"))
    canvas.drawRect(glass, flat(look.glowing("window_lit", 0.3 + 0.7 * look.palette.lamps)))
    door = skia.Rect.MakeLTRB(right - wide * 0.26, y - h * 0.24, right - wide * 0.08, y)
    canvas.drawRect(door, look.fill(rng.choice(("timber", "roof_c", "barn", "timber_dark"))))
    canvas.drawCircle(
        door.right() - wide * 0.03, door.centerY(), max(1.0, wide * 0.008), look.fill("lamp")
    )
    tone = rng.choice(("barn", "roof_c", "leaf_house", "fabric_d"))
    stripes, drop, out = 8, h * 0.1, wide * 0.03
    for stripe in range(stripes):
        a = left + wide * stripe / stripes
        b = left + wide * (stripe + 1) / stripes
        shape = polygon(
            [
                (a, y - h * 0.32),
                (b, y - h * 0.32),
                (b + (b - x) / wide * out * 2, y - h * 0.32 + drop),
                (a + (a - x) / wide * out * 2, y - h * 0.32 + drop),
            ]
        )
        canvas.drawPath(shape, look.fill(tone if stripe % 2 else "paper"))
    if look.palette.lamps > 0.3:
        canvas.drawRect(
            skia.Rect.MakeLTRB(left, y - h * 0.3, right, y),
            shining(
                glass.centerX(),
                glass.centerY(),
                wide * 0.6,
                look.glowing("lamp", 1.0),
                0.35 * look.palette.lamps,
            ),
        )


def house(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Build a gabled house with a chimney, shutters and a door."""
    wide = h * rng.uniform(0.86, 1.15)
    left, right, eaves = x - wide / 2, x + wide / 2, y - h * 0.52
    wall = rng.choice(("wall_a", "wall_d", "wall_c", "wall_b", "wall_d"))
    roof = "snow" if look.palette.snowy else rng.choice(("roof_a", "roof_b", "roof_c", "roof_a"))
    under = rng.choice(("roof_a", "roof_b"))
    stack = x + wide * rng.choice((-0.26, 0.26))
    canvas.drawRect(
        skia.Rect.MakeLTRB(stack - h * 0.05, y - h * 1.02, stack + h * 0.05, eaves),
        look.fill("roof_b", 0.85),
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(left + wide * 0.05, eaves, right - wide * 0.05, y), look.fill(wall, 0.95)
    )
    shaded = (
        (left + wide * 0.05, left + wide * 0.3)
        if _side(look) > 0
        else (right - wide * 0.3, right - wide * 0.05)
    )
    canvas.drawRect(skia.Rect.MakeLTRB(shaded[0], eaves, shaded[1], y), look.fill(wall, 0.84))
    gable = [
        (left - wide * 0.03, eaves),
        (left + wide * 0.16, y - h * 0.96),
        (right - wide * 0.16, y - h * 0.96),
        (right + wide * 0.03, eaves),
    ]
    canvas.drawPath(polygon(gable), look.fill(roof))
    canvas.drawPath(
        polygon(
            [
                gable[0],
                (left + wide * 0.005, eaves - h * 0.06),
                (right - wide * 0.005, eaves - h * 0.06),
                gable[3],
            ]
        ),
        look.fill("snow_shade" if look.palette.snowy else under, 0.8),
    )
    if not look.palette.snowy:
        tiles = stroke(look.colour(roof, 0.84), max(1.0, h * 0.006), 0.7)
        for row in range(1, 5):
            part = row / 5
            lean = wide * 0.19 * (1 - part)
            ty = eaves - h * 0.44 * part
            canvas.drawLine(left + wide * 0.19 - lean, ty, right - wide * 0.19 + lean, ty, tiles)
    pane = wide * 0.14
    for cx in (x - wide * 0.28, x + wide * 0.28):
        window(
            canvas,
            skia.Rect.MakeXYWH(cx - pane / 2, y - h * 0.38, pane, pane * 1.15),
            rng,
            look,
            frame="paper",
        )
        shutter = look.fill(under, 0.9)
        for way in (-1, 1):
            canvas.drawRect(
                skia.Rect.MakeXYWH(
                    cx + way * pane * 0.9 - pane * 0.2, y - h * 0.39, pane * 0.4, pane * 1.3
                ),
                shutter,
            )
    door = skia.Rect.MakeXYWH(x - wide * 0.07, y - h * 0.3, wide * 0.14, h * 0.3)
    canvas.drawRect(door.makeOutset(wide * 0.015, wide * 0.015), look.fill("paper", 0.9))
    canvas.drawRect(door, look.fill(rng.choice(("timber", "roof_c", "leaf_house"))))
    canvas.drawCircle(
        door.right() - wide * 0.02, door.centerY(), max(0.8, wide * 0.009), look.fill("lamp")
    )


def chapel(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Build a small church with a spire."""
    wide = h * 0.2
    roof = "snow" if look.palette.snowy else "roof_c"
    canvas.drawRect(skia.Rect.MakeLTRB(x, y - h * 0.34, x + h * 0.5, y), look.fill("wall_d"))
    canvas.drawPath(
        polygon(
            [
                (x - 2, y - h * 0.34),
                (x + h * 0.06, y - h * 0.52),
                (x + h * 0.46, y - h * 0.52),
                (x + h * 0.54, y - h * 0.34),
            ]
        ),
        look.fill(roof),
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - wide / 2, y - h * 0.62, x + wide / 2, y), look.fill("wall_d", 0.93)
    )
    canvas.drawPath(
        polygon([(x - wide * 0.62, y - h * 0.62), (x, y - h), (x + wide * 0.62, y - h * 0.62)]),
        look.fill(roof, 0.95),
    )
    for at in (0.14, 0.27, 0.4):
        window(
            canvas,
            skia.Rect.MakeXYWH(x + h * at, y - h * 0.25, h * 0.045, h * 0.13),
            rng,
            look,
            frame=None,
        )
    window(
        canvas,
        skia.Rect.MakeXYWH(x - h * 0.025, y - h * 0.55, h * 0.05, h * 0.1),
        rng,
        look,
        frame=None,
    )
    canvas.drawRect(
        skia.Rect.MakeXYWH(x - h * 0.04, y - h * 0.16, h * 0.08, h * 0.16), look.fill("timber")
    )


def barn(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Build a red barn, with a silo beside it."""
    wide = h * 1.1
    left, right = x - wide / 2, x + wide / 2
    silo = right + h * 0.17
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(silo - h * 0.13, y - h * 1.08, silo + h * 0.13, y + h * 0.1),
        h * 0.13,
        h * 0.13,
        look.fill("metal"),
    )
    canvas.drawRect(
        skia.Rect.MakeLTRB(silo - h * 0.13, y - h * 0.9, silo - h * 0.05, y),
        look.fill("metal_dark", 1.0, alpha=0.5),
    )
    roof = [
        (left - 4, y - h * 0.52),
        (left + wide * 0.14, y - h * 0.82),
        (x, y - h),
        (right - wide * 0.14, y - h * 0.82),
        (right + 4, y - h * 0.52),
    ]
    canvas.drawPath(
        polygon([(left, y), (left, y - h * 0.52), *roof[1:4], (right, y - h * 0.52), (right, y)]),
        look.fill("barn"),
    )
    planks = stroke(look.colour("barn", 0.86), max(1.0, h * 0.006))
    for step in range(1, 14):
        px = left + wide * step / 14
        canvas.drawLine(px, y - h * 0.5, px, y, planks)
    edge = stroke(look.colour("snow" if look.palette.snowy else "roof_b", 0.95), h * 0.06)
    canvas.drawPath(polyline(roof), edge)
    door = skia.Rect.MakeLTRB(x - wide * 0.17, y - h * 0.4, x + wide * 0.17, y)
    canvas.drawRect(door, look.fill("barn", 0.72))
    trim = stroke(look.colour("paper"), max(1.2, h * 0.016))
    canvas.drawRect(door, trim)
    canvas.drawLine(door.left(), door.top(), door.right(), y, trim)
    canvas.drawLine(door.right(), door.top(), door.left(), y, trim)
    loft = skia.Rect.MakeXYWH(x - wide * 0.07, y - h * 0.72, wide * 0.14, h * 0.15)
    window(canvas, loft, rng, look, frame="paper")


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


def skyline(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Raise a tower that ends at the ground, for cities seen from afar."""
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(x - h, y - h * 1.3, x + h, y))
    tower(canvas, x, y, h, rng, look)
    canvas.restore()


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
