"""City buildings: towers with grids of windows, shops under awnings."""

from __future__ import annotations

from random import Random

import skia

from ttv.animatic.world._houses import shaded_side, window
from ttv.animatic.world._look import Look, flat, polygon, shining, stroke
from ttv.animatic.world._palette import argb, mix


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
        if shaded_side(look) > 0
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


def skyline(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Raise a tower that ends at the ground, for cities seen from afar."""
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(x - h, y - h * 1.3, x + h, y))
    tower(canvas, x, y, h, rng, look)
    canvas.restore()
