"""Probe a clip: count its frames and tell what it can be joined with."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, cast

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ttv.media._errors import Unreadable, reading
from ttv.media._format import MAX_FPS, MAX_SIDE, Format
from ttv.media._index import Frames, indexed
from ttv.media._mp4 import Coding, add_h264, open_mp4

#: Share of a frame that a timestamp may lie beside the grid of the frame rate.
_JITTER: Final = 0.05

#: Streams and frames per second beyond which a file is no clip that anybody made to be seen.
_MOST_STREAMS: Final = 32
_LEAST_FPS: Final = Fraction(1, 10)
_MOST_FPS: Final = 1_000
#: Frames of a film of a day at the highest rate.
_MOST_FRAMES: Final = 24 * 3_600 * MAX_FPS

#: The codecs of clips. Those of games and stills have decoders that few look after.
_CODECS: Final = frozenset({"h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "mpeg4", "prores"})
_SOUND_CODECS: Final = ("aac", "mp3float", "opus", "vorbis", "flac", "ac3", "pcm_s16le")
#: A clip may come from anywhere: no playlist or script that makes libav open something else.
_SAFE: Final = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
    "codec_whitelist": ",".join((*sorted(_CODECS), *_SOUND_CODECS)),
}


@dataclass(frozen=True, slots=True)
class Clip:
    """What a video file holds, counted, not believed from its header."""

    path: Path
    codec: str
    pixel_format: str
    width: int
    height: int
    fps: float
    frames: int
    #: Numbers of the frames that start a group of pictures, in order of display.
    keyframes: tuple[int, ...]
    #: How many frames decoding runs ahead of display.
    delay: int
    #: Every frame lies on the grid of the frame rate, from frame 0 on.
    steady: bool
    #: Clips of equal signature join by copying their packets.
    signature: str
    has_audio: bool
    comment: str

    @property
    def size(self) -> str:
        """Give the size as ``1280x720``."""
        return f"{self.width}x{self.height}"

    @property
    def rate(self) -> Fraction:
        """Give the frame rate as the fraction that it is: 24000/1001, not 23.976."""
        return Fraction(self.fps).limit_denominator(1001)

    @property
    def seconds(self) -> float:
        """Give the length of the picture."""
        return self.frames / self.fps


def probe(path: Path, *, most_frames: int = _MOST_FRAMES, like: Clip | None = None) -> Clip:
    """Read all packets of a clip, decoding none; a longer one is not read to its end.

    A clip that begins as another one, ``like``, is told by its index where that has all,
    which takes a fifth of the time. Raises NotFound, Unreadable.
    """
    with reading(path):
        if like:
            with open_clip(path, decoding=False) as file:
                found = indexed(path, file.streams.video[0]) if _is_like(file, like) else None
                if found and len(found.times) <= most_frames:
                    return _describe(path, file, found)
        with open_clip(path) as file:
            return _describe(path, file, most_frames)


def signature(fmt: Format, coding: Coding) -> str:
    """Tell the signature of the clips that an Encoder makes with these settings."""
    with open_mp4(Path(os.devnull)) as file:
        codec = add_h264(file, fmt, coding).codec_context
        codec.open()
        return _signed("h264", codec, Fraction(fmt.fps))


def _signed(name: str, codec: VideoCodecContext, rate: Fraction) -> str:
    parts = (name, codec.pix_fmt, codec.width, codec.height, rate, codec.extradata)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _is_like(file: InputContainer, other: Clip) -> bool:
    """Tell by its header alone whether a clip has the signature of another one.

    What decoders begin with is in the header and fixes the colours, which are not told there.
    """
    if not file.streams.video:
        return False
    stream = file.streams.video[0]
    codec = _codec(stream)
    if codec is None or not stream.average_rate:
        return False
    codec.pix_fmt = other.pixel_format
    return _signed(codec.name, codec, stream.average_rate) == other.signature


def _codec(stream: VideoStream) -> VideoCodecContext | None:
    """Give the codec of a picture; None where libav knows no decoder, which its types hide."""
    return cast("VideoCodecContext | None", stream.codec_context)


def open_clip(path: Path, *, decoding: bool = True) -> InputContainer:
    """Open a clip of a known container, and nothing that it refers to.

    Without decoding it opens ten times as fast and gives its packets as well, but cannot tell
    its colours.
    """
    options = _SAFE if decoding else _SAFE | {"codec_whitelist": "none"}
    return av.open(str(path.absolute()), "r", container_options=options, metadata_errors="replace")


def picture_of(file: InputContainer) -> VideoStream:
    """Give the picture of a clip for decoding: no frame in its midst is larger than a film."""
    if not file.streams.video:
        raise Unreadable(f"{Path(file.name).name} holds no picture")
    stream = file.streams.video[0]
    stream.thread_type = "AUTO"
    stream.codec_context.options = {"max_pixels": str(MAX_SIDE**2)}
    return stream


def _describe(path: Path, file: InputContainer, found: Frames | int) -> Clip:
    """Put together what is known of a clip; its packets are read, up to a number, if need be."""
    if len(file.streams) > _MOST_STREAMS:
        raise Unreadable(f"{path.name} holds {len(file.streams)} streams; no clip needs so many")
    if not file.streams.video:
        raise Unreadable(f"{path.name} holds no picture")
    stream = file.streams.video[0]
    rate = _rate(path, stream)
    codec, fps = stream.codec_context, float(rate)
    times, keys = _packets(file, stream, found) if isinstance(found, int) else found
    if not times:
        raise Unreadable(f"{path.name} holds no frame")
    numbers = [round(time * fps) for time in times]
    return Clip(
        path=path,
        codec=codec.name,
        pixel_format=codec.pix_fmt or "",
        width=codec.width,
        height=codec.height,
        fps=fps,
        frames=len(numbers),
        keyframes=tuple(sorted(numbers[at] for at in keys)),
        delay=max(at - number for at, number in enumerate(numbers)),
        steady=sorted(numbers) == list(range(len(numbers)))
        and all(abs(at - time * fps) <= _JITTER for at, time in zip(numbers, times, strict=True)),
        signature=_signed(codec.name, codec, rate),
        has_audio=bool(file.streams.audio),
        comment=file.metadata.get("comment", ""),
    )


def _rate(path: Path, stream: VideoStream) -> Fraction:
    """Give the frame rate of a picture, or refuse by what the header says of it."""
    codec = _codec(stream)
    if codec is None or codec.name not in _CODECS:
        raise Unreadable(
            f"{path.name} is in a codec that is not read; H.264, H.265, AV1, VP8, VP9, MPEG-4 and "
            "ProRes are"
        )
    rate = stream.average_rate or stream.guessed_rate
    if not rate or not codec.width or not codec.height or not codec.pix_fmt:
        raise Unreadable(f"{path.name} has no frame rate, size or colours")
    if max(codec.width, codec.height) > MAX_SIDE:
        size = f"{codec.width}x{codec.height}"
        raise Unreadable(f"{path.name} is {size}; no side may exceed {MAX_SIDE}")
    if not _LEAST_FPS <= rate <= _MOST_FPS:
        raise Unreadable(
            f"{path.name} has {float(rate):g} frames per second; "
            f"{float(_LEAST_FPS):g} to {_MOST_FPS:,} are read"
        )
    return Fraction(rate)


def _packets(file: InputContainer, stream: VideoStream, most_frames: int) -> Frames:
    """List the frames by their packets."""
    times: list[float] = []
    keys: list[int] = []
    tick = float(stream.time_base or 0)
    for packet in file.demux(stream):
        pts = packet.pts
        if packet.is_corrupt:
            raise Unreadable(f"{Path(file.name).name} breaks off in its frame {len(times)}")
        if pts is None or packet.is_discard:
            continue
        if packet.is_keyframe:
            keys.append(len(times))
        if len(times) == most_frames:
            raise Unreadable(f"{Path(file.name).name} holds more than {most_frames:,} frames")
        times.append(pts * tick)
    return Frames(times, keys)
