"""Indoors: a papered wall with windows, pictures and shelves; furniture; a lit floor."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

import skia

from ttv.animatic.world._effect import Effect, Live, Moment
from ttv.animatic.world._look import Look, Span, falling, flat, polygon, shining, stroke
from ttv.animatic.world._palette import argb, mix


@dataclass(frozen=True, slots=True)
class Wall:
    """Papered wall above panelling, lit unevenly."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Paint paper, stripes, rail and skirting."""
        unit, base = look.unit, look.base
        top, low = look.colour("wallpaper", 0.82), look.colour("wallpaper", 1.02)
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, 0, span.right, base),
            falling(0, base, [argb(top), argb(low)]),
        )
        step = 0.09 * unit
        stripe = look.fill("wallpaper_dark", 1.0, alpha=0.34)
        for at in range(int(span.left // step) - 1, int(span.right // step) + 2):
            canvas.drawRect(skia.Rect.MakeXYWH(at * step, 0, step * 0.5, base), stripe)
        panel = base - 0.19 * unit
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, panel, span.right, base), look.fill("wainscot")
        )
        light, dark = look.fill("wainscot", 1.14), look.fill("wainscot", 0.78)
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, panel - 0.014 * unit, span.right, panel), light
        )
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, panel, span.right, panel + 0.005 * unit), dark
        )
        canvas.drawRect(skia.Rect.MakeLTRB(span.left, base - 0.03 * unit, span.right, base), light)
        step = 0.26 * unit
        for at in range(int(span.left // step) - 1, int(span.right // step) + 2):
            box = skia.Rect.MakeLTRB(
                at * step + 0.03 * unit,
                panel + 0.03 * unit,
                (at + 1) * step - 0.03 * unit,
                base - 0.055 * unit,
            )
            canvas.drawRect(box, stroke(look.colour("wainscot", 0.84), 0.006 * unit))


def _window(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    """Open a window on the hour's sky, between curtains, with its light on the wall."""
    palette = look.palette
    wide = h * 0.8
    pane = skia.Rect.MakeLTRB(x - wide / 2, y - h / 2, x + wide / 2, y + h / 2)
    glow = palette.graded(mix(palette.sky[3], palette.key, 0.5))
    canvas.drawCircle(x, y, h * 1.1, shining(x, y, h * 1.1, glow, 0.5 - 0.3 * palette.lamps))
    canvas.drawRect(pane.makeOutset(h * 0.045, h * 0.045), look.fill("paper", 0.98))
    sky = [argb(palette.graded(stop)) for stop in palette.sky]
    canvas.drawRect(pane, falling(pane.top(), pane.bottom(), sky))
    canvas.save()
    canvas.clipRect(pane)
    if palette.stars > 0.3:
        for _ in range(16):
            canvas.drawCircle(
                rng.uniform(pane.left(), pane.right()),
                rng.uniform(pane.top(), pane.bottom()),
                h * 0.004,
                flat((1, 1, 1), 0.8),
            )
    cx, cy = x + wide * 0.18, y - h * (0.18 if palette.place[1] < 0.6 else -0.1)
    canvas.drawCircle(
        cx, cy, h * 0.3, shining(cx, cy, h * 0.3, palette.graded(palette.key), 0.6 * palette.glow)
    )
    canvas.drawCircle(
        cx, cy, h * 0.065, flat(palette.graded(palette.disc), min(1.0, palette.glow * 1.6))
    )
    far = look.at(0.25)
    hill = skia.Path()
    hill.moveTo(pane.left(), pane.bottom())
    hill.cubicTo(pane.left(), y + h * 0.12, x - wide * 0.1, y + h * 0.2, x, y + h * 0.28)
    hill.cubicTo(
        x + wide * 0.2, y + h * 0.16, pane.right(), y + h * 0.18, pane.right(), pane.bottom()
    )
    canvas.drawPath(hill, far.fill("leaf_dark"))
    canvas.restore()
    bar = look.fill("paper", 0.95)
    canvas.drawRect(skia.Rect.MakeXYWH(x - h * 0.012, pane.top(), h * 0.024, h), bar)
    canvas.drawRect(skia.Rect.MakeXYWH(pane.left(), y - h * 0.09, wide, h * 0.024), bar)
    canvas.drawRect(
        skia.Rect.MakeLTRB(
            pane.left() - h * 0.09,
            pane.bottom() + h * 0.03,
            pane.right() + h * 0.09,
            pane.bottom() + h * 0.075,
        ),
        look.fill("paper"),
    )
    tone = rng.choice(("fabric_a", "fabric_b", "fabric_d"))
    for way in (-1, 1):
        inner, outer = x + way * wide * 0.36, x + way * wide * 0.74
        cloth = skia.Path()
        cloth.moveTo(outer, pane.top() - h * 0.1)
        cloth.lineTo(inner, pane.top() - h * 0.1)
        cloth.quadTo(inner + way * h * 0.02, y, outer - way * h * 0.1, y + h * 0.2)
        cloth.quadTo(
            inner + way * h * 0.14, y + h * 0.4, outer - way * h * 0.2, pane.bottom() + h * 0.22
        )
        cloth.lineTo(outer, pane.bottom() + h * 0.22)
        cloth.close()
        canvas.drawPath(cloth, look.fill(tone))
        canvas.save()
        canvas.clipPath(cloth, doAntiAlias=True)
        fold = stroke(look.colour(tone, 0.84), h * 0.014)
        for at in range(1, 5):
            fx = outer + (inner - outer) * at / 5
            canvas.drawLine(
                fx, pane.top() - h * 0.1, outer + (fx - outer) * 0.6, pane.bottom() + h * 0.22, fold
            )
        canvas.restore()
    canvas.drawLine(
        x - wide * 0.85,
        pane.top() - h * 0.11,
        x + wide * 0.85,
        pane.top() - h * 0.11,
        stroke(look.colour("timber_dark"), h * 0.022),
    )


def _picture(canvas: skia.Canvas, x: float, y: float, h: float, rng: Random, look: Look) -> None:
    wide = h * rng.uniform(0.7, 1.3)
    frame = skia.Rect.MakeLTRB(x - wide / 2, y - h / 2, x + wide / 2, y + h / 2)
    canvas.drawRect(frame.makeOffset(h * 0.02, h * 0.035), flat(look.palette.shadow, 0.18))
    canvas.drawRect(frame, look.fill(rng.choice(("timber_dark", "timber", "paper"))))
    inside = frame.makeInset(h * 0.07, h * 0.07)
    canvas.drawRect(inside, look.fill("paper"))
    art = inside.makeInset(h * 0.05, h * 0.05)
    canvas.drawRect(art, look.fill(rng.choice(("glass", "fabric_c", "coral_b"))))
    canvas.save()
    canvas.clipRect(art)
    for tone in ("book_b", "book_d", "leaf_house"):
        canvas.drawCircle(
            art.left() + rng.random() * art.width(),
            art.bottom() + h * 0.12,
            h * rng.uniform(0.2, 0.36),
            look.fill(tone, rng.uniform(0.8, 1.1)),
        )
    canvas.drawCircle(
        art.centerX() + art.width() * 0.2, art.top() + h * 0.16, h * 0.08, look.fill("lamp")
    )
    canvas.restore()


#: Units from window to window, the height of a window, and its middle above the floor's edge.
_STEP: Final = 1.25
_WINDOW: Final = 0.35
_SILL: Final = 0.415


@dataclass(frozen=True, slots=True)
class Panes:
    """Weather that is seen through the windows."""

    outside: Effect

    def open(self, look: Look) -> Live:
        """Set up the weather outside."""
        return _Panes(look, self.outside.open(look))


class _Panes:
    def __init__(self, look: Look, outside: Live) -> None:
        self._look, self._outside = look, outside

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Let it play between the curtains of every window in sight."""
        look, unit = self._look, self._look.unit
        gone, middle = look.near * now.travelled, look.base - _SILL * unit
        first, last = (int((gone + end) // (_STEP * unit)) for end in (-unit, look.view.width))
        for at in range(first, last + 1):
            x, high = (at + 0.62) * _STEP * unit - gone, _WINDOW * unit / 2
            wide = 0.34 * 0.8 * _WINDOW * unit
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(x - wide, middle - high, x + wide, middle + high))
            self._outside.draw(canvas, now)
            canvas.restore()


@dataclass(frozen=True, slots=True)
class Hung:
    """What hangs on the wall: windows between pictures."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Hang by turns, so that every view of the wall has a window."""
        unit, middle = look.unit, look.base - _SILL * look.unit
        step = _STEP * unit
        for at in range(int((span.left - unit) // step), int((span.right + unit) // step) + 1):
            rng = look.seeds.rng(look.name, "hung", at)
            _window(canvas, (at + 0.62) * step, middle, _WINDOW * unit, rng, look)
            for part in (0.02, 0.22):
                y = middle + rng.uniform(-0.05, 0.04) * unit
                _picture(
                    canvas, (at + part + 0.02) * step, y, unit * rng.uniform(0.12, 0.17), rng, look
                )


@dataclass(frozen=True, slots=True)
class Floor:
    """Boards that run across, with a rug and the window's light on them."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Lay boards that widen towards the eye."""
        unit, view = look.unit, look.view
        top, bottom = look.base, view.height + 2
        ends = [argb(look.colour("plank", 0.9)), argb(look.colour("plank_dark", 0.86))]
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, top, span.right, bottom), falling(top, bottom, ends)
        )
        rows = 7
        seam = stroke(look.colour("plank_dark", 0.74), max(1.0, 0.0028 * unit), 0.8)
        for row in range(rows):
            y = top + (bottom - top) * (row / rows) ** 1.35
            y2 = top + (bottom - top) * ((row + 1) / rows) ** 1.35
            canvas.drawLine(span.left, y2, span.right, y2, seam)
            for x, rng in span.cells(look, f"board{row}", every=0.42 * unit, reach=0.5 * unit):
                canvas.drawLine(x, y, x, y2, seam)
                tone = rng.choice(("plank", "plank_dark"))
                canvas.drawRect(
                    skia.Rect.MakeLTRB(x, y, x + 0.42 * unit * rng.uniform(0.5, 1.0), y2),
                    look.fill(tone, rng.uniform(0.9, 1.08), alpha=0.3),
                )
        step = _STEP * unit
        glow = look.palette.graded(mix(look.palette.sky[3], look.palette.key, 0.6))
        for at in range(int((span.left - 2 * unit) // step), int((span.right + unit) // step) + 1):
            x = (at + 0.62) * step
            shape = polygon(
                [
                    (x - 0.14 * unit, top + 0.02 * unit),
                    (x + 0.2 * unit, top + 0.02 * unit),
                    (x + 0.5 * unit, bottom),
                    (x - 0.02 * unit, bottom),
                ]
            )
            canvas.drawPath(
                shape,
                falling(
                    top, bottom, [argb(glow, 0.3 - 0.17 * look.palette.lamps), argb(glow, 0.05)]
                ),
            )
            self._rug(canvas, x - 0.55 * unit, look)

    def _rug(self, canvas: skia.Canvas, x: float, look: Look) -> None:
        unit = look.unit
        y = look.base + 0.5 * (look.view.height - look.base)
        for grow, tone in (
            (1.0, "fabric_b"),
            (0.9, "fabric_c"),
            (0.84, "fabric_b"),
            (0.5, "fabric_d"),
        ):
            half, thick = 0.46 * unit * grow, 0.075 * unit * grow
            canvas.drawOval(
                skia.Rect.MakeLTRB(x - half, y - thick, x + half, y + thick), look.fill(tone, 0.92)
            )
