"""Drawing lit shapes: every colour passes through the light, every form gets its tones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import skia

from ttv.animatic.rigs._colour import mix
from ttv.animatic.rigs._curve import Point, limb
from ttv.animatic.rigs._port import Box, Light, Rgb

_WHITE: Rgb = (1.0, 1.0, 1.0)
_SHADOW: Rgb = (0.13, 0.10, 0.26)
#: Width of the lit edge against the shaded one.
_RIM = 0.34


class Pen:
    """Draws shapes in the rig's own units, y up, within nested frames.

    One pen serves one ``draw``; nothing outlives it.
    """

    def __init__(self, canvas: skia.Canvas, light: Light) -> None:
        self._canvas = canvas
        self.light = light
        self._paint = skia.Paint(AntiAlias=True)
        across = light.key_side
        length = math.hypot(across, 1.0)
        #: Unit vector to the key light in the current frame.
        self._sun = (across / length, 1.0 / length)

    def _put(self, path: skia.Path, paint: skia.Paint) -> None:
        self._canvas.drawPath(path, paint)

    def fill(self, path: skia.Path, colour: Rgb, *, shade: float = 1.0, alpha: float = 1.0) -> None:
        """Fill a shape with one flat tone."""
        paint = self._paint
        paint.setColor(self.light.fill(colour, shade=shade))
        paint.setAlphaf(alpha)
        self._put(path, paint)

    def form(
        self, path: skia.Path, colour: Rgb, *, depth: float, shade: float = 1.0, rim: float = 1.0
    ) -> None:
        """Fill a shape that has body: shaded on the side away from the light, lit towards it.

        ``depth`` is the width of the shaded edge; the lit edge is a third of that.
        """
        self.fill(path, colour, shade=shade)
        x, y = self._sun
        with self.inside(path):
            self.fill(_outside(path, x * depth, y * depth), self._dark(colour), shade=shade)
            if rim > 0:
                lit = _outside(path, -x * depth * _RIM, -y * depth * _RIM)
                self._edge(lit, colour, rim, shade)

    def solid(self, path: skia.Path, colour: Rgb, *, depth: float, shade: float = 1.0) -> None:
        """Fill a shape that never changes as :meth:`form` does; its edges are kept."""
        x, y = (round(value * 24) / 24 for value in self._sun)
        dark, lit = _edges(_Kept(path), depth, x, y)
        self.fill(path, colour, shade=shade)
        self.fill(dark, self._dark(colour), shade=shade)
        self._edge(lit, colour, 1.0, shade)

    def _edge(self, path: skia.Path, colour: Rgb, rim: float, shade: float) -> None:
        """Light the edge towards the key light; in the dark it gleams in the light's colour."""
        key = self.light.key
        self.fill(path, mix(colour, mix(_WHITE, key, 0.5), 0.30 * rim), shade=min(1.0, shade * 1.1))
        gleam = 0.4 * rim * shade * self.light.darkness
        if gleam > 0.02:
            self.shine(path, key, alpha=gleam)

    def limb(
        self,
        joints: Sequence[Point],
        radii: Sequence[float],
        colour: Rgb,
        *,
        shade: float = 1.0,
        depth: float = 0.17,
    ) -> None:
        """Draw a limb of tapered bones, shaded on the side away from the light."""
        if depth <= 0:
            self.fill(limb(joints, radii), colour, shade=shade)
            return
        self.fill(limb(joints, radii), self._dark(colour), shade=shade)
        x, y = (value * depth for value in self._sun)
        lit = [(jx + x * r, jy + y * r) for (jx, jy), r in zip(joints, radii, strict=True)]
        self.fill(limb(lit, [r * (1 - depth) for r in radii]), colour, shade=shade)

    @staticmethod
    def _dark(colour: Rgb) -> Rgb:
        return mix(colour, _SHADOW, 0.30)

    def stroke(
        self, path: skia.Path, colour: Rgb, *, width: float, shade: float = 1.0, alpha: float = 1.0
    ) -> None:
        """Draw a line with round ends."""
        paint = skia.Paint(
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width,
            StrokeCap=skia.Paint.kRound_Cap,
            StrokeJoin=skia.Paint.kRound_Join,
            Color=self.light.fill(colour, shade=shade),
        )
        paint.setAlphaf(alpha)
        self._put(path, paint)

    def shine(self, path: skia.Path, colour: Rgb, *, alpha: float = 1.0) -> None:
        """Fill a shape that gives light itself: only haze dims it."""
        paint = self._paint
        paint.setColor(self.light.emit(colour))
        paint.setAlphaf(alpha)
        self._put(path, paint)

    def halo(self, x: float, y: float, radius: float, colour: Rgb, *, alpha: float) -> None:
        """Draw a soft glow round a point; in daylight it is faint."""
        seen = alpha * (0.4 + 0.6 * self.light.darkness)
        self.beam(skia.Path().addCircle(x, y, radius), colour, (x, y), radius, alpha=seen)

    def beam(
        self, path: skia.Path, colour: Rgb, source: Point, radius: float, *, alpha: float
    ) -> None:
        """Fill a shape with light that fades with the distance from its source."""
        argb = self.light.emit(colour)
        stops = [skia.ColorSetA(argb, round(255 * alpha * part)) for part in (1.0, 0.35, 0.0)]
        shader = skia.GradientShader.MakeRadial(source, radius, stops, [0.0, 0.4, 1.0])
        self._put(path, skia.Paint(AntiAlias=True, Shader=shader))

    @contextmanager
    def frame(
        self,
        x: float = 0.0,
        y: float = 0.0,
        *,
        turn: float = 0.0,
        grow: float = 1.0,
        flip: float = 1.0,
    ) -> Iterator[None]:
        """Draw within a moved, turned (radians), grown or mirrored frame of reference."""
        canvas, sun = self._canvas, self._sun
        canvas.save()
        canvas.translate(x, y)
        if turn:
            canvas.rotate(math.degrees(turn))
        if grow != 1.0 or flip != 1.0:
            canvas.scale(grow * flip, grow)
        cosine, sine = math.cos(turn), math.sin(turn)
        mirror = 1.0 if flip > 0 else -1.0
        self._sun = (
            (sun[0] * cosine + sun[1] * sine) * mirror,
            sun[1] * cosine - sun[0] * sine,
        )
        try:
            yield
        finally:
            canvas.restore()
            self._sun = sun

    @contextmanager
    def stretch(self, x: float, y: float, across: float, up: float) -> Iterator[None]:
        """Draw squashed or stretched about a point."""
        canvas = self._canvas
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(across, up)
        canvas.translate(-x, -y)
        try:
            yield
        finally:
            canvas.restore()

    @contextmanager
    def inside(self, path: skia.Path) -> Iterator[None]:
        """Draw only where a shape is, as markings on a coat."""
        self._canvas.save()
        self._canvas.clipPath(path, doAntiAlias=True)
        try:
            yield
        finally:
            self._canvas.restore()


class Tape(Pen):
    """Measures what would be drawn instead of drawing it: all that is solid, no light or haze."""

    def __init__(self) -> None:
        self._surface = skia.Surface(1, 1)
        super().__init__(self._surface.getCanvas(), Light())
        self._bounds: skia.Rect | None = None

    def _put(self, path: skia.Path, paint: skia.Paint) -> None:
        if path.isInverseFillType() or paint.getShader() is not None or paint.getAlphaf() < 0.5:
            return
        bounds = path.computeTightBounds()
        if paint.getStyle() == skia.Paint.kStroke_Style:
            margin = paint.getStrokeWidth() / 2
            bounds = bounds.makeOutset(margin, margin)
        if bounds.isEmpty():
            return
        bounds = self._canvas.getTotalMatrix().mapRect(bounds)
        if self._bounds is None:
            self._bounds = bounds
        else:
            self._bounds.join(bounds)

    def box(self, unit: float) -> Box:
        """Give the reach of everything measured, in metres of ``unit`` each."""
        if self._bounds is None:
            return Box(0.0, 0.0, 0.0, 0.0)
        rect = self._bounds
        # Skia's top is the least y, which is the lowest point where y is up.
        return Box(rect.left() * unit, rect.right() * unit, rect.top() * unit, rect.bottom() * unit)


def _outside(path: skia.Path, x: float, y: float) -> skia.Path:
    """Give everything outside a moved copy of a shape."""
    moved = skia.Path(path)
    moved.offset(x, y)
    moved.toggleInverseFillType()
    return moved


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A static path as a key: skia gives every content its own number."""

    path: skia.Path

    def __hash__(self) -> int:
        return hash(self.path.getGenerationID())

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Kept) and self.path.getGenerationID() == other.path.getGenerationID()
        )


@lru_cache(maxsize=4096)
def _edges(kept: _Kept, depth: float, x: float, y: float) -> tuple[skia.Path, skia.Path]:
    """Give the edges of a shape away from the light and towards it."""
    return (
        _without(kept.path, x * depth, y * depth),
        _without(kept.path, -x * depth * _RIM, -y * depth * _RIM),
    )


def _without(path: skia.Path, x: float, y: float) -> skia.Path:
    """Give the edge of a shape that a moved copy of it leaves bare."""
    moved = skia.Path(path)
    moved.offset(x, y)
    edge = skia.Op(path, moved, skia.PathOp.kDifference_PathOp)
    return edge if edge is not None else skia.Path()
