"""Fit beats to the length of a film: merge, split and give each piece its frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ttv.animatic.language import survey
from ttv.errors import InvalidRequest
from ttv.media import Format, Transition
from ttv.planning._beats import Beat
from ttv.planning._lengths import Lengths
from ttv.planning._plan import TRANSITION_SECONDS
from ttv.planning._port import Brief, ShotLimits

SINGLE_SECONDS: Final = 5.0
BEAT_SECONDS: Final = 4.0
#: More shots than this make no film; further beats join those before.
MAX_BEATS: Final = 200


@dataclass(frozen=True, slots=True)
class Cut:
    """Beats with the lengths of their pieces; a beat of several pieces goes on without a cut."""

    beats: tuple[Beat, ...]
    pieces: tuple[tuple[int, ...], ...]
    #: Frames of each transition that takes time.
    transition_frames: int
    warnings: tuple[str, ...] = ()


def cut(beats: Sequence[Beat], brief: Brief, limits: ShotLimits) -> Cut:
    """Give each beat legal lengths that add up to the film.

    Raises InvalidRequest naming the nearest possible lengths when no legal lengths do.
    """
    cutter = _Cutter(brief, Lengths(limits))
    if brief.frames is None:
        return cutter.free(beats)
    return cutter.exact(beats, brief.frames)


class _Cutter:
    """Cuts one brief."""

    def __init__(self, brief: Brief, lengths: Lengths) -> None:
        self._format: Format = brief.format
        self._lengths = lengths
        # Every shot must have room for a transition at either end.
        half = lengths.shortest // 2
        self._transition = min(self._format.frames(TRANSITION_SECONDS), half)

    def free(self, beats: Sequence[Beat]) -> Cut:
        """Give each beat the length that suits it."""
        kept = merge(self._possible(beats), MAX_BEATS)
        seconds = SINGLE_SECONDS if len(kept) == 1 else BEAT_SECONDS * len(kept)
        total = self._format.frames(seconds) + self._overlap(kept)
        if len(kept) in self._lengths.counts(total):
            return self._finish(beats, kept, self._divide(kept, total, len(kept)))
        each = self._lengths.nearest(total / len(kept))
        return self._finish(beats, kept, ((each,),) * len(kept))

    def exact(self, beats: Sequence[Beat], frames: int) -> Cut:
        """Give the beats lengths that add up to ``frames``, merging where there is no room."""
        kept = merge(self._possible(beats), MAX_BEATS)
        while True:
            total = frames + self._overlap(kept)
            counts = self._lengths.counts(total)
            if not counts and self._overlap(kept):
                kept = [_harden(beat) for beat in kept]
                continue
            if not counts:
                raise self._impossible(frames)
            enough = [count for count in counts if count >= len(kept)]
            if enough:
                pieces = self._divide(kept, total, enough[0])
                return self._finish(beats, kept, pieces)
            kept = merge(kept, counts[-1])

    def _possible(self, beats: Sequence[Beat]) -> list[Beat]:
        """Keep the transitions that the shortest shot has room for; the film opens without one."""
        opening, *later = beats
        soft = opening.transition is Transition.CROSSFADE
        kept = [_harden(opening) if soft else opening, *later]
        if self._transition:
            return kept
        return [replace(beat, transition=Transition.CUT) for beat in kept]

    def _overlap(self, beats: Sequence[Beat]) -> int:
        faded = sum(beat.transition is Transition.CROSSFADE for beat in beats)
        return faded * self._transition

    def _divide(self, beats: Sequence[Beat], total: int, count: int) -> tuple[tuple[int, ...], ...]:
        """Divide ``total`` into ``count`` pieces, more of them for the beats that weigh more."""
        weights = [_weight(beat) for beat in beats]
        parts = [1] * len(beats)
        for _ in range(count - len(beats)):
            heaviest = max(range(len(beats)), key=lambda index: weights[index] / parts[index])
            parts[heaviest] += 1
        shares = [
            weight / number
            for weight, number in zip(weights, parts, strict=True)
            for _ in range(number)
        ]
        lengths = iter(self._lengths.split(total, shares))
        return tuple(tuple(next(lengths) for _ in range(number)) for number in parts)

    def _finish(
        self,
        asked: Sequence[Beat],
        kept: Sequence[Beat],
        pieces: tuple[tuple[int, ...], ...],
    ) -> Cut:
        warnings = []
        if len(kept) < len(asked):
            warnings.append(
                f"told {len(asked)} beats in {len(kept)} shots: the film is too short for more"
            )
        if _soft(kept) < _soft(asked):
            warnings.append("made a cut or fade where the lengths leave no room for a cross-fade")
        return Cut(tuple(kept), pieces, self._transition, tuple(warnings))

    def _impossible(self, frames: int) -> InvalidRequest:
        seconds = [
            f"{round(self._format.seconds(near), 3):g}" for near in self._lengths.neighbours(frames)
        ]
        return InvalidRequest(
            f"shots of the lengths this generator makes cannot add up to "
            f"{round(self._format.seconds(frames), 3):g} seconds; "
            f"the nearest possible: {' or '.join(seconds)}",
            param="seconds",
        )


def merge(beats: Sequence[Beat], most: int) -> list[Beat]:
    """Join neighbours, the lightest first, until at most ``most`` beats are left."""
    kept = list(beats)
    weights = [_weight(beat) for beat in kept]
    while len(kept) > most:
        at = min(range(len(kept) - 1), key=lambda index: weights[index] + weights[index + 1])
        first, second = kept[at], kept[at + 1]
        note = f"{first.note} {second.note}".strip()
        kept[at : at + 2] = [replace(first, text=f"{first.text}. {second.text}", note=note)]
        weights[at : at + 2] = [weights[at] + weights[at + 1]]
    return kept


def _weight(beat: Beat) -> float:
    """Weigh how much happens in a beat: its verbs, and a little its words."""
    words = min(30, len(beat.text.split()))
    return 1.0 + 0.4 * min(4, survey(beat.text).actions) + 0.02 * words


def _harden(beat: Beat) -> Beat:
    """Make a fade of a cross-fade: it takes no frames from the film."""
    if beat.transition is not Transition.CROSSFADE:
        return beat
    return replace(beat, transition=Transition.FADE)


def _soft(beats: Sequence[Beat]) -> int:
    """Count the transitions that take time, a cross-fade for two."""
    return sum(
        beat.transition.takes_time + (beat.transition is Transition.CROSSFADE) for beat in beats
    )
