"""Put what a clip holds into another container, packet by packet, without coding it anew."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.container import OutputContainer

from ttv.files import whole
from ttv.media._clip import open_clip
from ttv.media._errors import Unreadable, reading, writing
from ttv.media._mp4 import UNTAGGED, open_mp4
from ttv.media._notes import strainer

_BOX_HEAD: Final = 8


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a fragmented MP4 that can be played by itself after the head of the file."""

    offset: int
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Fragmented:
    """A fragmented MP4: its head, and what follows."""

    #: Bytes that a player needs before any fragment.
    head: int
    fragments: tuple[Fragment, ...]


def copy(source: Path, to: Path, *, tags: Mapping[str, str] = UNTAGGED) -> None:
    """Write picture and sound of a clip as MP4 with these tags instead of its own.

    It does not tell how its pictures were encoded either. Raises NotFound, Unreadable, or
    EncodingFailed for what MP4 cannot hold.
    """
    with writing(), whole(to) as part, open_mp4(part, tags) as file:
        for _ in _copied(source, file, notes=False):
            pass


def fragment(source: Path, to: Path, *, seconds: float) -> Fragmented:
    """Write a clip as one fragmented MP4, cut at keyframes into stretches of so many seconds.

    A stretch is longer where no keyframe comes in time. Raises NotFound and Unreadable.
    """
    with writing(), whole(to) as part:
        with _open_fragmented(part) as file:
            times = list(_copied(source, file, notes=True))
        cuts = [time for time, is_key in times if is_key]
        boxes = list(_boxes(part))
        starts = [offset for kind, offset, _ in boxes if kind == b"moof"]
        if not cuts or len(starts) != len(cuts):
            raise Unreadable(f"{source.name} breaks off, or does not begin with a keyframe")
    end = max(time for time, _ in times) + _frame(source)
    size = sum(length for _, _, length in boxes)
    return Fragmented(starts[0], tuple(_merged([*starts, size], [*cuts, end], Fraction(seconds))))


def _merged(offsets: list[int], times: list[Fraction], least: Fraction) -> Iterator[Fragment]:
    """Put stretches together until each is long enough; the lists end with the end of all."""
    first = 0
    for at in range(1, len(offsets)):
        if times[at] - times[first] >= least or at == len(offsets) - 1:
            length = float(times[at] - times[first])
            yield Fragment(offsets[first], offsets[at] - offsets[first], length)
            first = at


def _open_fragmented(path: Path) -> OutputContainer:
    return av.open(
        str(path),
        "w",
        format="mp4",
        container_options={
            # The head comes once the first times are known: an edit list tells from when on to
            # show, without which the picture would be late by the frames decoded ahead.
            "movflags": "+frag_keyframe+delay_moov+default_base_moof+skip_trailer",
            "fflags": "+bitexact",
        },
    )


def _copied(source: Path, file: OutputContainer, *, notes: bool) -> Iterator[tuple[Fraction, bool]]:
    """Copy all packets; give the time of every picture, and whether it is a keyframe."""
    with reading(source), open_clip(source) as clip:
        picture = clip.streams.video[0]
        kept = [picture, *clip.streams.audio[:1]]
        streams = {one.index: file.add_stream_from_template(one) for one in kept}
        strain = strainer(picture, notes=notes)
        for packet in clip.demux(kept):
            if packet.dts is None or packet.pts is None:
                continue
            stream, shows = streams[packet.stream.index], packet.stream is picture
            if shows:
                yield Fraction(packet.pts) * packet.time_base, packet.is_keyframe
            for part in strain(packet) if shows else (packet,):
                part.stream = stream
                file.mux(part)


def _frame(source: Path) -> Fraction:
    """Give the length of one frame in seconds."""
    with reading(source), open_clip(source) as clip:
        return 1 / Fraction(clip.streams.video[0].average_rate or 1)


def _boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """List the kind, the place and the length of the outer boxes of an MP4 that was made here."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at < size:
            file.seek(at)
            length, kind = struct.unpack(">I4s", file.read(_BOX_HEAD))
            yield kind, at, length
            at += length
