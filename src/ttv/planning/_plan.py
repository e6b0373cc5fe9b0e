"""What will be made: a Plan of Shots, frozen, with one versioned JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ttv.errors import InvalidRequest
from ttv.media import Format

#: Version of the JSON form; a reader refuses a newer one.
VERSION: Final = 1


class Transition(StrEnum):
    """How a shot follows the one before it."""

    CUT = "cut"  #: The picture changes at once.
    CROSSFADE = "crossfade"  #: The two shots overlap and blend.
    FADE = "fade"  #: The shot before fades to black, then this one fades in; nothing overlaps.
    CONTINUE = "continue"  #: No cut: this shot goes on from the last frame of the one before.


@dataclass(frozen=True, slots=True)
class Shot:
    """One continuous piece of the film, told by one prompt."""

    #: Everything a generator needs to know, in words; subject, place, light and style included.
    prompt: str
    #: Length of the segment, overlap with the shot before included.
    frames: int
    seed: int
    #: How the shot follows the one before; the first shot has ``CUT`` or ``FADE`` (from black).
    transition: Transition = Transition.CUT
    #: Frames of overlap (``CROSSFADE``) or of each half of the fade (``FADE``); else 0.
    transition_frames: int = 0
    #: Camera move and framing in words ("pan left", "close-up"); None leaves it to the prompt.
    camera: str | None = None
    framing: str | None = None
    #: What the first and last frame show, where it differs from ``prompt``.
    first_keyframe: str | None = None
    last_keyframe: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered shots in one picture format; the sum of their lengths is exact by construction."""

    brief: str
    shots: tuple[Shot, ...]
    format: Format
    seed: int
    style: str | None = None
    #: Names of the subjects that go through the film.
    cast: tuple[str, ...] = ()
    #: What the planner could not honour, one sentence each.
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.shots:
            raise InvalidRequest("a plan needs at least one shot", param="shots")

    @property
    def frames(self) -> int:
        """Count the frames of the finished film: segments less their overlaps."""
        overlaps = (
            shot.transition_frames for shot in self.shots if shot.transition is Transition.CROSSFADE
        )
        return sum(shot.frames for shot in self.shots) - sum(overlaps)
