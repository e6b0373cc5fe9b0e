"""How loud the film is over its time, as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import skia
from numpy.typing import NDArray

from ttv.media import SOUND_RATE, Pixels, Unreadable, probe, read_sound, save_png
from ttv.outputs._port import Output, Report, Source

_FILE: Final = "waveform.png"
_WIDTH: Final = 1600
_HEIGHT: Final = 320
_MARGIN: Final = 40
#: Pixels from one bar to the next, and how wide each is.
_STEP: Final = 8
_BAR: Final = 5
#: Silence shows as a row of dots, and no sound as more than the picture has room for.
_LEAST: Final = _BAR
_BARS: Final = (_WIDTH - 2 * _MARGIN) // _STEP
#: The least level that counts as the highest of all, so that noise looks like silence.
_SILENCE: Final = 0.01
_GROUND: Final = skia.Color(17, 21, 34)
_COLOURS: Final = (skia.Color(94, 234, 212), skia.Color(96, 165, 250), skia.Color(192, 132, 252))


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("waveform", version=1, files={"waveform": _FILE}, make=_make, weight=0.01)


def _make(source: Source, folder: Path, report: Report) -> None:
    loudness = _loudness(source)
    report(0.8)
    save_png(folder / _FILE, _drawn(loudness), {})


def _loudness(source: Source) -> NDArray[np.float32]:
    """Find the highest level in each bar's stretch of time, the highest of all being 1.0."""
    length = round(source.seconds(source.frames) * SOUND_RATE)
    levels = np.zeros(_BARS, np.float32)
    at = 0
    for block in read_sound(source.film):
        places = np.minimum((at + np.arange(len(block))) * _BARS // length, _BARS - 1)
        bars, starts = np.unique(places, return_index=True)
        highest = np.maximum.reduceat(np.abs(block).max(axis=1), starts)
        levels[bars] = np.maximum(levels[bars], highest)
        at += len(block)
    if probe(source.film).has_audio and at < length - SOUND_RATE // 10:
        raise Unreadable(f"the sound of {source.film.name} breaks off")
    return levels / max(float(levels.max()), _SILENCE)


def _drawn(loudness: NDArray[np.float32]) -> Pixels:
    """Draw bars around a line in the middle."""
    picture = np.zeros((_HEIGHT, _WIDTH, 4), np.uint8)
    surface = skia.Surface(picture, colorType=skia.kBGRA_8888_ColorType)
    with surface as canvas:
        canvas.clear(_GROUND)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(_MARGIN, 0), skia.Point(_WIDTH - _MARGIN, 0)], list(_COLOURS)
        )
        paint = skia.Paint(AntiAlias=True, Shader=shader)
        room = _HEIGHT - 2 * _MARGIN
        for number, share in enumerate(loudness):
            high = max(_LEAST, room * float(share))
            left, top = _MARGIN + number * _STEP, (_HEIGHT - high) / 2
            bar = skia.Rect.MakeXYWH(left, top, _BAR, high)
            canvas.drawRoundRect(bar, _BAR / 2, _BAR / 2, paint)
    return picture
