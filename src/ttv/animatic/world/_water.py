"""Water: seas, lakes and rivers, with light on them, swell, surf and mirrored shores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import skia

from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._look import Art, Look, Span, falling, polygon, polyline, stroke
from ttv.animatic.world._palette import argb, mix
from ttv.animatic.world._seeds import Floats, terrain
from ttv.animatic.world._sky import disc_of
from ttv.animatic.world._terrain import outline

_LINES: Final = skia.Canvas.PointMode.kLines_PointMode


@dataclass(frozen=True, slots=True)
class Water:
    """A sheet of water that takes the colours of the sky."""

    #: How far down the picture it reaches, as nearness; None fills the rest.
    until: float | None = None
    calm: float = 0.55

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Shade from the sky's colour at the far edge to the deep tone near the eye."""
        view, palette = look.view, look.palette
        top = look.base
        bottom = view.height if self.until is None else view.line(self.until)
        own, deep = look.at(1.0).colour("water"), look.at(1.0).colour("water_deep")
        horizon = palette.graded(mix(palette.sky[-1], palette.haze, 0.5))
        upper = palette.graded(palette.sky[1])
        far = mix(own, horizon, 0.72)
        middle = mix(own, upper, self.calm * 0.8)
        near = mix(deep, palette.graded(palette.sky[0]), 0.55)
        shades = [argb(far), argb(mix(far, middle, 0.7)), argb(middle), argb(near)]
        paint = falling(top, bottom, shades, [0, 0.14, 0.45, 1])
        canvas.drawRect(skia.Rect.MakeLTRB(span.left, top, span.right, bottom + 2), paint)
        for x, rng in span.cells(look, "sheen", every=0.05 * look.unit, reach=0.4 * look.unit):
            down = rng.random() ** 1.5
            y = top + (0.02 + 0.98 * down) * (bottom - top)
            half = look.unit * rng.uniform(0.05, 0.18) * (0.4 + down)
            thick = half * 0.03 + 0.8
            tone = far if rng.random() < 0.55 else near
            oval = skia.Rect.MakeLTRB(x - half, y - thick, x + half, y + thick)
            canvas.drawOval(oval, skia.Paint(Color=argb(tone, 0.26), AntiAlias=True))


@dataclass(frozen=True, slots=True)
class Glitter:
    """Short strokes of light that dance on water, densest under sun or moon."""

    top: float
    bottom: float = 1.6
    count: int = 110

    def open(self, look: Look) -> Live:
        """Throw the strokes."""
        return _Glitter(look, self)


class _Glitter:
    def __init__(self, look: Look, spec: Glitter) -> None:
        view, palette = look.view, look.palette
        disc = disc_of(view, palette, moon=False)
        dice = look.seeds.numpy(look.name, "glitter")
        x, down, self._phase, self._size = dice.random((4, spec.count))
        top, bottom = view.line(spec.top), min(view.height * 1.0, view.line(spec.bottom))
        self._down = down**1.5
        column = (dice.normal(0, 1, spec.count) * (0.05 + 0.13 * self._down)) * view.unit + disc.x
        self._x = np.where(np.arange(spec.count) % 5 < 3, column, x * view.width * 1.2)
        self._y = top + 3 + self._down * (bottom - top - 4)
        self._near = 0.1 + self._down
        self._width, self._unit = view.width, view.unit
        light = palette.graded(mix(palette.key, palette.disc, 0.4))
        strength = 0.45 + 0.55 * min(1.0, palette.glow)
        self._pens = [
            stroke(
                light, max(1.0, view.unit * (0.0015 + 0.0016 * part)), strength * (0.5 + 0.5 * part)
            )
            for part in (0.0, 0.5, 1.0)
        ]

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Open and close each stroke at its own beat."""
        beat = np.sin(now.t * (1.4 + 2.2 * self._size) + self._phase * 44)
        half = np.clip(beat, 0, 1) * (0.006 + 0.022 * self._down) * self._unit * (0.5 + self._size)
        drift = np.sin(now.t * 0.7 + self._phase * 20) * 0.006 * self._unit
        xs = (self._x + drift - 0.12 * now.travelled * self._near) % (
            self._width * 1.2
        ) - self._width * 0.1
        shown = half > 0.8
        for part, pen in enumerate(self._pens):
            pick = shown & (np.floor(self._down * 2.99).astype(int) == part)
            points = []
            for x, y, reach in zip(
                xs[pick].tolist(), self._y[pick].tolist(), half[pick].tolist(), strict=True
            ):
                points += [skia.Point(x - reach, y), skia.Point(x + reach, y)]
            canvas.drawPoints(_LINES, points, pen)


@dataclass(frozen=True, slots=True)
class Swell:
    """One row of waves with lit crests, solid down to the foot of the picture."""

    height: float
    wave: float
    foam: float = 0.3

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Round the troughs and sharpen the crests; let foam lie on some."""
        unit, key, base = look.unit, look.key("swell"), look.base
        high, long = self.height * unit, self.wave * unit

        def crest(xs: Floats) -> Floats:
            rough = terrain(key, xs / (long * 2.3), octaves=2)
            wave = np.abs(np.sin(math.pi * xs / long + rough * 1.2))
            return base - high * (0.75 * (1 - wave) + 0.25 * rough)

        body = outline(span, crest, look.view.height + 2)
        palette = look.palette
        own = mix(look.colour("water"), palette.graded(palette.sky[2]), 0.22)
        deep = mix(look.colour("water_deep"), palette.graded(palette.sky[0]), 0.22)
        tip = mix(look.colour("water_light"), own, 0.45)
        reach = 0.24 * unit
        canvas.drawPath(
            body,
            falling(base - high, base + reach, [argb(tip), argb(own), argb(deep)], [0, 0.3, 1]),
        )
        canvas.save()
        canvas.clipPath(body, doAntiAlias=True)
        xs = np.arange(span.left - 8, span.right + 12, 4.0)
        ys = crest(xs)
        line = polyline(zip(xs.tolist(), ys.tolist(), strict=True))
        foam = look.colour("foam")
        canvas.drawPath(line, stroke(foam, max(1.0, 0.004 * unit * look.near), 0.34))
        for x, rng in span.cells(look, "foam", every=0.09 * unit, reach=0.1 * unit):
            if rng.random() > self.foam:
                continue
            y = float(crest(np.array([x]))[0])
            half, low = unit * rng.uniform(0.014, 0.045) * look.near, unit * 0.006 * look.near
            path = skia.Path()
            path.moveTo(x - half, y + low * 2)
            path.quadTo(x, y - low, x + half, y + low * 2)
            path.quadTo(x + half * 0.2, y + low * 2.4, x - half, y + low * 2)
            canvas.drawPath(path, skia.Paint(Color=argb(foam, 0.75), AntiAlias=True))
        for x, rng in span.cells(look, "glints", every=0.07 * unit, reach=0.1 * unit):
            y = base + unit * rng.uniform(0.015, 0.14) * look.near
            half = unit * rng.uniform(0.01, 0.05) * look.near
            canvas.drawLine(x - half, y, x + half, y, stroke(tip, max(1.0, 0.0022 * unit), 0.4))
        canvas.restore()


@dataclass(frozen=True, slots=True)
class Mirrored:
    """The reflection of a far shore: its art upside down below the waterline."""

    art: Art
    #: Nearness of the waterline.
    line: float
    strength: float = 0.5
    squash: float = 0.8

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Turn the art over the line and let it fade towards the eye."""
        view = look.view
        line = view.line(self.line)
        canvas.saveLayer(None, None)
        canvas.clipRect(skia.Rect.MakeLTRB(span.left, line, span.right, view.height))
        canvas.translate(0.0, line)
        canvas.scale(1.0, -self.squash)
        canvas.translate(0.0, -line)
        canvas.clipRect(skia.Rect.MakeLTRB(span.left, -view.height, span.right, line))
        self.art.paint(canvas, span, look)
        canvas.restore()
        fade = skia.GradientShader.MakeLinear(
            [skia.Point(0, line), skia.Point(0, line + 0.4 * look.unit)],
            [argb((0, 0, 0), self.strength), argb((0, 0, 0), 0.0)],
        )
        rest = skia.Rect.MakeLTRB(span.left, line, span.right, view.height)
        canvas.drawRect(rest, skia.Paint(Shader=fade, BlendMode=skia.BlendMode.kDstIn))


@dataclass(frozen=True, slots=True)
class Surf:
    """Lines of foam that run up a beach and slide back."""

    #: Nearness of the highest and lowest reach.
    top: float
    bottom: float

    def open(self, look: Look) -> Live:
        """Keep the colours."""
        return _Surf(look, self)


class _Surf:
    def __init__(self, look: Look, spec: Surf) -> None:
        self._look, self._spec = look, spec
        self._keys = [look.key("surf", at) for at in range(3)]

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw three sheets of thin water, each with its hem of foam."""
        look, view, unit = self._look, self._look.view, self._look.unit
        top, bottom = view.line(self._spec.top), view.line(self._spec.bottom)
        foam, water = look.at(0.9).colour("foam"), look.at(0.9).colour("water_light")
        xs = np.arange(-16, view.width + 32, 16.0)
        for at, key in enumerate(self._keys):
            turn = now.t / 4.6 + at / 3
            run = 0.5 - 0.5 * math.cos(math.tau * (turn % 1.0))
            age = turn % 1.0
            place = (xs + now.travelled * look.near) / (0.34 * unit)
            ys = (
                top
                + (bottom - top) * (0.15 + 0.8 * run)
                + 0.028 * unit * terrain(key + int(turn), place, octaves=3)
            )
            points = list(zip(xs.tolist(), ys.tolist(), strict=True))
            sheet = polygon([*points, (view.width + 32, top - 4), (-16, top - 4)])
            shown = math.sin(math.pi * age)
            canvas.drawPath(
                sheet, falling(top, bottom, [argb(water, 0.0), argb(water, 0.3 * shown)])
            )
            hem = polyline(points)
            canvas.drawPath(
                hem, stroke(foam, max(1.5, 0.007 * unit * (0.5 + 0.5 * run)), 0.85 * shown)
            )
            hem.offset(0, -0.012 * unit)
            canvas.drawPath(hem, stroke(foam, max(1.0, 0.003 * unit), 0.4 * shown))
