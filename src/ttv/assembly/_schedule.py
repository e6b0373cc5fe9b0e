"""Decide what of a timeline is copied and what is encoded.

Only whole groups of pictures can be copied. Everything else - transitions, the frames between
a transition and the next keyframe, clips of another kind - is decoded and encoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from ttv.assembly._timeline import Keep, Piece
from ttv.media import Clip


@dataclass(frozen=True, slots=True)
class Copy:
    """Whole groups of pictures of one cut."""

    part: Keep


@dataclass(frozen=True, slots=True)
class Encode:
    """Pieces that are encoded as one clip."""

    pieces: tuple[Piece, ...]

    @property
    def frames(self) -> int:
        """Count the frames to encode."""
        return sum(piece.frames for piece in self.pieces)


Run: TypeAlias = Copy | Encode


def schedule(pieces: Iterable[Piece], copyable: Sequence[Clip | None]) -> Iterator[Run]:
    """Give the film as ranges to copy and runs to encode.

    ``copyable`` holds the clip of every cut that can be copied, None for the others.
    """
    split = (part for piece in pieces for part in _split(piece, copyable))
    for copies, run in groupby(split, key=lambda part: isinstance(part, Copy)):
        if copies:
            yield from (part for part in run if isinstance(part, Copy))
        else:
            yield Encode(tuple(part for part in run if not isinstance(part, Copy)))


def _split(piece: Piece, copyable: Sequence[Clip | None]) -> Iterator[Piece | Copy]:
    """Cut a piece at the first and last keyframe inside it."""
    clip = copyable[piece.cut] if isinstance(piece, Keep) else None
    if clip is None or not isinstance(piece, Keep):
        yield piece
        return
    places = [at for at in (*clip.keyframes, clip.frames) if piece.start <= at <= piece.stop]
    if len(places) < 2:
        yield piece
        return
    first, last = places[0], places[-1]
    if piece.start < first:
        yield Keep(piece.cut, piece.start, first)
    yield Copy(Keep(piece.cut, first, last))
    if last < piece.stop:
        yield Keep(piece.cut, last, piece.stop)
