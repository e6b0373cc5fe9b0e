"""A file on its way to S3: read once for the hash of the whole and of each part."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from ttv.artifacts._bucket import PUT, SHA256

#: What is sent in one piece, and the least size of a part.
PART: Final = 8 << 20
#: S3 takes so many parts at most.
_MOST_PARTS: Final = 10_000
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file."""

    number: int
    start: int
    size: int
    #: SHA-256 as S3 writes it.
    checksum: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What one reading of a file tells."""

    #: One at least, the last may be short.
    parts: tuple[Part, ...]
    size: int
    #: Hex SHA-256 of the whole.
    sha256: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file, where it goes, and what is written on it."""

    file: BinaryIO
    measured: Measured
    #: The key of the object within its bucket.
    name: str
    content_type: str
    if_absent: bool
    #: Drawn for this put: noted beside the object, it tells our own commit from another's.
    put: str

    @property
    def notes(self) -> dict[str, str]:
        """Give what is written down beside the object."""
        return {SHA256: self.measured.sha256, PUT: self.put}


class Window:
    """One part of a file as a file of its own; many may be read at a time, each in its thread."""

    def __init__(self, file: BinaryIO, part: Part, *, over: Callable[[], bool]) -> None:
        self._file = file
        self._part = part
        self._over = over
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        """Read on; raises OSError once the upload is over or the file is too short."""
        left = self._part.size - self._position
        wanted = left if size < 0 else min(size, left)
        if self._over():
            raise OSError("the upload is over")
        start = self._part.start + self._position
        data = os.pread(self._file.fileno(), wanted, start)
        if len(data) < wanted:
            raise OSError("the file became shorter")
        self._position += wanted
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, from the start, from here or from the end."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._part.size}
        self._position = origin[whence] + offset
        return self._position

    def tell(self) -> int:
        """Say where the next byte comes from."""
        return self._position


def part_size(size: int) -> int:
    """Say how large the parts of a file are, so that S3 takes as many."""
    return max(PART, -(-size // _MOST_PARTS))


def measured(file: BinaryIO) -> Measured:
    """Read a file to its end."""
    most = part_size(os.fstat(file.fileno()).st_size)
    whole = hashlib.sha256()
    parts = [_next_part(file, most, 0, whole)]
    while parts[-1].size == most and (part := _next_part(file, most, len(parts), whole)).size:
        parts.append(part)
    return Measured(tuple(parts), sum(part.size for part in parts), whole.hexdigest())


def _next_part(file: BinaryIO, most: int, before: int, whole: hashlib._Hash) -> Part:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(min(_CHUNK, most - size)):
        size += len(chunk)
        digest.update(chunk)
        whole.update(chunk)
    checksum = b64encode(digest.digest()).decode()
    return Part(before + 1, before * most, size, checksum)
