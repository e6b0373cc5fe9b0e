"""Open MP4 files and lay H.264 streams in them, always the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import av
from av.codec.context import Flags
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from ttv.media._format import Format

Preset: TypeAlias = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]

#: Seconds after which a clip can be sought and cut at the latest.
_KEYFRAME_SECONDS: Final = 2
#: Groups of pictures are closed and headers depend on the settings alone, so that clips join
#: by copying; no Annex B, as MP4 frames units itself; chroma lies where ``ToPlanes`` puts it.
_X264: Final = "open-gop=0:stitchable=1:annexb=0:chromaloc=1"

#: What a file says of itself where nothing is asked for.
UNTAGGED: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Coding:
    """How pictures are encoded; part of the bytes, so part of every content address."""

    preset: Preset = "veryfast"
    #: Constant quality of x264: 0 is lossless, 20 looks clean, 51 is the worst.
    crf: int = 20
    #: The bytes depend on the number of threads, so it is the same on every machine.
    threads: int = 2


def index_room(tags: Mapping[str, str], *, pictures: int, sounds: int) -> int:
    """Tell how large the index of an MP4 can be, by its tags and the packets of its streams."""
    words = sum(len(word.encode()) for word in tags.values())
    return 8_192 + words + 44 * pictures + 32 * sounds


def open_mp4(
    path: Path, tags: Mapping[str, str] = UNTAGGED, *, room: int | None = None
) -> OutputContainer:
    """Open an MP4 for writing that can be played while it loads and names no clock or version.

    Its index comes first: into ``room`` bytes that are kept free for it, where it is known how
    large it can be; otherwise all the rest is moved at the end.
    """
    index = {"movflags": "+faststart"} if room is None else {"moov_size": str(room)}
    file = av.open(
        str(path),
        "w",
        format="mp4",
        container_options={
            **index,
            "fflags": "+bitexact",
            "movie_timescale": "48000",  # lengths that are exact to the sample of sound
        },
    )
    file.metadata.update(tags)
    return file


def open_ts(path: Path) -> OutputContainer:
    """Open an MPEG transport stream for writing, which names neither a clock nor libav."""
    file = av.open(str(path), "w", format="mpegts", container_options={"fflags": "+bitexact"})
    file.metadata.update(service_name="film", service_provider="ttv")
    return file


def add_h264(file: OutputContainer, fmt: Format, coding: Coding) -> VideoStream:
    """Add a stream of x264 in BT.709, limited range, at a constant frame rate."""
    stream = file.add_stream(
        "libx264",
        rate=fmt.fps,
        options={"preset": coding.preset, "crf": str(coding.crf), "x264-params": _X264},
        width=fmt.width,
        height=fmt.height,
        time_base=Fraction(1, fmt.fps),
    )
    codec = stream.codec_context
    codec.thread_count = coding.threads
    codec.gop_size = _KEYFRAME_SECONDS * fmt.fps
    codec.flags |= Flags.bitexact
    in_bt709(codec)
    return stream


def in_bt709(codec: VideoCodecContext) -> None:
    """Say of pictures to be encoded that they are in BT.709, limited range, as ours are."""
    codec.color_range = ColorRange.MPEG
    codec.colorspace = Colorspace.ITU709
    codec.color_primaries = ColorPrimaries.BT709
    codec.color_trc = ColorTrc.BT709
