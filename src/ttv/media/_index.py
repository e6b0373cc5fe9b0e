"""Read from the index of an MP4 when its frames are shown, without reading the frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from av.video.stream import VideoStream

#: Larger indexes, and files of more boxes, are not looked into.
_MOST_BYTES: Final = 64 << 20
_MOST_BOXES: Final = 64
_RUN: Final = np.dtype([("frames", ">u4"), ("later", ">i4")])


class Frames(NamedTuple):
    """The frames of a clip in order of decoding."""

    #: When each is shown, in seconds.
    times: list[float]
    #: Places in the list of those that start a group of pictures.
    keys: list[int]


def indexed(path: Path, stream: VideoStream) -> Frames | None:
    """List the frames by the index of the clip.

    Gives None where the index alone does not tell: in another container, in fragments, where
    an edit cuts frames, and of a file that breaks off.
    """
    size = path.stat().st_size
    entries = list(stream.index_entries)
    later = _later(path, stream.id, len(entries))
    if later is None or any(entry.is_discard or entry.pos + entry.size > size for entry in entries):
        return None
    tick = float(stream.time_base or 0)
    times = [(entry.timestamp + by) * tick for entry, by in zip(entries, later, strict=True)]
    return Frames(times, [at for at, entry in enumerate(entries) if entry.is_keyframe])


def _later(path: Path, track: int, frames: int) -> list[int] | None:
    """Tell how many ticks after it is decoded each frame of a track is shown."""
    table = _table(_moov(path), track)
    if _number(_inside(table, b"stsz"), 8) != frames:
        return None
    pairs = _inside(table, b"ctts")[8:]
    if not pairs:
        return [0] * frames
    runs = np.frombuffer(pairs[: len(pairs) // 8 * 8], _RUN)
    if runs["frames"].sum(dtype=np.uint64) != frames or runs["later"].min() < 0:
        return None
    return [int(by) for by in np.repeat(runs["later"], runs["frames"])]


def _moov(path: Path) -> bytes:
    """Read the index; nothing where there is none."""
    length = path.stat().st_size
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            head = file.read(16)
            size, kind = _number(head, 0), head[4:8]
            if kind == b"moov":
                file.seek(-8, 1)
                return file.read(min(size - 8, _MOST_BYTES))
            if size == 1:
                size = int.from_bytes(head[8:])
            if not 8 <= size <= length:
                break
            file.seek(size - len(head), 1)
    return b""


def _table(moov: bytes, track: int) -> bytes:
    """Find the tables of the frames of a track."""
    for kind, trak in _boxes(moov):
        head = _inside(trak, b"tkhd")
        if kind == b"trak" and _number(head, 20 if head[:1] == b"\x01" else 12) == track:
            return _inside(trak, b"mdia", b"minf", b"stbl")
    return b""


def _inside(box: bytes, *kinds: bytes) -> bytes:
    """Go down into the first box of each kind."""
    for kind in kinds:
        box = next((content for found, content in _boxes(box) if found == kind), b"")
    return box


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while (size := _number(content, at)) >= 8:
        yield content[at + 4 : at + 8], content[at + 8 : at + size]
        at += size


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4])
