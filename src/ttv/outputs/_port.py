"""What an output is: the finished film in another form, as files with fixed names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ttv.media import Transition


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot as it lies on the timeline of the film; all lengths are in frames."""

    words: str
    #: Which frames of the film are its own; an overlap is shared in its middle.
    start: int
    frames: int
    #: Length of its clip, and which frame of it the film shows at ``start``.
    clip_frames: int
    clip_start: int = 0
    transition: Transition = Transition.CUT
    transition_frames: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """What outputs are made from."""

    film: Path
    fps: int
    shots: tuple[Shot, ...]
    #: The clips of the shots, only for an output that reads them.
    clips: tuple[Path, ...] = ()
    #: What the film says of itself ("title", "comment"); nothing where metadata is stripped.
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Count the frames of the film."""
        return sum(shot.frames for shot in self.shots)

    def seconds(self, frame: int) -> float:
        """Give the time of a frame of the film."""
        return frame / self.fps


#: Hears the fraction done, from 0.0 to 1.0.
Report = Callable[[float], None]


class Make(Protocol):
    """Writes the files of an output."""

    def __call__(self, source: Source, folder: Path, report: Report, /) -> None:
        """Write every file of the output into ``folder``, and nothing else.

        Runs in a child process with limits. Equal sources give equal bytes. Raises the errors of
        ``ttv.media`` and of storage.
        """


@dataclass(frozen=True, slots=True)
class Output:
    """One form that a finished film can be had in."""

    name: str
    #: Changes whenever equal sources would give other bytes.
    version: int
    #: The names of its files by role; roles and names are unique among all outputs.
    files: Mapping[str, str]
    make: Make
    #: Whether it reads the clips of the shots, and whether their words and places.
    reads_clips: bool = False
    reads_shots: bool = False
    #: Roles of the texts that name files that lie beside them.
    texts: frozenset[str] = frozenset()
    #: Work for one frame of the film, where drawing one is 1.0.
    weight: float = 0.1
