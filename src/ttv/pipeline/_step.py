"""A Step: a unit of slow or paid work, the grain of retry and resume."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from ttv.artifacts import Artifact


class Kind(StrEnum):
    """What a step makes; the names are also the stages of a job."""

    PLAN = "plan"
    KEYFRAME = "keyframe"
    SEGMENT = "segment"
    FILM = "film"
    OUTPUT = "output"  # the film in another form
    DELIVERY = "delivery"


def of_shot(kind: Kind, number: int) -> str:
    """Name the step of one shot, such as "segment-2"."""
    return f"{kind}-{number}"


def of_output(name: str) -> str:
    """Name the step of an output, such as "output-webm"."""
    return f"{Kind.OUTPUT}-{name}"


def output_of(step: str) -> str:
    """Name the output that such a step makes."""
    return step.removeprefix(of_output(""))


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the film's graph."""

    #: Unique inside a film: "plan", "keyframe-1", "segment-2", "film", "output-webm" ...
    name: str
    kind: Kind
    #: Names of the steps whose results it reads.
    needs: tuple[str, ...] = ()
    #: Number of the shot, from 1, for keyframes and segments.
    shot: int | None = None
    #: Worker pool: "cpu", "gpu" or "remote".
    pool: str = "cpu"
    #: Share of the film's work, for progress; any positive unit.
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a step made: stored files by role, and facts for the manifest."""

    #: Content address of the step: equal inputs give an equal address.
    address: str
    #: Files by role ("clip", "still", "plan", "film", "poster", "webm", "manifest" ...).
    files: Mapping[str, Artifact] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    #: Facts for the manifest (frames, codec, reason of the mode ...), plain JSON.
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: True when the store already held it and nothing was made.
    reused: bool = False
    #: Seconds of wall time spent making it; 0 when reused.
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {
            "address": self.address,
            "files": {
                role: {
                    "key": file.key,
                    "size": file.size,
                    "sha256": file.sha256,
                    "content_type": file.content_type,
                }
                for role, file in self.files.items()
            },
            "warnings": list(self.warnings),
            "facts": dict(self.facts),
            "reused": self.reused,
            "seconds": round(self.seconds, 3),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        return cls(
            address=document["address"],
            files={role: Artifact(**file) for role, file in document["files"].items()},
            warnings=tuple(document["warnings"]),
            facts=document["facts"],
            reused=document["reused"],
            seconds=document["seconds"],
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running one step gave."""

    result: Result
    #: The rest of the film's steps; only planning gives any.
    steps: tuple[Step, ...] = ()
    #: What the film will cost, in millionths of a US dollar; only planning tells.
    cost: int | None = None


#: Called with the fraction done (0.0 to 1.0) of the running step and a short text for people.
Report = Callable[[float, str], None]
