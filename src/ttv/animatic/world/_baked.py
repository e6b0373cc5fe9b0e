"""Layers painted once and then only moved: endless, in bounded memory, cheap per frame.

Moving a full picture by a part of a pixel costs ten times as much as by whole pixels. So a
slow layer keeps up to four versions of each tile, shifted by quarters of a pixel, and every
frame copies whole pixels.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from ttv.animatic.world._look import Art, Look, Span

Pixels = NDArray[np.uint8]

_NEAREST: Final = skia.SamplingOptions(skia.FilterMode.kNearest)
_LINEAR: Final = skia.SamplingOptions(skia.FilterMode.kLinear)
#: Up to so many pixels a frame, parts of a pixel that the eye would miss: none at rest, and
#: none where all is a blur.
_PHASES: Final = ((0.0, 1), (1.0, 4), (5.0, 2), (math.inf, 1))
#: From this many pixels on a blur is done at half the size.
_WIDE_BLUR: Final = 3.0
#: Less blur than this is not worth its time.
_SHARP: Final = 0.5
#: The phase of a blurred tile that still has a spare column on either side.
_RAW: Final = -1


@dataclass(frozen=True, slots=True)
class Tile:
    """One painted stretch, cropped to the rows that are not empty."""

    image: skia.Image
    top: int

    @property
    def weight(self) -> int:
        """Give its size in bytes."""
        return int(self.image.width() * self.image.height() * 4)


class Shelf:
    """Keep the tiles used last, up to so many bytes; all layers of a stage share one."""

    def __init__(self, *, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._held = 0
        self._tiles: OrderedDict[tuple[str, int, int], Tile | None] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        """Give the bytes of the tiles it keeps."""
        return self._held

    def fetch(self, key: tuple[str, int, int], make: Callable[[], Tile | None]) -> Tile | None:
        """Give the tile, painting it when it is not here."""
        if key in self._tiles:
            self._tiles.move_to_end(key)
            return self._tiles[key]
        tile = make()
        self._tiles[key] = tile
        self._held += tile.weight if tile else 0
        while self._held > self._capacity and len(self._tiles) > 1:
            _, dropped = self._tiles.popitem(last=False)
            self._held -= dropped.weight if dropped else 0
        return tile

    def clear(self) -> None:
        """Forget every tile."""
        self._tiles.clear()
        self._held = 0


class Baked:
    """A layer of one piece of art, painted tile by tile as the camera reaches it."""

    def __init__(self, art: Art, look: Look, shelf: Shelf, *, blur: float, pace: float) -> None:
        self._art = art
        self._look = look
        self._shelf = shelf
        self._blur = blur
        self._phases = next(count for limit, count in _PHASES if pace <= limit)
        self._tile = max(64, -(-look.view.width // 3) // 16 * 16)
        self._smear = pace * 0.16 if pace > 5.0 else 0.0
        self._soft = self._blur + self._smear > _SHARP

    def draw(self, canvas: skia.Canvas, x: float, y: int, paint: skia.Paint | None = None) -> None:
        """Copy the layer so that its point 0 lies at ``x``; ``y`` shifts whole rows."""
        steps = round(x * self._phases)
        whole, phase = divmod(steps, self._phases)
        width = self._look.view.width
        first = -whole // self._tile
        last = (width - 1 - whole) // self._tile
        for number in range(first, last + 1):
            tile = self._fetch(number, phase)
            if tile is not None:
                left = number * self._tile + whole
                canvas.drawImage(tile.image, left, tile.top + y, _NEAREST, paint)

    def _fetch(self, number: int, phase: int) -> Tile | None:
        key = (self._look.name, number, phase)
        return self._shelf.fetch(key, lambda: self._bake(number, phase))

    def ripple(self, canvas: skia.Canvas, x: float, t: float) -> None:
        """Copy the layer in thin strips that sway, as a reflection does, wider towards the eye."""
        view = self._look.view
        strip = max(2, round(view.unit / 200))
        top = round(self._look.base)
        for y in range(top, view.height, strip):
            down = (y - top) / max(1.0, view.height - top)
            sway = math.sin(t * 2.1 + y * 40.0 / view.unit) + 0.6 * math.sin(
                t * 3.3 - y * 90.0 / view.unit
            )
            canvas.save()
            canvas.clipRect(skia.Rect.MakeXYWH(0, y, view.width, strip))
            self.draw(canvas, x + sway * view.unit * (0.001 + 0.005 * down), 0)
            canvas.restore()

    def _bake(self, number: int, phase: int) -> Tile | None:
        if self._soft and phase != _RAW:
            raw = self._fetch(number, _RAW)
            return raw and _shifted(raw, phase / self._phases)
        left, view = number * self._tile, self._look.view
        margin = math.ceil((self._blur + self._smear) * 3) + 1 if self._soft else 0
        pixels = np.zeros((view.height, self._tile + 2 * margin, 4), np.uint8)
        canvas = paper(pixels)
        canvas.translate(max(0, phase) / self._phases - left + margin, 0.0)
        span = Span(left - margin - 2, left + self._tile + margin + 2)
        self._art.paint(canvas, span, self._look)
        if not self._soft:
            return cropped(pixels)
        return _softened(pixels, margin, (self._blur + self._smear, self._blur))


def paper(pixels: Pixels) -> skia.Canvas:
    """Open a canvas onto a (height, width, 4) array, which must outlive it.

    Premultiplied BGRA is what video wants and the one order that skia has fast paths for.
    """
    height, width = pixels.shape[:2]
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    return skia.Canvas.MakeRasterDirect(info, pixels, width * 4)


def frozen(pixels: Pixels) -> skia.Image:
    """Copy an array into an image."""
    height, width = pixels.shape[:2]
    opaque = bool((pixels[:, :, 3] == 255).all())
    alpha = skia.kOpaque_AlphaType if opaque else skia.kPremul_AlphaType
    info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, alpha)
    return skia.Image.MakeRasterCopy(skia.Pixmap(info, pixels, width * 4))


def _rows(pixels: Pixels) -> tuple[int, int] | None:
    rows = np.flatnonzero(pixels[:, :, 3].any(axis=1))
    return (int(rows[0]), int(rows[-1]) + 1) if rows.size else None


def cropped(pixels: Pixels) -> Tile | None:
    """Keep the rows that hold something, if any."""
    rows = _rows(pixels)
    if rows is None:
        return None
    return Tile(frozen(np.ascontiguousarray(pixels[rows[0] : rows[1]])), rows[0])


def closed_from(pixels: Pixels) -> int:
    """Give the row from which on every pixel is opaque; the height if none is."""
    open_rows = np.flatnonzero((pixels[:, :, 3] < 255).any(axis=1))
    return int(open_rows[-1]) + 1 if open_rows.size else 0


def _softened(pixels: Pixels, margin: int, sigmas: tuple[float, float]) -> Tile | None:
    """Blur only the rows that hold something, then cut the margins off but for a column."""
    rows = _rows(pixels)
    if rows is None:
        return None
    height, width = pixels.shape[:2]
    pad = math.ceil(sigmas[1] * 3)
    top, bottom = max(0, rows[0] - pad), min(height, rows[1] + pad)
    sharp = frozen(np.ascontiguousarray(pixels[top:bottom]))
    out = _blurred(sharp, sigmas)
    return Tile(frozen(np.ascontiguousarray(out[:, margin - 1 : width - margin + 1])), top)


def _blurred(image: skia.Image, sigmas: tuple[float, float]) -> Pixels:
    """Blur an image; a wide blur loses nothing at half the size, and costs a quarter."""
    part = 0.5 if min(sigmas) >= _WIDE_BLUR else 1.0
    width, height = math.ceil(image.width() * part), math.ceil(image.height() * part)
    small: Pixels = np.zeros((height, width, 4), np.uint8)
    canvas = paper(small)
    canvas.scale(part, part)
    across, down = sigmas[0], max(sigmas[1], 0.01)
    blur = skia.ImageFilters.Blur(across, down, skia.TileMode.kClamp)
    canvas.drawImage(image, 0, 0, _LINEAR, skia.Paint(ImageFilter=blur))
    if part == 1.0:
        return small
    out: Pixels = np.zeros((image.height(), image.width(), 4), np.uint8)
    canvas = paper(out)
    canvas.scale(1.0 / part, 1.0 / part)
    canvas.drawImage(frozen(small), 0, 0, _LINEAR)
    return out


def _shifted(raw: Tile, part: float) -> Tile:
    """Move a soft tile by a part of a pixel; nothing sharp is lost by it."""
    height, width = raw.image.height(), raw.image.width() - 2
    out: Pixels = np.zeros((height, width, 4), np.uint8)
    paper(out).drawImage(raw.image, part - 1.0, 0.0, _LINEAR if part else _NEAREST)
    return Tile(frozen(out), raw.top)
