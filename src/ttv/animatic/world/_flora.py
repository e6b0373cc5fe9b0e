"""Trees: each grown from its own stream, lit from the key side, under snow in winter."""

from __future__ import annotations

import math
from random import Random
from typing import Final

import skia

from ttv.animatic.world._conifers import Plant, bare, branches, conifer, lit_side
from ttv.animatic.world._look import Look, blob, flat, polygon, stroke


def _crown(
    canvas: skia.Canvas,
    x: float,
    y: float,
    reach: tuple[float, float],
    rng: Random,
    look: Look,
    tones: tuple[str, str, str],
) -> None:
    """Heap a crown of leaves: dark below, lit towards the key."""
    across, up = reach
    side = lit_side(look)
    dark, middle, light = skia.Path(), skia.Path(), skia.Path()
    count = 9
    for at in range(count):
        turn = math.tau * at / count + rng.uniform(-0.2, 0.2)
        px, py = x + math.cos(turn) * across * 0.62, y + math.sin(turn) * up * 0.58
        size = min(across, up) * rng.uniform(0.42, 0.6)
        dark.addCircle(px, py, size)
        middle.addCircle(px + side * size * 0.16, py - size * 0.2, size * 0.84)
        if -math.sin(turn) + side * math.cos(turn) * 0.7 > 0.1:
            light.addCircle(px + side * size * 0.3, py - size * 0.36, size * 0.5)
    dark.addOval(
        skia.Rect.MakeLTRB(x - across * 0.7, y - up * 0.7, x + across * 0.7, y + up * 0.72)
    )
    middle.addOval(
        skia.Rect.MakeLTRB(x - across * 0.55, y - up * 0.75, x + across * 0.62, y + up * 0.42)
    )
    canvas.drawPath(dark, look.fill(tones[0], 0.86))
    canvas.drawPath(middle, look.fill(tones[1]))
    canvas.drawPath(light, look.blend(tones[1], tones[2], 0.8, 1.06))


def broadleaf(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow an oak or maple, bare in winter."""
    if look.palette.snowy:
        bare(canvas, x, y, h, rng, look)
        return
    trunk = h * 0.045
    path = polygon(
        [
            (x - trunk * 1.5, y + h * 0.01),
            (x - trunk * 0.7, y - h * 0.2),
            (x - trunk * 0.6, y - h * 0.5),
            (x + trunk * 0.6, y - h * 0.5),
            (x + trunk * 0.7, y - h * 0.2),
            (x + trunk * 1.5, y + h * 0.01),
        ]
    )
    canvas.drawPath(path, look.fill("bark", 0.85))
    tones = (
        ("leaf_dark", "leaf", "leaf_warm")
        if rng.random() < 0.65
        else ("leaf", "leaf_warm", "blossom")
    )
    _crown(canvas, x, y - h * 0.64, (h * rng.uniform(0.3, 0.42), h * 0.34), rng, look, tones)


def birch(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a slender birch."""
    trunk = max(1.0, h * 0.018)
    bend = rng.uniform(-0.04, 0.04) * h
    path = skia.Path()
    path.moveTo(x - trunk, y)
    path.quadTo(x + bend - trunk * 0.7, y - h * 0.45, x + bend * 0.6 - trunk * 0.1, y - h * 0.96)
    path.lineTo(x + bend * 0.6 + trunk * 0.1, y - h * 0.96)
    path.quadTo(x + bend + trunk * 0.7, y - h * 0.45, x + trunk, y)
    path.close()
    canvas.drawPath(path, look.fill("birch"))
    dark = look.fill("bark", 0.6)
    for step in range(7):
        mark = y - h * (0.06 + 0.08 * step) + rng.uniform(-3, 3)
        canvas.drawRect(
            skia.Rect.MakeXYWH(
                x + bend * 0.3 * step / 7 - trunk, mark, trunk * 1.2, max(1, h * 0.008)
            ),
            dark,
        )
    if look.palette.snowy:
        paints = [
            stroke(look.colour("bark", 0.8), max(0.6, h * 0.004 * 1.5**level)) for level in range(3)
        ]
        for step in range(4):
            angle = math.pi / 2 + (0.7 if step % 2 else -0.7)
            branches(
                canvas,
                (x + bend * 0.6, y - h * (0.5 + 0.11 * step)),
                h * 0.14,
                angle,
                2,
                rng,
                paints,
            )
        return
    _crown(
        canvas,
        x + bend * 0.6,
        y - h * 0.68,
        (h * 0.17, h * 0.33),
        rng,
        look,
        ("leaf_dark", "leaf", "leaf_warm"),
    )


def poplar(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a tall narrow tree."""
    if look.palette.snowy:
        bare(canvas, x, y, h * 0.85, rng, look)
        return
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - h * 0.012, y - h * 0.2, x + h * 0.012, y), look.fill("bark", 0.8)
    )
    half = h * rng.uniform(0.09, 0.13)
    side = lit_side(look)
    shape = blob(
        [
            (x - half, y - h * 0.16),
            (x + half, y - h * 0.16),
            (x + half * 1.1, y - h * 0.5),
            (x + half * 0.3, y - h * 1.02),
            (x - half * 0.3, y - h * 1.02),
            (x - half * 1.1, y - h * 0.5),
        ]
    )
    canvas.drawPath(shape, look.fill("leaf_dark", 0.9))
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    canvas.translate(side * half * 0.55, -h * 0.02)
    canvas.drawPath(shape, look.fill("leaf"))
    canvas.restore()


def bush(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a round bush."""
    tones = (
        ("snow_shade", "snow_shade", "snow")
        if look.palette.snowy
        else ("leaf_dark", "leaf", "leaf_warm")
    )
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(x - h * 2, y - h * 2, x + h * 2, y))
    _crown(canvas, x, y - h * 0.32, (h * rng.uniform(0.7, 0.95), h * 0.55), rng, look, tones)
    canvas.restore()


def _frond(
    x: float, y: float, length: float, angle: float, droop: float, width: float
) -> skia.Path:
    """Outline a hanging leaf with a cut edge."""
    ex, ey = x + math.cos(angle) * length, y - math.sin(angle) * length + droop
    cx, cy = x + math.cos(angle) * length * 0.55, y - math.sin(angle) * length * 1.15 - droop * 0.15
    nx, ny = -(ey - y) / max(1.0, length), (ex - x) / max(1.0, length)
    path = skia.Path()
    path.moveTo(x, y)
    path.quadTo(cx, cy, ex, ey)
    steps = 6
    for step in range(1, steps + 1):
        back = 1 - step / steps
        px = (1 - back) ** 2 * x + 2 * back * (1 - back) * cx + back * back * ex
        py = (1 - back) ** 2 * y + 2 * back * (1 - back) * cy + back * back * ey
        swell = width * math.sin(math.pi * min(1.0, back + 0.08))
        path.lineTo(px + abs(nx) * swell * 0.3 * (1 if ex > x else -1) + ny * 0, py + swell)
        path.lineTo(px, py + swell * 0.55)
    path.close()
    return path


def palm(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a leaning coconut palm."""
    lean = rng.choice((-1, 1)) * rng.uniform(0.1, 0.3) * h
    path = skia.Path()
    wide, thin = h * 0.035, h * 0.018
    top = (x + lean, y - h * 0.8)
    path.moveTo(x - wide, y)
    path.quadTo(x - wide + lean * 0.15, y - h * 0.5, top[0] - thin, top[1])
    path.lineTo(top[0] + thin, top[1])
    path.quadTo(x + wide + lean * 0.25, y - h * 0.5, x + wide * 1.3, y)
    path.close()
    canvas.drawPath(path, look.fill("palm_trunk", 0.9))
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    rings = stroke(look.colour("palm_trunk", 0.7), max(1.0, h * 0.006))
    for step in range(14):
        part = step / 14
        canvas.drawLine(x - h, y - h * 0.8 * part, x + h, y - h * 0.8 * part - h * 0.03, rings)
    canvas.restore()
    for layer, tone in enumerate(("palm_dark", "palm")):
        count = 6 if layer else 5
        for at in range(count):
            angle = math.pi * (0.02 + 0.96 * (at + rng.uniform(0.2, 0.8)) / count)
            length = h * rng.uniform(0.32, 0.42)
            leaf = _frond(*top, length, angle, length * rng.uniform(0.35, 0.62), h * 0.07)
            canvas.drawPath(leaf, look.fill(tone, 0.82 + 0.18 * rng.random()))
    nut = look.fill("bark", 0.8)
    for place in (-1.0, 0.2, 1.1):
        canvas.drawCircle(top[0] + place * h * 0.022, top[1] + h * 0.02, h * 0.018, nut)


def jungle_tree(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a buttressed giant with hanging vines."""
    trunk = h * 0.035
    path = skia.Path()
    path.moveTo(x - trunk * 2.6, y)
    path.quadTo(x - trunk, y - h * 0.1, x - trunk, y - h * 0.3)
    path.lineTo(x - trunk * 0.7, y - h)
    path.lineTo(x + trunk * 0.7, y - h)
    path.lineTo(x + trunk, y - h * 0.3)
    path.quadTo(x + trunk, y - h * 0.1, x + trunk * 2.8, y)
    path.close()
    canvas.drawPath(path, look.fill("bark", 0.66))
    for _ in range(4):
        up = rng.uniform(0.55, 1.0)
        across = h * rng.uniform(0.16, 0.3)
        _crown(
            canvas,
            x + rng.uniform(-0.2, 0.2) * h,
            y - h * up,
            (across, across * 0.5),
            rng,
            look,
            ("jungle_dark", "jungle", "jungle_light"),
        )
    vine = stroke(look.colour("jungle_dark", 0.9), max(1.0, h * 0.006))
    for _ in range(2):
        vx, drop = x + rng.uniform(-0.25, 0.25) * h, h * rng.uniform(0.25, 0.55)
        path = skia.Path()
        path.moveTo(vx, y - h * 0.95)
        path.quadTo(vx + h * 0.04, y - h * 0.95 + drop * 0.7, vx + h * 0.015, y - h * 0.95 + drop)
        canvas.drawPath(path, vine)


def fern(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a spray of broad leaves."""
    count = rng.randint(5, 8)
    for at in range(count):
        angle = math.pi * (0.12 + 0.76 * (at + rng.random()) / count)
        length = h * rng.uniform(0.7, 1.05)
        leaf = _frond(x, y, length, angle, length * 0.35, h * 0.14)
        canvas.drawPath(
            leaf,
            look.blend("jungle", "jungle_light", rng.random() * 0.8, 0.8 + 0.25 * rng.random()),
        )


def cactus(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a saguaro."""
    thick = h * 0.15
    side = lit_side(look)
    arms = [
        (rng.uniform(0.3, 0.45), rng.uniform(0.3, 0.45), -1),
        (rng.uniform(0.4, 0.55), rng.uniform(0.2, 0.36), 1),
    ]
    for tone, width, shift in (
        ("cactus_dark", thick, 0.0),
        ("cactus", thick * 0.6, side * thick * 0.17),
    ):
        path = skia.Path()
        path.moveTo(x + shift, y)
        path.lineTo(x + shift, y - h + thick / 2)
        for at, rise, way in arms[: rng.randint(1, 2) if width == thick else 2]:
            out = x + way * h * 0.2 + shift
            path.moveTo(x + shift, y - h * at)
            path.quadTo(out, y - h * at, out, y - h * (at + 0.12))
            path.lineTo(out, y - h * (at + rise * 0.9))
        canvas.drawPath(path, stroke(look.colour(tone), width))


def cherry(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a low fruit tree, in blossom in spring."""
    if look.palette.snowy:
        bare(canvas, x, y, h, rng, look)
        return
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - h * 0.03, y - h * 0.5, x + h * 0.03, y), look.fill("bark", 0.75)
    )
    _crown(canvas, x, y - h * 0.62, (h * 0.42, h * 0.34), rng, look, ("leaf", "blossom", "blossom"))


def fringe(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Grow a clump of tall grass."""
    for _ in range(9):
        foot = x + rng.uniform(-0.3, 0.3) * h
        tip = foot + rng.uniform(-0.4, 0.4) * h
        up = h * rng.uniform(0.5, 1.0)
        wide = h * 0.035
        path = skia.Path()
        path.moveTo(foot - wide, y)
        path.quadTo(foot - wide * 0.5, y - up * 0.6, tip, y - up)
        path.quadTo(foot + wide, y - up * 0.5, foot + wide, y)
        path.close()
        tone = "reed" if look.palette.snowy else rng.choice(("grass_dark", "leaf_dark", "grass"))
        canvas.drawPath(path, flat(look.colour(tone, rng.uniform(0.7, 1.0))))


PLANTS: Final[dict[str, Plant]] = {
    "conifer": conifer,
    "broadleaf": broadleaf,
    "birch": birch,
    "poplar": poplar,
    "bush": bush,
    "palm": palm,
    "jungle_tree": jungle_tree,
    "fern": fern,
    "cactus": cactus,
    "cherry": cherry,
    "fringe": fringe,
    "bare": bare,
}
