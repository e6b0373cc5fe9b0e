"""Skies: gradients with a glow, computed in floats and dithered, so that they never band."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from ttv.animatic.rigs import Rgb
from ttv.animatic.scene import Passage
from ttv.animatic.world._baked import Pixels, frozen
from ttv.animatic.world._look import Look, Span, View, falling, flat, shining
from ttv.animatic.world._palette import Palette, argb, mix
from ttv.animatic.world._seeds import Seeds, terrain

Rows = NDArray[np.float32]

_STOPS: Final = (0.0, 0.34, 0.62, 0.84, 1.0)
#: Rows computed at once: bounds the memory of a 4K sky.
_ROWS: Final = 64
#: Strength of the glow close to sun and moon.
_HALO: Final = 0.62
#: Units a second at which sun and moon begin to rise or set.
_PASSAGE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Disc:
    """Sun or moon."""

    x: float
    y: float
    radius: float
    moon: bool
    #: How far it has to rise or set, in pixels; 0 hangs still.
    way: float = 0.0


def disc_of(view: View, palette: Palette, *, moon: bool) -> Disc:
    """Place the light of the sky."""
    x, y = palette.place
    radius = view.unit * (0.052 if moon else 0.048 + 0.03 * max(0.0, y - 0.5))
    return Disc(view.width * x, view.horizon * (0.04 + 0.96 * y), radius, moon)


def passed(disc: Disc, view: View, passage: Passage, t: float) -> Disc:
    """Give sun or moon ``t`` seconds after it began to rise, or to set."""
    left = math.exp(-_PASSAGE * view.unit * t / disc.way)
    return replace(disc, y=disc.y + disc.way * (left if passage is Passage.RISE else 1.0 - left))


def passing(disc: Disc, view: View, *, hilly: bool) -> Disc:
    """Let sun or moon rise or set: to the horizon, or behind the hills before it."""
    y = min(disc.y, 0.3 * view.horizon) if hilly else disc.y
    way = 0.15 * view.unit if hilly else view.horizon - y
    return replace(disc, y=y, way=way + 0.4 * disc.radius)


def sky(view: View, palette: Palette, seeds: Seeds, disc: Disc | None) -> skia.Image:
    """Paint the whole sky, to the foot of the picture, with the glow of sun or moon."""
    height, width = view.height, view.width
    pixels = np.empty((height, width, 4), np.uint8)
    stops = np.array([palette.graded(stop) for stop in palette.sky])
    noise = seeds.numpy("dither")
    xs = np.arange(width, dtype=np.float32) + 0.5
    for top in range(0, height, _ROWS):
        ys = np.arange(top, min(height, top + _ROWS), dtype=np.float32) + 0.5
        down = np.clip(ys / max(1.0, view.horizon), 0.0, 1.0)
        base = np.stack([np.interp(down, _STOPS, stops[:, part]) for part in range(3)], axis=-1)
        rows = np.repeat(base[:, None, :], width, axis=1).astype(np.float32)
        if disc is not None:
            _shine(rows, xs, ys, view=view, palette=palette, disc=disc)
        shake = noise.random(rows.shape[:2], np.float32) + noise.random(rows.shape[:2], np.float32)
        bytes_ = np.clip(rows * 255.0 + (shake[..., None] - 0.5), 0, 255)
        pixels[top : top + len(ys), :, 2::-1] = bytes_
    pixels[:, :, 3] = 255
    return frozen(pixels)


def _shine(rows: Rows, xs: Rows, ys: Rows, *, view: View, palette: Palette, disc: Disc) -> None:
    """Add the glow round the light and the warm band it lays along the horizon."""
    unit = view.unit
    middle = disc.y + disc.way / 2
    across, down = (xs[None, :] - disc.x) / unit, (ys[:, None] - middle) / unit
    far = np.sqrt(across**2 + down**2)
    halo = 0.0 if disc.way else _HALO * np.exp(-far / 0.1)
    near = halo + 0.38 * np.exp(-far / 0.36)
    band = 0.3 * np.exp(-np.abs(ys[:, None] - view.horizon) / (0.16 * unit) - np.abs(across) / 0.7)
    low = max(0.0, palette.place[1] - 0.5) * 2.0
    strength = np.clip(palette.glow * (near + band * low), 0.0, 1.0)[..., None]
    glow = np.array(_glow(palette), np.float32)
    rows += (glow - rows) * strength.astype(np.float32)


def _glow(palette: Palette) -> Rgb:
    return palette.graded(mix(palette.key, palette.disc, 0.3))


def face(canvas: skia.Canvas, disc: Disc, palette: Palette) -> None:
    """Draw the disc itself, dim behind thick weather; one that moves brings its halo along."""
    if disc.way:
        radius = 5.0 * disc.radius
        strength = min(1.0, _HALO * palette.glow)
        halo = shining(disc.x, disc.y, radius, _glow(palette), strength)
        canvas.drawCircle(disc.x, disc.y, radius, halo)
    shown = min(1.0, palette.glow * 2.2)
    if shown < 0.15:
        return
    colour = palette.graded(palette.disc)
    canvas.drawCircle(disc.x, disc.y, disc.radius, flat(colour, shown))
    if not disc.moon:
        return
    spot = flat(palette.graded(mix(palette.disc, (0.55, 0.6, 0.75), 0.42)), 0.5 * shown)
    canvas.save()
    clip = skia.Path.Circle(disc.x, disc.y, disc.radius)
    canvas.clipPath(clip, doAntiAlias=True)
    for x, y, size in (
        (-0.34, -0.22, 0.3),
        (0.3, -0.38, 0.18),
        (0.16, 0.3, 0.34),
        (-0.42, 0.42, 0.16),
        (0.56, 0.08, 0.13),
    ):
        canvas.drawCircle(
            disc.x + x * disc.radius, disc.y + y * disc.radius, size * disc.radius, spot
        )
    canvas.restore()


@dataclass(frozen=True, slots=True)
class Clouds:
    """Heaped clouds with flat feet, lit from the key side."""

    #: Where their feet float: 0 is the top of the picture, 1 the horizon.
    band: tuple[float, float]
    size: tuple[float, float]
    every: float
    thick: float = 0.6
    alpha: float = 0.95

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Heap one cloud in a cell, if this cell has one."""
        unit, palette = look.unit, look.palette
        tops, feet = self.tones(look)
        side = 1.0 if palette.place[0] >= 0.5 else -1.0
        disc = disc_of(look.view, palette, moon=False)
        for x, rng in span.cells(
            look, "clouds", every=self.every * unit, reach=self.size[1] * unit
        ):
            if rng.random() > self.thick:
                continue
            half = unit * rng.uniform(*self.size) * 0.5
            foot = max(look.view.horizon * rng.uniform(*self.band), 0.72 * half)
            if abs(x - disc.x) < half * 1.2 and -disc.radius < foot - disc.y < half * 1.3:
                continue
            tall = half * rng.uniform(0.42, 0.62)
            body = skia.Path()
            puffs = rng.randint(6, 9)
            lumps: list[tuple[float, float, float]] = []
            for at in range(puffs):
                along = -0.82 + 1.64 * (at + 0.5) / puffs
                size = half * (0.17 + 0.25 * (1 - along * along)) * rng.uniform(0.8, 1.2)
                lumps.append(
                    (
                        x + along * half,
                        foot - size * 0.35 - tall * 0.55 * (1 - along**2) * rng.random(),
                        size,
                    )
                )
            for px, py, size in lumps:
                body.addCircle(px, py, size)
            body.addRoundRect(
                skia.Rect.MakeLTRB(x - half, foot - half * 0.16, x + half, foot),
                half * 0.08,
                half * 0.08,
            )
            canvas.save()
            canvas.clipRect(
                skia.Rect.MakeLTRB(x - half * 2, 0, x + half * 2, foot), doAntiAlias=True
            )
            canvas.drawPath(
                body,
                falling(
                    foot - tall * 1.5, foot, [argb(tops, self.alpha), argb(feet, self.alpha * 0.82)]
                ),
            )
            lights = skia.Path()
            for px, py, size in lumps:
                lights.addCircle(px + side * size * 0.16, py - size * 0.16, size * 0.78)
            canvas.clipPath(body, doAntiAlias=True)
            lit = argb(mix(tops, palette.graded(palette.key), 0.35), self.alpha * 0.7)
            canvas.drawPath(
                lights, falling(foot - tall * 1.5, foot - tall * 0.1, [lit, argb(tops, 0.0)])
            )
            canvas.restore()

    def tones(self, look: Look) -> tuple[Rgb, Rgb]:
        """Give the colours of crowns and feet."""
        palette = look.palette
        top = mix(palette.lit(palette.material("cloud"), 1.0), palette.graded(palette.sky[3]), 0.16)
        top = mix(top, palette.graded(palette.key), 0.18 * min(1.0, palette.glow))
        foot = mix(
            palette.lit(palette.material("cloud_shade"), 1.0), palette.graded(palette.sky[2]), 0.5
        )
        dim = palette.dim**1.6
        top = mix((0.0, 0.0, 0.02), top, dim)
        foot = mix(palette.graded(palette.shadow), foot, dim)
        grey = 0.3 * palette.cloud**3
        return mix(top, palette.graded(palette.haze), grey), mix(
            foot, palette.graded(palette.shadow), grey * 0.6
        )


@dataclass(frozen=True, slots=True)
class Streaks:
    """Long thin clouds that catch a low sun."""

    band: tuple[float, float]
    every: float = 0.5
    alpha: float = 0.5

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Draw lenses, brighter nearer the horizon."""
        unit, palette = look.unit, look.palette
        for x, rng in span.cells(look, "streaks", every=self.every * unit, reach=1.0 * unit):
            part = rng.uniform(*self.band)
            y, half = look.view.horizon * part, unit * rng.uniform(0.25, 0.8)
            tone = mix(palette.sky[3], palette.key, 0.4 * palette.glow)
            tone = mix(tone, palette.sky[1], 0.35 * rng.random())
            for _ in range(rng.randint(1, 3)):
                dx, dy = rng.uniform(-0.4, 0.4) * half, rng.uniform(-0.03, 0.03) * unit
                size, thick = half * rng.uniform(0.4, 1.0), unit * rng.uniform(0.004, 0.011)
                path = skia.Path()
                path.moveTo(x + dx - size, y + dy)
                path.cubicTo(
                    x + dx - size * 0.3,
                    y + dy - thick * 1.6,
                    x + dx + size * 0.3,
                    y + dy - thick * 1.2,
                    x + dx + size,
                    y + dy,
                )
                path.cubicTo(
                    x + dx + size * 0.3,
                    y + dy + thick * 0.7,
                    x + dx - size * 0.4,
                    y + dy + thick,
                    x + dx - size,
                    y + dy,
                )
                canvas.drawPath(
                    path, flat(palette.graded(tone), self.alpha * rng.uniform(0.5, 1.0))
                )


@dataclass(frozen=True, slots=True)
class Overcast:
    """A heavy ceiling with bellies of darker cloud."""

    strength: float = 1.0

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Hang rows of bellies, the lowest the lightest."""
        unit, palette, horizon = look.unit, look.palette, look.view.horizon
        dark = palette.graded(mix(palette.sky[0], palette.shadow, 0.35))
        light = palette.graded(mix(palette.sky[2], palette.haze, 0.3))
        for row in range(4):
            part = row / 3
            tone = mix(light, dark, 1 - part * 0.9)
            bottom = horizon * (0.62 - 0.17 * (3 - row))
            body = skia.Path()
            body.addRect(
                skia.Rect.MakeLTRB(span.left - 9, -9, span.right + 9, bottom - 0.05 * unit)
            )
            for x, rng in span.cells(look, f"belly{row}", every=0.13 * unit, reach=0.3 * unit):
                size = unit * rng.uniform(0.07, 0.16)
                body.addOval(
                    skia.Rect.MakeLTRB(
                        x - size * 1.5, bottom - size * 0.9, x + size * 1.5, bottom + size * 0.25
                    )
                )
            paint = falling(
                bottom - 0.3 * unit,
                bottom + 0.04 * unit,
                [
                    argb(tone, 0.5 * self.strength),
                    argb(mix(tone, light, 0.25), 0.62 * self.strength),
                ],
            )
            canvas.saveLayer(None, None)
            canvas.drawPath(body, paint)
            canvas.restore()


@dataclass(frozen=True, slots=True)
class Rays:
    """Shafts of light that fan out from the sun through mist or leaves."""

    strength: float = 0.16

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Fan soft wedges."""
        canvas.clipRect(span.rect(look.view))
        view, palette = look.view, look.palette
        disc = disc_of(view, palette, moon=False)
        rng = look.seeds.rng(look.name, "rays")
        strength = self.strength * palette.glow * (1.0 - 0.55 * palette.stars)
        shader = shining(disc.x, disc.y, view.unit * 1.3, palette.graded(palette.key), strength)
        reach = view.unit * 2.2
        for _ in range(11):
            turn, wide = rng.uniform(0.25, 2.9), rng.uniform(0.02, 0.07)
            path = skia.Path()
            path.moveTo(disc.x, disc.y)
            for edge in (-wide, wide):
                path.lineTo(
                    disc.x + reach * float(np.cos(turn + edge)),
                    disc.y + reach * float(np.sin(turn + edge)),
                )
            path.close()
            canvas.drawPath(path, shader)
        canvas.drawPaint(
            shining(disc.x, disc.y, view.unit * 0.7, palette.graded(palette.key), strength * 1.6)
        )


def vignette(width: int, height: int, seeds: Seeds, *, style: str | None = None) -> skia.Image:
    """Darken the corners, with a dither in place of bands; a watercolour bares its paper."""
    pixels: Pixels = np.zeros((height, width, 4), np.uint8)
    noise = seeds.numpy("vignette")
    across = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1) ** 2
    for top in range(0, height, _ROWS):
        ys = np.arange(top, min(height, top + _ROWS), dtype=np.float32) + 0.5
        down = (ys / height * 2 - 1) ** 2
        far = np.clip((across[None, :] * 0.9 + down[:, None] * 0.8 - 0.42) / 1.28, 0, 1)
        alpha = 0.34 * far**1.5 * 255.0
        shake = noise.random(alpha.shape, np.float32)
        pixels[top : top + len(ys), :, 3] = np.floor(alpha + shake)
    if style == "watercolor":
        _paper_rim(pixels, seeds)
    return frozen(pixels)


def _paper_rim(pixels: Pixels, seeds: Seeds) -> None:
    """Leave an uneven border of bare paper, and grain all over."""
    height, width = pixels.shape[:2]
    grain = seeds.numpy("paper").random((height, width), np.float32)
    size = min(width, height)
    xs, ys = np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64)
    wave = [
        terrain(seeds.key("rim", at), line / (0.09 * size), octaves=4)
        for at, line in enumerate((xs, xs, ys, ys))
    ]
    sides = (
        ys[:, None] - 0.02 * size * (1.3 + wave[0][None, :]),
        height - ys[:, None] - 0.02 * size * (1.3 + wave[1][None, :]),
        xs[None, :] - 0.02 * size * (1.3 + wave[2][:, None]),
        width - xs[None, :] - 0.02 * size * (1.3 + wave[3][:, None]),
    )
    inside = np.minimum.reduce(sides) / (0.006 * size)
    bare = np.clip(1.0 - inside, 0.0, 1.0)
    alpha = np.maximum(bare, 0.05 * grain)
    for part, tone in enumerate((0.92, 0.965, 0.985)):
        pixels[:, :, part] = alpha * tone * 255.0
    pixels[:, :, 3] = alpha * 255.0


@dataclass(frozen=True, slots=True)
class Moon:
    """A moon that was named in a sky that is not the night's."""

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        """Hang it across from the sun."""
        canvas.clipRect(span.rect(look.view))
        palette, view = look.palette, look.view
        x, y = view.width * (1.0 - palette.place[0]), view.horizon * 0.26
        radius = view.unit * 0.05
        pale = replace(palette, disc=(0.98, 0.98, 0.94), glow=1.0)
        canvas.drawCircle(
            x, y, radius * 4, shining(x, y, radius * 4, palette.graded((1.0, 1.0, 0.96)), 0.35)
        )
        face(canvas, Disc(x, y, radius, moon=True), pale)
