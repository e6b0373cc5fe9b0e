"""Recordings to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av
import numpy as np

#: Form: the muxer and the encoder.
FORMS: Final = {
    "wav": ("wav", "pcm_s16le"),
    "flac": ("flac", "flac"),
    "mp3": ("mp3", "libmp3lame"),
    "ogg": ("ogg", "libopus"),
    "m4a": ("ipod", "aac"),
    "aac": ("adts", "aac"),
}


def write_sound(path: Path, form: str, *, seconds: float, rate: int = 48_000) -> Path:
    """Write a tone of 440 Hz at half the volume, with a title that names somebody."""
    muxer, encoder = FORMS[form]
    with av.open(str(path), "w", format=muxer) as file:
        file.metadata["title"] = "Eve sings"
        stream = file.add_stream(encoder, rate=rate, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        codec = stream.codec_context
        codec.open()
        resampler = av.AudioResampler(
            format=codec.format, layout="stereo", rate=rate, frame_size=codec.frame_size
        )
        tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(
            np.float32
        )
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate = rate
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path
