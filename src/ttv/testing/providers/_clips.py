"""The clips that emulated providers give: real, small, and made once for each kind."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ttv.media import Coding, Encoder, Format, Pixels, black

_CODING: Final = Coding(preset="ultrafast", crf=30)
#: Luma of the frame that stands for the picture a clip was asked to start from.
PICTURE_LUMA: Final = 235
#: Luma of the ground that the bar moves over.
GROUND_LUMA: Final = 60
_BAR_LUMA: Final = 180


@dataclass(frozen=True, slots=True)
class Clip:
    """What a clip shows: a moving bar, after a white frame where it starts from a picture."""

    format: Format
    frames: int
    from_picture: bool


class Clips:
    """Makes clips, and keeps them in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making: defaultdict[Clip, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def path(self, clip: Clip) -> Path:
        """Give the file of a clip, made now if need be."""
        name = f"{clip.format.size}-{clip.format.fps}-{clip.frames}-{clip.from_picture}.mp4"
        path = self._folder / name
        async with self._making[clip]:
            if not path.exists():
                await asyncio.to_thread(_make, clip, path)
        return path


def _make(clip: Clip, path: Path) -> None:
    with Encoder(path, clip.format, coding=_CODING) as encoder:
        for number in range(clip.frames):
            encoder.write(_picture(clip, number))


def _picture(clip: Clip, number: int) -> Pixels:
    size = clip.format
    picture = black(size.width, size.height)
    if clip.from_picture and not number:
        picture[: size.height] = PICTURE_LUMA
        return picture
    picture[: size.height] = GROUND_LUMA
    at = number * (size.width * 7 // 8) // clip.frames
    picture[: size.height, at : at + size.width // 8] = np.uint8(_BAR_LUMA)
    return picture
