"""Look through the chunks of a PNG before anything reads them: what unfolds, moves or hides."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

_MAGIC_BYTES: Final = 8
#: More than the largest picture needs in the small pieces of any program.
_MOST_CHUNKS: Final = 50_000
#: All texts and profiles of a picture together; the profile of a printer has 2 MiB.
_MOST_UNFOLDED: Final = 4 << 20


def png_fault(data: bytes) -> str | None:
    """Say what a PNG has that no picture needs, as the end of a sentence; None when nothing."""
    left = _MOST_UNFOLDED
    chunks = 0
    for chunks, (kind, body) in enumerate(_chunks(data), start=1):
        if chunks > _MOST_CHUNKS:
            return "is cut into far more chunks than a picture needs; save it anew"
        if kind == b"acTL":
            return "moves; send a single picture"
        left -= _unfolded(_packed(kind, body), most=left)
        if left <= 0:
            return (
                f"holds more than {_MOST_UNFOLDED >> 20} MiB of text beside its picture; "
                "save it anew without"
            )
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    at, whole = _MAGIC_BYTES, memoryview(data)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, whole[at + 8 : at + 8 + length]
        at += length + 12


def _packed(kind: bytes, body: memoryview) -> bytes:
    """Give the part of a chunk that unfolds."""
    if kind in (b"zTXt", b"iCCP"):
        return bytes(body).partition(b"\0")[2][1:]
    if kind == b"iTXt":
        about = bytes(body).partition(b"\0")[2]  # is it packed, and how; then language and title
        return about[2:].split(b"\0", 2)[-1] if about[:1] == b"\1" else b""
    return b""


def _unfolded(packed: bytes, *, most: int) -> int:
    """Count what a zlib stream unfolds to, as far as ``most``; what is none unfolds to nothing."""
    try:
        return len(zlib.decompressobj().decompress(packed, most)) if packed else 0
    except zlib.error:
        return 0
