"""Moving pictures for tests: every frame is different and its number can be read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ttv.media import Coding, Encoder, Format, Pixels, ToPlanes

SMALL = Format(128, 96, 24)
#: Brightness step between two frames; survives encoding.
STEP = 5


def picture(number: int, fmt: Format = SMALL) -> Pixels:
    """Draw a gradient with two grey blocks that spell the frame number in base 40."""
    bgra = np.empty((fmt.height, fmt.width, 4), np.uint8)
    bgra[..., 0] = np.linspace(40, 160, fmt.width, dtype=np.uint8)
    bgra[..., 1] = np.linspace(40, 160, fmt.height, dtype=np.uint8)[:, None]
    bgra[..., 2] = 90
    bgra[..., 3] = 255
    half = fmt.height // 2
    bgra[:half, : fmt.width // 2, :3] = 20 + STEP * (number % 40)
    bgra[half:, : fmt.width // 2, :3] = 20 + STEP * (number // 40)
    return bgra


def number(bgra: Pixels) -> int:
    """Read the frame number back out of a decoded picture."""
    half, left = bgra.shape[0] // 2, bgra.shape[1] // 2
    low = float(bgra[half // 4 : half // 2, left // 4 : left // 2, :3].mean())
    high = float(bgra[half + half // 4 : half + half // 2, left // 4 : left // 2, :3].mean())
    return round((low - 20) / STEP) + 40 * round((high - 20) / STEP)


def write_clip(
    path: Path,
    frames: int,
    *,
    fmt: Format = SMALL,
    start: int = 0,
    coding: Coding | None = None,
    comment: str = "",
) -> Path:
    """Encode frames ``start`` onwards."""
    convert = ToPlanes()
    with Encoder(path, fmt, coding=coding or Coding(crf=8), comment=comment) as encoder:
        for bgra in pictures(frames, fmt=fmt, start=start):
            encoder.write(convert(bgra))
    return path


def pictures(frames: int, *, fmt: Format = SMALL, start: int = 0) -> Iterator[Pixels]:
    """Draw ``frames`` pictures."""
    for index in range(start, start + frames):
        yield picture(index, fmt)
