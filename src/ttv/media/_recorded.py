"""A recording as the sound of a film."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np

from ttv.media._errors import reading
from ttv.media._sound import SOUND_RATE, Sound

#: How long a recording takes to fall silent at the end of the film.
_FADE_SECONDS: Final = 0.5
_SAFE: Final = {"protocol_whitelist": "file", "format_whitelist": "flac"}


def recorded(path: Path, *, seconds: float) -> Iterator[Sound]:
    """Give the sound of an admitted recording, which fades out where the film ends.

    One that ends before gives no more. Raises NotFound, Unreadable.
    """
    end = round(seconds * SOUND_RATE)
    fade = min(end, round(_FADE_SECONDS * SOUND_RATE))
    at = 0
    for block in _decoded(path):
        left = end - np.arange(at, at + len(block))
        yield block * np.clip(left / fade, 0, 1).astype(np.float32)[:, None]
        at += len(block)
        if at >= end:
            return


def _decoded(path: Path) -> Iterator[Sound]:
    with (
        reading(path),
        av.open(str(path.absolute()), "r", format="flac", container_options=_SAFE) as file,
    ):
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
        for frame in file.decode(file.streams.audio[0]):
            for part in resampler.resample(frame):
                yield np.asarray(part.to_ndarray().T, np.float32)
