"""What will be made: a Plan of Shots, frozen, with one versioned JSON form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ttv import seeds
from ttv.errors import InvalidRequest
from ttv.media import Format, Transition

#: Version of the JSON form; a reader refuses a newer one.
VERSION: Final = 1

#: How long a transition that takes time lasts where nobody says.
TRANSITION_SECONDS: Final = 0.5


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
    #: What the first frame shows, where it differs from ``prompt``.
    first_keyframe: str | None = None

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise InvalidRequest("prompt is empty; say what the shot shows", param="prompt")
        if self.frames < 1:
            raise InvalidRequest(f"frames is {self.frames}; the least is 1", param="frames")
        seeds.checked(self.seed)
        least = 1 if self.transition.takes_time else 0
        most = self.frames if self.transition.takes_time else 0
        if not least <= self.transition_frames <= most:
            raise InvalidRequest(
                f"a {self.transition} into a shot of {self.frames} frames takes "
                f"{least} to {most} frames, not {self.transition_frames}",
                param="transition_frames",
            )

    @property
    def overlap(self) -> int:
        """Count the frames shown together with the end of the shot before."""
        return self.transition_frames if self.transition is Transition.CROSSFADE else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered shots in one picture format; the sum of their lengths is exact by construction."""

    #: The words the user gave.
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
        seeds.checked(self.seed)
        if self.shots[0].transition in (Transition.CROSSFADE, Transition.CONTINUE):
            raise InvalidRequest(
                f"the first shot has none before it to {self.shots[0].transition} from",
                param="shots[0].transition",
            )
        for index, room in self._rooms():
            if room < 0:
                raise InvalidRequest(
                    f"the transition into shot {index + 1} is {-room} frames longer than the "
                    "shot before it has left",
                    param=f"shots[{index}].transition_frames",
                )

    def _rooms(self) -> Iterator[tuple[int, int]]:
        """Give each later shot's index and what its transition leaves of the shot before."""
        for index, (before, shot) in enumerate(pairwise(self.shots), start=1):
            yield index, before.frames - before.transition_frames - shot.transition_frames

    @property
    def frames(self) -> int:
        """Count the frames of the finished film: segments less their overlaps."""
        return sum(shot.frames - shot.overlap for shot in self.shots)
