"""What the service tells, as frozen values; fields that it may add are ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

#: A job with one of these never changes again by itself.
ENDED: Final = frozenset({"finished", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed."""

    #: Stable name of the kind of failure.
    code: str
    #: A sentence for people.
    message: str
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One unit of a job's work."""

    name: str
    #: "plan", "keyframe", "segment", "film" or "delivery".
    kind: str
    #: Number of the shot, from 1, where the step belongs to one.
    shot: int | None
    status: str
    #: 0.0 to 1.0.
    progress: float
    #: How often it was begun.
    attempts: int


@dataclass(frozen=True, slots=True)
class Job:
    """One request for one film, as it stood at ``revision``."""

    id: str
    #: "queued", "started", "finished", "failed" or "canceled".
    status: str
    stage: str
    #: 0.0 to 1.0; never falls.
    progress: float
    #: What is being done, for people.
    message: str
    #: Grows with every change.
    revision: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: Failure | None = None
    warnings: tuple[str, ...] = ()
    #: What is being made, after defaults; empty in a listing.
    order: Mapping[str, Any] = field(default_factory=dict)
    #: Empty in a listing.
    steps: tuple[Step, ...] = ()
    #: Queued jobs whose turn comes first; None for one that does not wait for its turn.
    queue_position: int | None = None
    #: Estimate of the seconds until it is done; None while that is not known.
    eta_seconds: int | None = None

    @property
    def ended(self) -> bool:
        """Tell whether the job is over, well or not."""
        return self.status in ENDED

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        error = document["error"]
        return cls(
            id=document["id"],
            status=document["status"],
            stage=document["stage"],
            progress=document["progress"],
            message=document["message"],
            revision=document["revision"],
            created_at=datetime.fromisoformat(document["created_at"]),
            started_at=_moment(document["started_at"]),
            finished_at=_moment(document["finished_at"]),
            error=Failure(error["code"], error["message"], error["step"]) if error else None,
            warnings=tuple(document["warnings"]),
            order=document.get("order", {}),
            steps=tuple(_step(step) for step in document.get("steps", ())),
            queue_position=document.get("queue_position"),
            eta_seconds=document.get("eta_seconds"),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a job."""

    #: Its place in the job's journal.
    id: str
    at: datetime
    #: "created", "started", "claimed", "progress", "done", "finished" and so on.
    action: str
    #: Name of the step that it is about.
    step: str | None
    message: str
    #: The job's progress and revision after it.
    progress: float
    revision: int

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        return cls(
            id=document["id"],
            at=datetime.fromisoformat(document["at"]),
            action=document["action"],
            step=document["step"],
            message=document["message"],
            progress=document["progress"],
            revision=document["revision"],
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first."""

    jobs: tuple[Job, ...]
    #: Where the next page begins; None on the last.
    next_cursor: str | None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        jobs = tuple(Job.read(job) for job in document["jobs"])
        return cls(jobs, document["next_cursor"])


@dataclass(frozen=True, slots=True)
class Artifact:
    """The finished film as a file."""

    size: int
    #: Hex SHA-256 of its bytes.
    sha256: str
    content_type: str

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        return cls(document["size"], document["sha256"], document["content_type"])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _step(document: Mapping[str, Any]) -> Step:
    return Step(
        name=document["name"],
        kind=document["kind"],
        shot=document["shot"],
        status=document["status"],
        progress=document["progress"],
        attempts=document["attempts"],
    )
