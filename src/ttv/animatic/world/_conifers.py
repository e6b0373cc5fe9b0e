"""Spruces, and the bare trees of winter."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Final

import skia

from ttv.animatic.world._look import Look, polygon, stroke

#: Grows one plant: canvas, foot x, foot y, height in pixels, its stream, its surroundings.
Plant = Callable[[skia.Canvas, float, float, float, Random, Look], None]


#: Below this height in pixels a tree is only its outline.
_TINY: Final = 34.0


def lit_side(look: Look) -> float:
    """Tell from which side the light comes: 1 right, -1 left."""
    return 1.0 if look.palette.place[0] >= 0.5 else -1.0


def _tier(x: float, top: float, bottom: float, half: float, rng: Random) -> skia.Path:
    """Outline one skirt of a conifer with ragged tips."""
    path = skia.Path()
    path.moveTo(x, top)
    path.quadTo(x + half * 0.28, bottom - (bottom - top) * 0.32, x + half, bottom)
    steps = 5
    previous = x + half
    for step in range(1, steps + 1):
        to = x + half - 2 * half * step / steps
        sag = (bottom - top) * (0.10 + 0.08 * rng.random())
        path.quadTo(
            (previous + to) / 2, bottom - sag, to, bottom + sag * (0.3 if step < steps else 0)
        )
        previous = to
    path.quadTo(x - half * 0.28, bottom - (bottom - top) * 0.32, x, top)
    path.close()
    return path


def _snow_cap(x: float, top: float, bottom: float, half: float, rng: Random) -> skia.Path:
    """Outline the snow that lies on a skirt."""
    drop = (bottom - top) * 0.86
    reach = half * 0.8
    path = skia.Path()
    path.moveTo(x, top)
    path.quadTo(x + half * 0.24, top + drop * 0.66, x + reach, top + drop)
    steps = 4
    previous = x + reach
    for step in range(1, steps + 1):
        to = x + reach - 2 * reach * step / steps
        lift = drop * (0.26 + 0.2 * rng.random())
        path.quadTo(
            (previous + to) / 2, top + drop - lift, to, top + drop * (0.97 if step % 2 else 1)
        )
        previous = to
    path.quadTo(x - half * 0.24, top + drop * 0.66, x, top)
    path.close()
    return path


def _conifer_outline(
    canvas: skia.Canvas, x: float, y: float, h: float, look: Look, w: float
) -> None:
    points = [(x, y - h)]
    for step in (1, 2, 3, 4):
        half = w * step / 8
        points += [(x + half, y - h * (1 - step / 4.4)), (x + half * 0.6, y - h * (1 - step / 4.4))]
    left = [(2 * x - px, py) for px, py in reversed(points[1:])]
    canvas.drawPath(polygon(points + left), look.fill("pine"))
    if look.palette.snowy:
        cap = polygon(
            [
                (x, y - h),
                (x + w * 0.17, y - h * 0.5),
                (x, y - h * 0.56),
                (x - w * 0.2, y - h * 0.42),
            ]
        )
        canvas.drawPath(cap, look.fill("snow_shade", alpha=0.85))


def conifer(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a spruce or fir."""
    width = h * rng.uniform(0.34, 0.5)
    if h < _TINY:
        _conifer_outline(canvas, x, y, h, look, width)
        return
    lean = rng.uniform(-0.02, 0.02) * h
    trunk = max(1.5, h * 0.035)
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - trunk, y - h * 0.2, x + trunk, y + h * 0.01), look.fill("bark", 0.72)
    )
    tiers = rng.randint(5, 7)
    side = lit_side(look)
    tint = rng.random() * 0.5
    for step in range(tiers):
        part = step / tiers
        bottom = y - h * (0.1 + 0.84 * part)
        top = max(y - h, bottom - h * (1.75 / tiers))
        half = width / 2 * (1 - part) ** 0.9 * rng.uniform(0.9, 1.08) + h * 0.015
        middle = x + lean * part
        path = _tier(middle, top, bottom, half, rng)
        shade = 0.7 + 0.3 * part
        canvas.drawPath(path, look.blend("pine", "pine_light", tint * 0.6, shade * 0.82))
        canvas.save()
        canvas.clipRect(
            skia.Rect.MakeLTRB(middle, top, middle + side * half, bottom + h * 0.05).makeSorted(),
            doAntiAlias=True,
        )
        canvas.drawPath(path, look.blend("pine", "pine_light", 0.35 + tint, shade))
        canvas.restore()
        if look.palette.snowy:
            cap = _snow_cap(middle, top, bottom, half, rng)
            canvas.drawPath(cap, look.fill("snow_shade", 0.94))
            canvas.save()
            canvas.clipRect(
                skia.Rect.MakeLTRB(
                    middle - side * half * 0.1, top, middle + side * half, bottom
                ).makeSorted(),
                doAntiAlias=True,
            )
            canvas.drawPath(cap, look.fill("snow"))
            canvas.restore()


def branches(
    canvas: skia.Canvas,
    start: tuple[float, float],
    length: float,
    angle: float,
    depth: int,
    rng: Random,
    paints: list[skia.Paint],
) -> None:
    x, y = start
    end = (x + math.cos(angle) * length, y - math.sin(angle) * length)
    canvas.drawLine(x, y, *end, paints[depth])
    if depth == 0:
        return
    for turn in (-1, 1) if depth < 3 else (-1, 0.1, 1):
        bend = angle + turn * rng.uniform(0.28, 0.62)
        branches(canvas, end, length * rng.uniform(0.6, 0.78), bend, depth - 1, rng, paints)


def bare(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a leafless tree."""
    depth = 4 if h > 70 else 3 if h > _TINY else 2
    colour = look.colour("bark", 0.8)
    widths = [max(0.7, h * 0.006 * 1.75**level) for level in range(depth + 1)]
    paints = [stroke(colour, width) for width in widths]
    state = rng.getstate()
    branches(canvas, (x, y), h * 0.32, math.pi / 2 + rng.uniform(-0.06, 0.06), depth, rng, paints)
    if look.palette.snowy and h > _TINY:
        rng.setstate(state)
        white = [stroke(look.colour("snow"), width * 0.42, 0.9) for width in widths]
        branches(
            canvas,
            (x - h * 0.004, y - h * 0.006),
            h * 0.32,
            math.pi / 2 + rng.uniform(-0.06, 0.06),
            depth,
            rng,
            white,
        )
