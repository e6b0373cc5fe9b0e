"""What a bomb is, and what it is baited with."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

Gate: TypeAlias = Literal["image", "audio", "clip"]

_STRETCH: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Bait:
    """What nobody may touch who opens a bomb: a file, a server, and the clip of a camera."""

    #: Holds ``SECRET``; a real clip, so that who opens it gets something.
    file: Path
    #: Of a server that notes who connects.
    url: str
    #: A good clip of 48 frames, for bombs that are made of one.
    clip: bytes

    @property
    def host(self) -> str:
        """Give the server without the scheme."""
        return self.url.removeprefix("http://").rstrip("/")


Builder: TypeAlias = Callable[[Bait], bytes]


@dataclass(frozen=True, slots=True)
class Bomb:
    """One file, and the gate that meets it."""

    name: str
    gate: Gate
    build: Builder
    #: It is a good file too, so it is let in - without what is bad in it.
    harmless: bool = False


def inflating(size: int) -> bytes:
    """Give a zlib stream of about a thousandth of the size, all zeros, in no time."""
    stretches, rest = divmod(size, _STRETCH)
    packer = zlib.compressobj(9, wbits=-15)
    packer.compress(b"")
    one = packer.compress(bytes(_STRETCH)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(bytes(rest)) + packer.flush()
    # The Adler-32 of zeros: the sum of all bytes is none, the sum of sums counts them.
    return b"\x78\xda" + one * stretches + end + (size % 65_521 << 16 | 1).to_bytes(4, "big")
