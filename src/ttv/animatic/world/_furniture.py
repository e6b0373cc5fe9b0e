"""Furniture: sofas, shelves of books, plants, lamps and tables along a wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

import skia

from ttv.animatic.world._look import Look, Span, flat, polygon, shining, stroke
from ttv.animatic.world._palette import mix

Piece = Callable[[skia.Canvas, float, float, float, Random, Look], None]


def _sofa(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    tone, wide = rng.choice(("fabric_a", "fabric_d", "leaf_house")), h * 2.3
    body = look.fill(tone, 0.92)
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(x - wide / 2, y - h, x + wide / 2, y - h * 0.1),
        h * 0.16,
        h * 0.16,
        look.fill(tone, 0.82),
    )
    for way in (-1, 1):
        cx = x + way * wide * 0.21
        canvas.drawRoundRect(
            skia.Rect.MakeLTRB(cx - wide * 0.205, y - h * 0.94, cx + wide * 0.205, y - h * 0.4),
            h * 0.1,
            h * 0.1,
            look.fill(tone, 0.96),
        )
        canvas.drawRoundRect(
            skia.Rect.MakeLTRB(cx - wide * 0.205, y - h * 0.5, cx + wide * 0.205, y - h * 0.24),
            h * 0.07,
            h * 0.07,
            look.fill(tone, 1.06),
        )
        ax = x + way * wide * 0.5
        canvas.drawRoundRect(
            skia.Rect.MakeLTRB(ax - h * 0.15, y - h * 0.66, ax + h * 0.15, y - h * 0.08),
            h * 0.13,
            h * 0.13,
            body,
        )
        canvas.drawRect(
            skia.Rect.MakeXYWH(ax - way * h * 0.1 - h * 0.03, y - h * 0.1, h * 0.06, h * 0.1),
            look.fill("timber_dark"),
        )
        pillow = skia.Rect.MakeXYWH(
            cx + way * wide * 0.06 - h * 0.17, y - h * 0.78, h * 0.34, h * 0.34
        )
        canvas.save()
        canvas.rotate(way * 12, pillow.centerX(), pillow.centerY())
        canvas.drawRoundRect(
            pillow, h * 0.07, h * 0.07, look.fill(rng.choice(("fabric_b", "fabric_c", "coral_d")))
        )
        canvas.restore()
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - wide * 0.44, y - h * 0.24, x + wide * 0.44, y - h * 0.08), body
    )


def _shelf(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    wide = h * 0.62
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - wide / 2, y - h, x + wide / 2, y), look.fill("timber", 0.86)
    )
    rows = 4
    for row in range(rows):
        top = y - h * 0.97 + row * h * 0.24
        canvas.drawRect(
            skia.Rect.MakeLTRB(x - wide * 0.45, top, x + wide * 0.45, top + h * 0.205),
            look.fill("timber_dark", 0.72),
        )
        left = x - wide * 0.43
        while left < x + wide * 0.36:
            thick, tall = wide * rng.uniform(0.035, 0.075), h * rng.uniform(0.12, 0.185)
            if rng.random() < 0.12:
                canvas.drawCircle(
                    left + wide * 0.06, top + h * 0.205 - h * 0.035, h * 0.035, look.fill("coral_b")
                )
                left += wide * 0.14
                continue
            canvas.drawRect(
                skia.Rect.MakeXYWH(left, top + h * 0.205 - tall, thick, tall),
                look.fill(
                    rng.choice(("book_a", "book_b", "book_c", "book_d", "paper", "fabric_d")),
                    rng.uniform(0.85, 1.08),
                ),
            )
            left += thick + 1


def _plant(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    for _ in range(9):
        angle = rng.uniform(-1.1, 1.1)
        long = h * rng.uniform(0.45, 0.75)
        canvas.save()
        canvas.translate(x, y - h * 0.32)
        canvas.rotate(angle * 52)
        leaf = skia.Path()
        leaf.moveTo(0, 0)
        leaf.quadTo(-h * 0.13, -long * 0.6, 0, -long)
        leaf.quadTo(h * 0.13, -long * 0.6, 0, 0)
        canvas.drawPath(leaf, look.fill("leaf_house", rng.uniform(0.75, 1.15)))
        canvas.restore()
    pot = polygon(
        [
            (x - h * 0.17, y - h * 0.34),
            (x + h * 0.17, y - h * 0.34),
            (x + h * 0.12, y),
            (x - h * 0.12, y),
        ]
    )
    canvas.drawPath(pot, look.fill("fabric_b", 0.95))


def _floor_lamp(
    canvas: skia.Canvas, x: float, y: float, h: float, _rng: Random, look: Look
) -> None:
    lit = max(0.25, look.palette.lamps)
    canvas.drawLine(x, y, x, y - h * 0.8, stroke(look.colour("metal_dark"), h * 0.018))
    canvas.drawOval(
        skia.Rect.MakeLTRB(x - h * 0.1, y - h * 0.025, x + h * 0.1, y + h * 0.015),
        look.fill("metal_dark"),
    )
    glow = look.glowing("lamp", 1.0)
    canvas.drawCircle(x, y - h * 0.86, h * 0.9, shining(x, y - h * 0.86, h * 0.9, glow, 0.62 * lit))
    shade = polygon(
        [
            (x - h * 0.08, y - h),
            (x + h * 0.08, y - h),
            (x + h * 0.15, y - h * 0.78),
            (x - h * 0.15, y - h * 0.78),
        ]
    )
    canvas.drawPath(shade, flat(mix(look.colour("fabric_c"), glow, lit)))


def _table(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    wide = h * 1.7
    leg = look.fill("timber_dark")
    for way in (-1, 1):
        canvas.drawRect(
            skia.Rect.MakeXYWH(x + way * wide * 0.43 - h * 0.04, y - h * 0.92, h * 0.08, h * 0.92),
            leg,
        )
    canvas.drawRoundRect(
        skia.Rect.MakeLTRB(x - wide / 2, y - h, x + wide / 2, y - h * 0.88),
        h * 0.04,
        h * 0.04,
        look.fill("timber"),
    )
    vase = skia.Path()
    vase.moveTo(x - h * 0.08, y - h)
    vase.cubicTo(x - h * 0.18, y - h * 1.2, x - h * 0.02, y - h * 1.25, x - h * 0.06, y - h * 1.38)
    vase.lineTo(x + h * 0.06, y - h * 1.38)
    vase.cubicTo(x + h * 0.02, y - h * 1.25, x + h * 0.18, y - h * 1.2, x + h * 0.08, y - h)
    for at in (-1, 0, 1):
        tip = (x + at * h * 0.17, y - h * (1.72 - 0.06 * abs(at)))
        canvas.drawLine(x, y - h * 1.36, *tip, stroke(look.colour("leaf_house"), h * 0.02))
        canvas.drawCircle(*tip, h * 0.075, look.fill(rng.choice(("coral_a", "coral_d", "coral_b"))))
    canvas.drawPath(vase, look.fill("glass"))


_PIECES: Final[dict[str, tuple[Piece, float]]] = {
    "sofa": (_sofa, 0.27),
    "shelf": (_shelf, 0.6),
    "plant": (_plant, 0.3),
    "lamp": (_floor_lamp, 0.52),
    "table": (_table, 0.22),
}


@dataclass(frozen=True, slots=True)
class Furniture:
    """Pieces along the wall, in an order that repeats with other colours."""

    order: tuple[str, ...] = ("lamp", "sofa", "plant", "shelf", "table", "plant")
    every: float = 0.52

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Set them on the floor with a soft shadow."""
        unit = look.unit
        step = self.every * unit
        for at in range(int((span.left - unit) // step), int((span.right + unit) // step) + 1):
            rng = look.seeds.rng(look.name, "piece", at)
            draw, tall = _PIECES[self.order[at % len(self.order)]]
            x = (at + 0.35) * step
            half = tall * unit * 0.75
            oval = skia.Rect.MakeLTRB(
                x - half, look.base - 0.008 * unit, x + half, look.base + 0.02 * unit
            )
            canvas.drawOval(oval, flat(look.palette.graded(look.palette.shadow), 0.22))
            draw(canvas, x, look.base + 0.004 * unit, tall * unit, rng, look)
