"""The sound track of a film: written beside its pictures and exactly as long, and read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, TypeAlias

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

from ttv.media._clip import open_clip
from ttv.media._errors import reading

#: Samples of a block, ``numpy.float32`` of shape ``(samples, 2)`` from -1.0 to 1.0.
Sound: TypeAlias = NDArray[np.float32]

Coder: TypeAlias = Literal["twoloop", "fast"]

SOUND_RATE: Final = 48_000
_PACKET_SAMPLES: Final = 1_024
_BITS_PER_SECOND: Final = 128_000


class SoundTrack:
    """AAC of a stream of blocks; the block lengths do not matter.

    The "fast" coder takes a quarter of the time of the usual one, and sounds a little worse.
    """

    def __init__(self, file: OutputContainer, blocks: Iterator[Sound], *, coder: Coder) -> None:
        self._blocks = blocks
        self._samples = 0
        self._stream = file.add_stream(
            "aac", rate=SOUND_RATE, layout="stereo", options={"aac_coder": coder}
        )
        self._stream.bit_rate = _BITS_PER_SECOND
        self._stream.codec_context.flags |= Flags.bitexact  # names no version of libav

    def until(self, seconds: Fraction) -> Iterator[Packet[AudioStream]]:
        """Encode the blocks up to a time, the one that reaches beyond it included."""
        while self._samples < seconds * SOUND_RATE:
            block = next(self._blocks, None)
            if block is None:
                return
            yield from self._encode(block)

    def end(self) -> Iterator[Packet[AudioStream]]:
        """Encode what is left."""
        for block in self._blocks:
            yield from self._encode(block)
        yield from self._stream.encode(None)

    def _encode(self, block: Sound) -> list[Packet[AudioStream]]:
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(block.T), format="fltp", layout="stereo"
        )
        frame.sample_rate = SOUND_RATE
        frame.time_base = Fraction(1, SOUND_RATE)
        frame.pts = self._samples
        self._samples += len(block)
        return self._stream.encode(frame)


def read_sound(path: Path) -> Iterator[Sound]:
    """Decode the sound of a clip in stereo at ``SOUND_RATE``; a silent clip gives nothing.

    Raises NotFound and Unreadable.
    """
    with reading(path), open_clip(path) as file:
        resampler = AudioResampler("fltp", "stereo", SOUND_RATE)
        for frame in file.decode(file.streams.audio[0]) if file.streams.audio else ():
            for part in resampler.resample(frame):
                yield np.asarray(part.to_ndarray().T, np.float32)


def packets_in(seconds: float) -> int:
    """Count the packets of a sound track at most: what the encoder begins with, too."""
    return round(seconds * SOUND_RATE) // _PACKET_SAMPLES + 3


def lasting(blocks: Iterator[Sound], seconds: Fraction) -> Iterator[Sound]:
    """Cut blocks, or lengthen them with silence, to the sample nearest to a length."""
    left = round(seconds * SOUND_RATE)
    for block in blocks:
        yield block[:left]
        left -= min(left, len(block))
        if not left:
            return
    while left:
        size = min(left, SOUND_RATE)
        yield np.zeros((size, 2), np.float32)
        left -= size
