"""Jobs and films, as the service tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from ttv.client._document import Document

#: A job with one of these never changes again by itself.
ENDED: Final = frozenset({"finished", "failed", "canceled"})
#: The hold of a job that its user has paused.
PAUSED: Final = "paused"


@dataclass(frozen=True, slots=True)
class Failure(Document):
    """Why a job failed, or is held."""

    #: Stable name of the kind of failure.
    code: str
    #: A sentence for people.
    message: str
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Cost(Document):
    """What a job costs, in US dollars."""

    #: What its plan was priced at; None before that.
    estimate: Decimal | None = None
    #: Set aside for what is being bought, or may have been.
    reserved: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Step(Document):
    """One unit of a job's work."""

    name: str
    #: "plan", "keyframe", "segment", "film", "output" or "delivery".
    kind: str
    #: Number of the shot, from 1, where the step belongs to one.
    shot: int | None
    status: str
    #: 0.0 to 1.0.
    progress: float
    #: How often it was begun.
    attempts: int


@dataclass(frozen=True, slots=True)
class Job(Document):
    """One request for one film, as it stood at ``revision``."""

    id: str
    #: "queued", "started", "finished", "failed" or "canceled".
    status: str
    #: What it is busy with; "paused" while it is held.
    stage: str
    #: 0.0 to 1.0; falls only when it is tried or made again.
    progress: float
    #: What is being done, for people.
    message: str
    #: Grows with every change.
    revision: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: Failure | None = None
    #: Why no step of it starts until it is resumed.
    hold: Failure | None = None
    warnings: tuple[str, ...] = ()
    #: 1 at first; each retry and each segment made anew is another one.
    attempt: int = 1
    #: "low", "normal" or "high".
    priority: str = "normal"
    #: Before then no step of it starts.
    start_at: datetime | None = None
    #: When it fails if it is not over.
    deadline: datetime | None = None
    #: US dollars that it may cost in all; None for no limit.
    max_cost: Decimal | None = None
    cost: Cost = Cost()
    #: Where its film is in Google Cloud Storage, once it is there.
    gcs_uri: str | None = None
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

    @property
    def undecided(self) -> bool:
        """Tell whether it is held until a person decides, other than by its user's own pause."""
        return self.hold is not None and self.hold.code != PAUSED


@dataclass(frozen=True, slots=True)
class Event(Document):
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


@dataclass(frozen=True, slots=True)
class Page(Document):
    """Jobs, newest first."""

    jobs: tuple[Job, ...]
    #: Where the next page begins; None on the last.
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Artifact(Document):
    """A file of a film."""

    #: A link that needs no API key.
    url: str
    #: When the link ends.
    expires_at: datetime
    #: What it is called beside the film.
    file: str
    content_type: str
    #: None for a playlist, which is written when it is asked for.
    size: int | None
    #: Hex SHA-256 of its bytes; None for a playlist.
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Output(Artifact):
    """One of the forms in which a film was delivered."""

    #: "film", "poster", "webm" and so on.
    name: str


@dataclass(frozen=True, slots=True)
class Outputs(Document):
    """The delivered files of a film."""

    outputs: tuple[Output, ...]
