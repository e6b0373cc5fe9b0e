"""Small stills of the whole film on one sheet, with the track that seek bars show them by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from ttv.media import probe, save_jpeg, thumbnails
from ttv.outputs._cues import Cue, webvtt
from ttv.outputs._port import Output, Report, Source

_SHEET: Final = "sprites.jpg"
_TRACK: Final = "sprites.vtt"
#: The longer side of a still, in pixels.
_SIDE: Final = 160
_MOST: Final = 100
_LEAST_SECONDS: Final = 1.0


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output(
        "sprites",
        version=1,
        files={"sprites": _SHEET, "sprites-vtt": _TRACK},
        make=_make,
        texts=frozenset({"sprites-vtt"}),
    )


def _make(source: Source, folder: Path, report: Report) -> None:
    """Take a still from the middle of every stretch of equal length."""
    film = probe(source.film)
    count = max(1, min(_MOST, int(film.seconds / _LEAST_SECONDS)))
    bounds = [film.frames * turn // count for turn in range(count + 1)]
    middles = [(start + end) // 2 for start, end in pairwise(bounds)]
    width, height = _size(film.width, film.height)
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.zeros((rows * height, columns * width, 4), np.uint8)
    cues = []
    stills = thumbnails(source.film, set(middles), width=width, height=height)
    for turn, still in enumerate(stills):
        x, y = turn % columns * width, turn // columns * height
        sheet[y : y + height, x : x + width] = still
        place = f"{_SHEET}#xywh={x},{y},{width},{height}"
        start, end = bounds[turn] / film.fps, bounds[turn + 1] / film.fps
        cues.append(Cue(start, end, (place,)))
        report((turn + 1) / count)
    save_jpeg(folder / _SHEET, sheet)
    (folder / _TRACK).write_text(webvtt(cues), encoding="utf-8")


def _size(width: int, height: int) -> tuple[int, int]:
    """Shrink to even sides of the same shape."""
    scale = _SIDE / max(width, height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
