"""Lay clips on a timeline: which frames stay as they are, which blend, which fade.

Pure arithmetic on frame numbers, so that the length of the film is exact by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeAlias

from ttv.assembly._cut import Cut
from ttv.errors import InvalidRequest
from ttv.media import Transition


@dataclass(frozen=True, slots=True)
class Keep:
    """Frames ``start`` to ``stop`` (exclusive) of one cut as they are."""

    cut: int
    start: int
    stop: int

    @property
    def frames(self) -> int:
        """Count the frames it gives to the film."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Blend:
    """The end of one cut going over into the head of the next; both are equally long."""

    end: Keep
    head: Keep

    @property
    def frames(self) -> int:
        """Count the frames it gives to the film."""
        return self.end.frames


@dataclass(frozen=True, slots=True)
class Fade:
    """Frames of one cut going over into black, or coming out of it."""

    part: Keep
    to_black: bool

    @property
    def frames(self) -> int:
        """Count the frames it gives to the film."""
        return self.part.frames


Piece: TypeAlias = Keep | Blend | Fade


def timeline(cuts: Sequence[Cut]) -> tuple[Piece, ...]:
    """Order the pieces of the film.

    Raises InvalidRequest naming the shot whose transitions are longer than itself.
    """
    pieces: list[Piece] = []
    for at, cut in enumerate(cuts):
        head = cut.transition_frames if cut.transition.takes_time else 0
        end = cut.frames - _used_by_next(cuts, at)
        _check(cuts, at, head=head, end=end)
        opening = Keep(at, 0, head)
        if head and cut.transition is Transition.CROSSFADE:
            before = cuts[at - 1].frames
            pieces.append(Blend(Keep(at - 1, before - head, before), opening))
        elif head:
            pieces.append(Fade(opening, to_black=False))
        if head < end:
            pieces.append(Keep(at, head, end))
        if end < cut.frames and cuts[at + 1].transition is Transition.FADE:
            pieces.append(Fade(Keep(at, end, cut.frames), to_black=True))
    return tuple(pieces)


class Timed(Protocol):
    """What has a place on a timeline: a cut, or a shot that will be one."""

    @property
    def frames(self) -> int:
        """Count its frames, overlap with the one before included."""

    @property
    def transition(self) -> Transition:
        """Tell how it follows the one before."""

    @property
    def transition_frames(self) -> int:
        """Count the frames of overlap, or of each half of a fade."""


def sections(cuts: Sequence[Timed]) -> tuple[int, ...]:
    """Count the film's frames that belong to each cut; an overlap is shared in its middle."""
    bounds, start = [0], 0
    for before, cut in pairwise(cuts):
        overlap = cut.transition_frames if cut.transition is Transition.CROSSFADE else 0
        start += before.frames - overlap
        bounds.append(start + overlap // 2)
    bounds.append(start + cuts[-1].frames)
    return tuple(end - begin for begin, end in pairwise(bounds))


def _used_by_next(cuts: Sequence[Cut], at: int) -> int:
    if at + 1 == len(cuts) or not cuts[at + 1].transition.takes_time:
        return 0
    return cuts[at + 1].transition_frames


def _check(cuts: Sequence[Cut], at: int, *, head: int, end: int) -> None:
    if at == 0 and cuts[0].transition is Transition.CROSSFADE and head:
        raise InvalidRequest("the first shot has nothing to cross-fade from", param="shots[0]")
    if min(head, cuts[at].frames - end) < 0 or cuts[at].frames < 1:
        raise InvalidRequest(f"shot {at + 1} has a negative length", param=f"shots[{at}]")
    if head > end:
        raise InvalidRequest(
            f"shot {at + 1} has {cuts[at].frames} frames, too few for transitions of {head} "
            f"and {cuts[at].frames - end} frames",
            param=f"shots[{at}].transition",
        )
