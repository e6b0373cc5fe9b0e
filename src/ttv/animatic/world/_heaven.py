"""What shows in the sky beside the clouds: stars, aurora, rainbow, lightning, light shafts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import skia

from ttv.animatic.world._baked import Pixels, frozen, paper
from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._look import Look, Span, View, flat, polygon, stroke
from ttv.animatic.world._palette import argb

_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)
_POINTS: Final = skia.Canvas.PointMode.kPoints_PointMode


@dataclass(frozen=True, slots=True)
class Stars:
    """Stars of several sizes that twinkle out of step; a few shine with rays."""

    count: int = 240
    #: Part of the height they fill, from the top.
    depth: float = 1.0

    def open(self, look: Look) -> Live:
        """Throw the stars."""
        return _Stars(look, self)


class _Stars:
    GROUPS: Final = 7

    def __init__(self, look: Look, spec: Stars) -> None:
        view, palette = look.view, look.palette
        rng = look.seeds.numpy(look.name, "stars")
        area = min(2.5, view.width * view.height / view.unit**2 / 1.78)
        dice = rng.random((4, max(self.GROUPS * 2, round(spec.count * area))))
        xs, ys = dice[0] * view.width, dice[1] ** 1.25 * view.horizon * spec.depth
        order = np.arange(len(xs)) % self.GROUPS
        tints = ((1.0, 1.0, 1.0), (0.86, 0.91, 1.0), (1.0, 0.93, 0.84))
        self._groups = []
        for group in range(self.GROUPS):
            points = [
                skia.Point(x, y)
                for x, y in zip(
                    xs[order == group].tolist(), ys[order == group].tolist(), strict=True
                )
            ]
            size = max(1.1, view.unit * (0.0013 + 0.00062 * (group % 4)))
            paint = stroke(palette.graded(tints[group % 3]), size)
            self._groups.append((points, paint, 0.55 + 0.45 * (group % 4) / 3))
        self._bright = [
            (float(x), float(y), float(p))
            for x, y, p in zip(xs[:9], ys[:9], dice[2][:9], strict=True)
        ]
        self._size, self._strength = view.unit * 0.011, palette.stars

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Let each group breathe at its own pace."""
        for group, (points, paint, full) in enumerate(self._groups):
            wave = 0.72 + 0.28 * math.sin(now.t * (1.1 + 0.37 * group) + group * 2.1)
            paint.setAlphaf(full * wave * self._strength)
            canvas.drawPoints(_POINTS, points, paint)
        for x, y, phase in self._bright:
            wave = max(0.0, math.sin(now.t * (0.8 + phase) + phase * 40))
            self._sparkle(canvas, x, y, wave)

    def _sparkle(self, canvas: skia.Canvas, x: float, y: float, wave: float) -> None:
        size, thin = self._size * (0.5 + 0.5 * wave), self._size * 0.09
        path = skia.Path()
        path.moveTo(x, y - size)
        for px, py, qx, qy in (
            (thin, -thin, size, 0.0),
            (thin, thin, 0.0, size),
            (-thin, thin, -size, 0.0),
            (-thin, -thin, 0.0, -size),
        ):
            path.quadTo(x + px, y + py, x + qx, y + qy)
        canvas.drawPath(path, flat((1.0, 1.0, 1.0), self._strength * (0.25 + 0.65 * wave)))


@dataclass(frozen=True, slots=True)
class Aurora:
    """Curtains of green and violet light that wave slowly."""

    def open(self, look: Look) -> Live:
        """Choose the curtains."""
        return _Aurora(look)


class _Aurora:
    #: Where the foot hangs (0 top, 1 horizon), height, hue low, hue high, pace.
    CURTAINS: Final = (
        (0.36, 0.42, (0.25, 0.95, 0.62), (0.45, 0.35, 0.95), 0.21),
        (0.5, 0.4, (0.35, 1.0, 0.72), (0.30, 0.55, 1.0), 0.31),
        (0.64, 0.34, (0.30, 0.9, 0.55), (0.75, 0.35, 0.85), 0.4),
    )

    def __init__(self, look: Look) -> None:
        self._look = look

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Draw each curtain as one strip of shaded triangles."""
        view, palette = self._look.view, self._look.palette
        xs = np.linspace(-0.03, 1.03, 64) * view.width
        for at, (foot, tall, low, high, pace) in enumerate(self.CURTAINS):
            part = xs / view.unit
            sway = np.sin(part * 2.3 + now.t * pace + at * 2) + 0.5 * np.sin(
                part * 5.1 - now.t * pace * 1.7 + at
            )
            feet = view.horizon * foot + sway * 0.045 * view.unit
            glow = 0.5 + 0.5 * np.sin(part * 3.7 - now.t * pace * 2.1 + at * 1.3) * np.sin(
                part * 9.5 + now.t * pace * 2.6
            )
            tops = feet - tall * view.unit * (0.65 + 0.35 * np.sin(part * 4.4 + now.t * pace + at))
            strengths = (0.16 + 0.5 * glow).tolist()
            points, colours = [], []
            low_, high_ = palette.graded(low), palette.graded(high)
            for x, top, bottom, strength in zip(
                xs.tolist(), tops.tolist(), feet.tolist(), strengths, strict=True
            ):
                middle = bottom - (bottom - top) * 0.3
                under = bottom + view.unit * 0.02
                points += [
                    skia.Point(x, top),
                    skia.Point(x, middle),
                    skia.Point(x, bottom),
                    skia.Point(x, under),
                ]
                colours += [
                    argb(high_, 0.0),
                    argb(high_, strength * 0.45),
                    argb(low_, strength),
                    argb(low_, 0.0),
                ]
            triangles = []
            for column in range(len(xs) - 1):
                a = column * 4
                for row in range(3):
                    triangles += [
                        a + row,
                        a + row + 1,
                        a + row + 4,
                        a + row + 1,
                        a + row + 4,
                        a + row + 5,
                    ]
            mesh = skia.Vertices(
                skia.Vertices.kTriangles_VertexMode, points, points, colours, triangles
            )
            canvas.drawVertices(mesh, skia.Paint(), skia.BlendMode.kDst)


@dataclass(frozen=True, slots=True)
class Rainbow:
    """An arch of seven bands, faint at its feet."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Paint it as one radial gradient."""
        canvas.clipRect(span.rect(look.view))
        view = look.view
        x = view.width * (1.0 - look.palette.place[0]) * 0.8 + view.width * 0.12
        y, radius = view.horizon * 1.12, view.unit * 0.72
        hues = (
            (0.55, 0.35, 0.85),
            (0.3, 0.45, 0.95),
            (0.3, 0.8, 0.75),
            (0.45, 0.85, 0.35),
            (1.0, 0.9, 0.3),
            (1.0, 0.6, 0.25),
            (0.95, 0.3, 0.3),
        )
        shades, stops = [argb(hues[0], 0.0)], [0.855]
        for at, hue in enumerate(hues):
            shades.append(argb(look.palette.graded(hue), 0.46))
            stops.append(0.88 + 0.105 * at / 6)
        shader = skia.GradientShader.MakeRadial(
            skia.Point(x, y), radius, [*shades, argb(hues[-1], 0.0)], [*stops, 1.0]
        )
        canvas.saveLayer(None, None)
        canvas.drawPaint(skia.Paint(Shader=shader, Dither=True))
        fade = skia.GradientShader.MakeLinear(
            [skia.Point(0, y - radius), skia.Point(0, y)], [0xFF000000, 0x30000000]
        )
        canvas.drawPaint(skia.Paint(Shader=fade, BlendMode=skia.BlendMode.kDstIn))
        canvas.restore()


@dataclass(frozen=True, slots=True)
class Lightning:
    """Bolts at odd moments that light the whole sky."""

    every_seconds: float = 2.3

    def open(self, look: Look) -> Live:
        """Keep the dice; each stretch of time has its own bolt."""
        return _Lightning(look, self)


class _Lightning:
    def __init__(self, look: Look, spec: Lightning) -> None:
        self._look, self._spec = look, spec

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Flash twice and fade, with the bolt itself at the start."""
        number, into = divmod(now.t, self._spec.every_seconds)
        rng = self._look.seeds.rng(self._look.name, "bolt", int(number))
        age = into - rng.uniform(0.1, self._spec.every_seconds - 0.7)
        if not 0.0 <= age < 0.6:
            return
        light = math.exp(-age * 9.0) + (0.7 * math.exp(-(age - 0.16) * 9.0) if age > 0.16 else 0.0)
        view = self._look.view
        pale = self._look.palette.graded((0.86, 0.9, 1.0))
        canvas.drawRect(
            skia.Rect.MakeWH(view.width, view.height), flat(pale, min(0.42, 0.36 * light))
        )
        if age > 0.32:
            return
        x, y = view.width * rng.uniform(0.12, 0.88), -0.02 * view.unit
        bolt = skia.Path()
        bolt.moveTo(x, y)
        while y < view.horizon:
            x, y = x + rng.uniform(-0.05, 0.05) * view.unit, y + rng.uniform(0.03, 0.07) * view.unit
            bolt.lineTo(x, min(y, view.horizon))
            if rng.random() < 0.25:
                bolt.lineTo(
                    x + rng.uniform(-0.12, 0.12) * view.unit, y + rng.uniform(0.04, 0.1) * view.unit
                )
                bolt.moveTo(x, y)
        alpha = min(1.0, light * 1.4)
        canvas.drawPath(bolt, stroke(pale, view.unit * 0.013, alpha * 0.25))
        canvas.drawPath(bolt, stroke((1.0, 1.0, 1.0), view.unit * 0.004, alpha))


@dataclass(frozen=True, slots=True)
class Shafts:
    """Slanting light under water or through leaves, that comes and goes."""

    strength: float = 0.2
    count: int = 7

    def open(self, look: Look) -> Live:
        """Choose where each shaft falls."""
        return _Shafts(look, self)


class _Shafts:
    def __init__(self, look: Look, spec: Shafts) -> None:
        view = look.view
        rng = look.seeds.rng(look.name, "shafts")
        key = look.palette.graded(look.palette.key)
        strength = spec.strength * (look.palette.glow + 0.35)
        self._shafts: list[tuple[skia.Image, int, float]] = []
        for at in range(spec.count):
            x = view.width * (at + rng.random()) / spec.count * 1.15
            wide, lean = view.unit * rng.uniform(0.03, 0.1), view.unit * rng.uniform(0.15, 0.3)
            image, left = _shaft(view, x, (wide, lean), argb(key, strength))
            self._shafts.append((image, left, rng.random()))

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Let each shaft swell and fade."""
        for image, left, phase in self._shafts:
            wave = 0.5 + 0.5 * math.sin(now.t * (0.35 + 0.4 * phase) + phase * 30)
            canvas.drawImage(image, left, 0, _NEAREST, skia.Paint(Alphaf=0.15 + 0.85 * wave))


def _shaft(view: View, x: float, shape: tuple[float, float], colour: int) -> tuple[skia.Image, int]:
    """Paint one soft shaft from the top at ``x`` and tell where its image belongs."""
    (wide, lean), long, soft = shape, view.height * 0.95, view.unit * 0.012
    left = math.floor(x - lean - wide - 3 * soft)
    across = math.ceil(x + wide * 2.2 + 3 * soft) - left
    pixels: Pixels = np.zeros((math.ceil(long), max(1, across), 4), np.uint8)
    clear = colour & 0x00FFFFFF
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, 0), skia.Point(0, long)], [colour, clear]
    )
    paint = skia.Paint(Shader=shader, AntiAlias=True, Dither=True)
    paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, soft))
    canvas = paper(pixels)
    canvas.translate(-left, 0)
    foot = (x + wide * 2.2 - lean, long + 9), (x - lean - wide * 0.8, long + 9)
    canvas.drawPath(polygon([(x, -30), (x + wide, -30), *foot]), paint)
    return frozen(pixels), left
