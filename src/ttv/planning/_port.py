"""The port of the planners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning._plan import Plan


@dataclass(frozen=True, slots=True)
class Brief:
    """What the user asked for, already checked for type and size."""

    prompt: str
    format: Format
    seed: int
    #: Length of the film in frames; None lets the planner choose by the number of beats.
    frames: int | None = None


@dataclass(frozen=True, slots=True)
class ShotLimits:
    """The lengths, in frames, that the chosen generator can make."""

    min_frames: int
    max_frames: int
    #: The only legal lengths, ascending, whatever ``min_frames`` and ``max_frames`` say; empty
    #: when every length between those two is legal.
    allowed: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.min_frames <= self.max_frames:
            raise InvalidRequest(
                f"shots of {self.min_frames} to {self.max_frames} frames do not exist",
                param="limits",
            )
        if any(length < 1 for length in self.allowed) or list(self.allowed) != sorted(self.allowed):
            raise InvalidRequest(
                f"the allowed lengths {self.allowed} must ascend from 1", param="limits"
            )

    def allow(self, frames: int) -> bool:
        """Tell whether a shot may have this length."""
        if self.allowed:
            return frames in self.allowed
        return self.min_frames <= frames <= self.max_frames

    def describe(self, picture: Format) -> str:
        """Say the legal lengths in seconds, for people."""
        if self.allowed:
            return " or ".join(f"{picture.seconds(frames):g}" for frames in self.allowed)
        low, high = picture.seconds(self.min_frames), picture.seconds(self.max_frames)
        return f"{low:g} to {high:g}"


class Planner(Protocol):
    """Turns a brief into a Plan; opened and closed by ``wiring`` like every back end."""

    #: Name and version, part of every content address.
    model: str

    async def plan(self, brief: Brief, limits: ShotLimits) -> Plan:
        """Split the brief into shots of legal length whose film lasts exactly ``brief.frames``.

        Raises InvalidRequest when no such split exists, naming the nearest lengths that do.
        """
