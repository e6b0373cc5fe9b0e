"""Take an MP4 apart and put it together with other boxes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

#: Gives the whole new box, or boxes, for the body of one.
Swap = Callable[[bytes], bytes]

_PARENTS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts"})
FTYP: Final = b"\0\0\0\x14ftypisom\0\0\0\0isom"


def box(kind: bytes, body: bytes = b"", *, size: int | None = None) -> bytes:
    """Give a box; ``size`` is what it says of itself."""
    return struct.pack(">I", len(body) + 8 if size is None else size) + kind + body


def full(kind: bytes, fmt: str, *values: int) -> bytes:
    """Give a box with version and flags of zero and big-endian numbers."""
    return box(kind, bytes(4) + struct.pack(f">{fmt}", *values))


def remade(mp4: bytes, swaps: Mapping[bytes, Swap]) -> bytes:
    """Give an MP4 with other boxes in its index, which comes to stand last: no byte moves."""
    at = mp4.index(b"moov") - 4
    size = struct.unpack_from(">I", mp4, at)[0]
    index = b"".join(_swapped(mp4[at : at + size], swaps))
    return mp4[: at + 4] + b"free" + mp4[at + 8 :] + index


def _swapped(boxes: bytes, swaps: Mapping[bytes, Swap]) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(boxes):
        size, kind = struct.unpack_from(">I4s", boxes, at)
        body = boxes[at + 8 : at + size]
        if kind in swaps:
            yield swaps[kind](body)
        elif kind in _PARENTS:
            yield box(kind, b"".join(_swapped(body, swaps)))
        else:
            yield boxes[at : at + size]
        at += size


def elsewhere(link: str) -> Swap:
    """Say that what a track holds lies in another file."""
    there = box(b"url ", bytes(4) + link.encode() + b"\0")
    return lambda _: box(b"dref", bytes(4) + struct.pack(">I", 1) + there)


def alias(path: str) -> Swap:
    """Say so as QuickTime does: by an alias of a volume, a folder and a path."""
    name = path.rpartition("/")[2].encode()[:63]
    head = bytes(6) + struct.pack(">HH", 2, 0) + b"\0".ljust(28, b"\0") + bytes(12)
    head += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16) + struct.pack(">HH", 1, 1)
    head += bytes(16)
    notes = b"".join(
        struct.pack(">HH", kind, len(text)) + text + bytes(len(text) % 2)
        for kind, text in ((18, path.encode()), (2, path.encode()), (0, b"x"))
    )
    there = box(b"alis", bytes(4) + head + notes + struct.pack(">HH", 0xFFFF, 0))
    return lambda _: box(b"dref", bytes(4) + struct.pack(">I", 1) + there)


def nested(kinds: tuple[bytes, ...], deep: int) -> bytes:
    """Give boxes in boxes."""
    return b"".join(box(kinds[level % len(kinds)], size=8 * level) for level in range(deep, 0, -1))
