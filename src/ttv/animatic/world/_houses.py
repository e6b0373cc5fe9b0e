"""Houses, chapels and barns, with windows that shine in the dark."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import skia

from ttv.animatic.world._look import Look, flat, polygon, polyline, shining, stroke
from ttv.animatic.world._palette import mix

#: Builds one thing: canvas, middle x, foot y, height in pixels, its stream, its surroundings.
Builder = Callable[[skia.Canvas, float, float, float, Random, Look], None]


def shaded_side(look: Look) -> float:
    """Tell from which side the light comes: 1 right, so that the left is in shade."""
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
        if shaded_side(look) > 0
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
