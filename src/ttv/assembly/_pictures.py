"""Turn the pieces of a timeline into pictures, decoding each clip once and in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

from ttv.assembly._timeline import Blend, Fade, Keep, Piece
from ttv.media import (
    Clip,
    Format,
    Pixels,
    Unreadable,
    WrongLength,
    black,
    blend,
    fitted,
    planes,
)


class Reel(Protocol):
    """The pictures of one cut; ranges are asked for in rising order."""

    def pictures(self, start: int, stop: int) -> Iterator[Pixels]:
        """Decode frames ``start`` to ``stop`` (exclusive) to I420."""


class Exact:
    """A clip of the film's own format: any range of it is decoded by itself."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip

    def pictures(self, start: int, stop: int) -> Iterator[Pixels]:
        """Decode frames ``start`` to ``stop`` (exclusive) to I420."""
        return planes(self._clip, start, stop)


class Fitted:
    """A clip of another kind: it is fitted from its first frame on, in one go."""

    def __init__(self, clip: Clip, fmt: Format, frames: int) -> None:
        self._pictures = fitted(clip.path, fmt, frames)
        self._at = 0

    def pictures(self, start: int, stop: int) -> Iterator[Pixels]:
        """Decode frames ``start`` to ``stop`` (exclusive) to I420."""
        if start != self._at:
            raise ValueError(f"frame {start} of a clip that stands at {self._at}")
        self._at = stop
        return islice(self._pictures, stop - start)


def pictures(piece: Piece, reels: Sequence[Reel], fmt: Format) -> Iterator[Pixels]:
    """Make the pictures of one piece.

    Raises Unreadable or WrongLength naming the shot whose clip is not what it should be.
    """
    match piece:
        case Keep():
            yield from _of(piece, reels)
        case Blend(end, head):
            both = zip(_of(end, reels), _of(head, reels), strict=True)
            for number, (old, new) in enumerate(both, start=1):
                yield blend(old, new, number / (piece.frames + 1))
        case Fade(part, to_black):
            dark = black(fmt.width, fmt.height)
            for number, picture in enumerate(_of(part, reels), start=1):
                left = piece.frames - number if to_black else number - 1
                yield blend(dark, picture, left / piece.frames)


@contextmanager
def about_shot(at: int) -> Iterator[None]:
    """Name the shot in what is said of its clip."""
    try:
        yield
    except (Unreadable, WrongLength) as error:
        raise type(error)(f"shot {at + 1}: {error.message}") from error


def _of(part: Keep, reels: Sequence[Reel]) -> Iterator[Pixels]:
    with about_shot(part.cut):
        yield from reels[part.cut].pictures(part.start, part.stop)
