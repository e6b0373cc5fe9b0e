"""What falls and drifts: rain, snow, leaves, fireflies, bubbles; each in several depths."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import skia

from ttv.animatic.rigs import Rgb
from ttv.animatic.world._baked import Pixels, frozen, paper
from ttv.animatic.world._effect import Live, Moment
from ttv.animatic.world._look import Look, flat, stroke
from ttv.animatic.world._palette import argb, mix
from ttv.animatic.world._seeds import Floats

_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)
_POINTS: Final = skia.Canvas.PointMode.kPoints_PointMode
_LINES: Final = skia.Canvas.PointMode.kLines_PointMode


def _points(xs: Floats, ys: Floats) -> list[skia.Point]:
    return [skia.Point(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class Flakes:
    """Soft snow: many small far flakes, few large blurred near ones."""

    count: int = 420
    speed: float = 0.16

    def open(self, look: Look) -> Live:
        """Throw the flakes into depths."""
        return _Flakes(look, self)


class _Flakes:
    #: Nearness, share of the flakes, radius in units, opacity.
    DEPTHS: Final = (
        (0.35, 0.34, 0.0013, 0.55),
        (0.55, 0.28, 0.0021, 0.7),
        (0.85, 0.2, 0.0031, 0.85),
        (1.2, 0.12, 0.0046, 0.92),
        (1.8, 0.045, 0.0085, 0.5),
        (2.6, 0.015, 0.016, 0.3),
    )

    def __init__(self, look: Look, spec: Flakes) -> None:
        view = look.view
        self._width, self._height = view.width * 1.2, view.height * 1.1
        self._unit, self._speed, self._wind = view.unit, spec.speed, look.palette.wind * 4 + 0.03
        rng = look.seeds.numpy(look.name, "flakes")
        area = min(2.2, view.width * view.height / view.unit**2 / 1.78)
        colour = look.palette.graded(mix(look.palette.lit((1, 1, 1), 1.0), (1, 1, 1), 0.42))
        self._depths = []
        for near, share, radius, alpha in self.DEPTHS:
            dice = rng.random((4, max(3, round(spec.count * share * area))))
            for part in range(2):
                size = radius * view.unit * (0.85 if part else 1.2)
                paint = stroke(colour, max(1.2, size * 2), alpha)
                if near > 1.5:
                    paint.setMaskFilter(
                        skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, size * 0.35)
                    )
                self._depths.append((near, dice[:, part::2], paint))

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Let every flake fall, sway and drift with the wind."""
        for near, (x, y, sway, pace), paint in self._depths:
            fall = self._speed * self._unit * near * (0.7 + 0.6 * pace)
            ys = (y * self._height + fall * now.t) % self._height - self._height * 0.05
            swing = np.sin(now.t * (0.7 + 0.9 * pace) + sway * math.tau) * self._unit * 0.014 * near
            drift = self._wind * self._unit * now.t * near - near * now.travelled
            xs = (x * self._width + swing + drift) % self._width - self._width * 0.08
            canvas.drawPoints(_POINTS, _points(xs, ys), paint)


@dataclass(frozen=True, slots=True)
class Streams:
    """Rain in three depths, slanted by the wind, with splashes on the ground."""

    count: int = 260
    slant: float = 0.12
    splash: bool = True

    def open(self, look: Look) -> Live:
        """Draw one sheet of streaks for each depth; frames only move the sheets."""
        return _Streams(look, self)


class _Streams:
    #: Nearness, share of the streaks, length and width in units, opacity.
    DEPTHS: Final = (
        (0.5, 0.42, 0.035, 0.0011, 0.30),
        (0.9, 0.38, 0.06, 0.0016, 0.38),
        (1.6, 0.2, 0.11, 0.0026, 0.32),
    )

    def __init__(self, look: Look, spec: Streams) -> None:
        view = look.view
        self._look, self._spec, self._unit = look, spec, view.unit
        #: Half a picture wide: the eye does not see it repeat, and it stays in the cache.
        self._size = (max(32, math.ceil(view.width / 2)), view.height)
        rng = look.seeds.numpy(look.name, "rain")
        colour = look.palette.graded(mix(look.palette.haze, (0.9, 0.95, 1.0), 0.6))
        area = min(2.2, view.width * view.height / view.unit**2 / 1.78)
        self._sheets = []
        for near, share, length, width, alpha in self.DEPTHS:
            pen = stroke(colour, max(0.8, width * view.unit), alpha)
            sheet = self._sheet(rng, round(spec.count * share * area / 2), length, pen)
            self._sheets.append((near, sheet))
        self._drops = rng.random((3, 46))
        self._ring = stroke(colour, max(1.0, 0.0016 * view.unit), 0.4)

    def _sheet(
        self, rng: np.random.Generator, count: int, length: float, pen: skia.Paint
    ) -> skia.Image:
        width, height = self._size
        pixels: Pixels = np.zeros((height, width, 4), np.uint8)
        dx, dy = length * self._unit * self._spec.slant, length * self._unit
        lines = []
        for x, y, grow in rng.random((count, 3)).tolist():
            size = 0.6 + 0.8 * grow
            for left in (0, width, -width):
                for top in (0, -height):
                    a = skia.Point(x * width + left, y * height + top)
                    lines += [a, skia.Point(a.x() - dx * size, a.y() + dy * size)]
        paper(pixels).drawPoints(_LINES, lines, pen)
        return frozen(pixels)

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Move the sheets down and along the wind, endlessly."""
        width, height = self._size
        for near, sheet in self._sheets:
            fall = 1.55 * self._unit * (0.55 + 0.5 * near) * now.t
            y = round(fall) % height
            x = round(-fall * self._spec.slant - near * now.travelled) % width
            for left in (x - width, x, x + width):
                for top in (y, y - height):
                    canvas.drawImage(sheet, left, top, _NEAREST)
        if self._spec.splash:
            self._splash(canvas, now)

    def _splash(self, canvas: skia.Canvas, now: Moment) -> None:
        """Open a small ring where a drop hits; each place is hit again and again."""
        view, unit = self._look.view, self._unit
        phases = (now.t * 2.2 + self._drops[2]) % 1.0
        turn = np.floor(now.t * 2.2 + self._drops[2])
        xs = ((self._drops[0] * 7.13 + turn * 0.618) % 1.0) * view.width
        down = ((self._drops[1] * 3.7 + turn * 0.414) % 1.0) ** 1.4
        ys = view.line(0.7) + down * max(4.0, view.height - view.line(0.7))
        path = skia.Path()
        for x, y, phase, depth in zip(
            xs.tolist(), ys.tolist(), phases.tolist(), down.tolist(), strict=True
        ):
            if phase < 0.5:
                size = unit * 0.016 * phase * 2 * (0.4 + depth)
                path.addOval(skia.Rect.MakeLTRB(x - size, y - size * 0.3, x + size, y + size * 0.3))
        canvas.drawPath(path, self._ring)


@dataclass(frozen=True, slots=True)
class Motes:
    """Small lights or specks that wander: fireflies, pollen, dust, plankton."""

    material: str
    count: int = 40
    size: float = 0.004
    #: Mean travel in units a second, right and down.
    drift: tuple[float, float] = (0.01, -0.008)
    #: Part of the height they keep to.
    band: tuple[float, float] = (0.3, 0.95)
    #: Fireflies go dark in turn.
    blink: bool = False
    alpha: float = 0.8
    halo: float = 3.5

    def open(self, look: Look) -> Live:
        """Draw one soft speck and throw the places."""
        return _Motes(look, self)


class _Motes:
    def __init__(self, look: Look, spec: Motes) -> None:
        self._spec, self._view, self._near = spec, look.view, look.near
        dice = look.seeds.numpy(look.name, "motes")
        area = min(2.2, look.view.width * look.view.height / look.view.unit**2 / 1.78)
        self._dice = dice.random((5, max(4, round(spec.count * area))))
        colour = look.palette.graded(look.palette.material(spec.material))
        self._sprites = [self._sprite(colour, spec.alpha * part) for part in (0.25, 0.5, 0.75, 1.0)]

    def _sprite(self, colour: Rgb, alpha: float) -> skia.Image:
        core = max(0.6, self._spec.size * self._view.unit)
        half = math.ceil(core * self._spec.halo) + 1
        pixels: Pixels = np.zeros((half * 2, half * 2, 4), np.uint8)
        shades = [
            argb(colour, alpha),
            argb(colour, alpha * 0.8),
            argb(colour, alpha * 0.22),
            argb(colour, 0.0),
        ]
        shader = skia.GradientShader.MakeRadial(
            skia.Point(half, half),
            half,
            shades,
            [0, 0.7 / self._spec.halo, 1.3 / self._spec.halo, 1],
        )
        paper(pixels).drawPaint(skia.Paint(Shader=shader))
        return frozen(pixels)

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Wander round the drift; wrap beyond the picture's edges."""
        spec, view, (x, y, phase, pace, depth) = self._spec, self._view, self._dice
        near = self._near * (0.6 + 0.8 * depth)
        width, low, high = view.width * 1.15, spec.band[0] * view.height, spec.band[1] * view.height
        wander = view.unit * 0.03
        xs = x * width + spec.drift[0] * view.unit * now.t * (0.5 + pace) - near * now.travelled
        xs = (xs + np.sin(now.t * (0.4 + pace) + phase * 6.3) * wander) % width - view.width * 0.07
        rise = max(1.0, high - low)
        ys = y * rise + spec.drift[1] * view.unit * now.t * (0.5 + pace)
        ys = ys % rise + low + np.cos(now.t * (0.5 + pace) * 0.8 + phase * 9.1) * wander * 0.6
        wave = 0.5 + 0.5 * np.sin(now.t * (1.2 + pace * 1.6) + phase * 40.0)
        shine = np.clip(wave * 1.5 - 0.35 if spec.blink else 0.55 + 0.45 * wave, 0, 1)
        level = np.floor(shine * 4).astype(int)
        for left, top, step in zip(xs.tolist(), ys.tolist(), level.tolist(), strict=True):
            if step:
                sprite = self._sprites[min(3, step - 1)]
                half = sprite.width() / 2
                canvas.drawImage(sprite, round(left - half), round(top - half), _NEAREST)


@dataclass(frozen=True, slots=True)
class Leaves:
    """Leaves or petals tumbling on the wind."""

    materials: tuple[str, ...]
    count: int = 34
    speed: float = 0.3

    def open(self, look: Look) -> Live:
        """Throw the leaves."""
        return _Leaves(look, self)


class _Leaves:
    def __init__(self, look: Look, spec: Leaves) -> None:
        self._view, self._spec = look.view, spec
        dice = look.seeds.numpy(look.name, "leaves")
        area = min(2.2, look.view.width * look.view.height / look.view.unit**2 / 1.78)
        self._dice = dice.random((6, max(4, round(spec.count * area)))).T.tolist()
        self._paints = [flat(look.colour(name), 0.95) for name in spec.materials]

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Tumble: the leaf's width swings as it turns in depth."""
        view, unit = self._view, self._view.unit
        width, height = view.width * 1.2, view.height * 1.15
        for at, (x, y, phase, pace, size, depth) in enumerate(self._dice):
            near = 0.5 + 1.3 * depth * depth
            ahead = self._spec.speed * unit * (0.6 + 0.8 * pace) * near * now.t
            left = (x * width + ahead - near * now.travelled) % width - view.width * 0.1
            gust = math.sin(now.t * (0.9 + pace) + phase * 6.28) * unit * 0.05
            top = (y * height + ahead * 0.3 + gust) % height - height * 0.06
            long = unit * (0.006 + 0.008 * size) * near
            turn = now.t * (1.5 + 2.5 * pace) + phase * 20
            flip = 0.2 + 0.8 * abs(math.sin(now.t * (2 + 2 * pace) + phase * 11))
            c, s = math.cos(turn), math.sin(turn)
            ax, ay = c * long, s * long
            bx, by = -s * long * 0.55 * flip, c * long * 0.55 * flip
            path = skia.Path()
            path.moveTo(left - ax, top - ay)
            path.quadTo(left + bx * 1.6, top + by * 1.6, left + ax, top + ay)
            path.quadTo(left - bx * 1.6, top - by * 1.6, left - ax, top - ay)
            canvas.drawPath(path, self._paints[at % len(self._paints)])


@dataclass(frozen=True, slots=True)
class Bubbles:
    """Strings of bubbles that rise and wobble."""

    count: int = 46

    def open(self, look: Look) -> Live:
        """Throw the bubbles."""
        return _Bubbles(look, self.count)


class _Bubbles:
    def __init__(self, look: Look, count: int) -> None:
        self._view = look.view
        dice = look.seeds.numpy(look.name, "bubbles")
        self._dice = dice.random((5, count))
        clear = look.palette.graded((0.85, 0.98, 1.0))
        self._rim = stroke(clear, max(1.0, look.unit * 0.0016), 0.55)
        self._body, self._spot = flat(clear, 0.12), flat((1, 1, 1), 0.75)

    def draw(self, canvas: skia.Canvas, now: Moment) -> None:
        """Rise the faster the larger, wobbling."""
        view, unit, (x, y, size, phase, depth) = self._view, self._view.unit, self._dice
        near, radius = 0.5 + depth, unit * (0.003 + 0.011 * size**3)
        height, width = view.height * 1.2, view.width * 1.1
        ys = view.height * 1.1 - (y * height + (0.07 + 0.1 * size) * unit * now.t) % height
        wobble = np.sin(now.t * (2 + phase * 2) + phase * 30) * unit * 0.008
        strand = np.floor(x * 9) / 9 + (x * 9 % 1 - 0.5) * 0.05
        xs = (strand * width + wobble - near * now.travelled) % width - view.width * 0.05
        path, spots = skia.Path(), skia.Path()
        for left, top, r in zip(xs.tolist(), ys.tolist(), radius.tolist(), strict=True):
            path.addCircle(left, top, r)
            spots.addCircle(left - r * 0.35, top - r * 0.35, r * 0.22)
        canvas.drawPath(path, self._body)
        canvas.drawPath(path, self._rim)
        canvas.drawPath(spots, self._spot)
