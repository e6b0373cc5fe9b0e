"""What happened to a job, as its journal tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

#: The place before a journal's first event.
START: Final = "0-0"


class EventKind(StrEnum):
    """What an event tells."""

    CREATED = "created"  #: The job was accepted.
    STARTED = "started"  #: Its first step was claimed.
    CLAIMED = "claimed"  #: A worker began a step.
    PROGRESS = "progress"  #: A step got further, or says what it does.
    DONE = "done"  #: A step's result is stored.
    RETRYING = "retrying"  #: A step failed and will be tried again.
    EXPIRED = "expired"  #: The worker of a step fell silent; another will take it.
    RELEASED = "released"  #: The worker of a step stops and gave it back.
    STEP_FAILED = "step_failed"  #: A step failed after its job had failed.
    RESERVED = "reserved"  #: Money was set aside for a step.
    CHARGED = "charged"  #: A step was paid for.
    REFUNDED = "refunded"  #: What was set aside for a step came free.
    FINISHED = "finished"  #: The film is there.
    FAILED = "failed"  #: A step failed for good, and the job with it.
    OVERDUE = "overdue"  #: The deadline passed, and the job failed.
    CANCELED = "canceled"  #: The user stopped the job.
    PAUSED = "paused"  #: The user lets no more steps start.
    HELD = "held"  #: A step cannot go on until a person decides, so no more steps start.
    RESUMED = "resumed"  #: Steps start again.
    RETRIED = "retried"  #: Another attempt makes what the one before did not.
    REMADE = "remade"  #: Another attempt makes some of it again, to a new order.

    @property
    def ends(self) -> bool:
        """Tell whether it ends the attempt; only a person can begin another."""
        return self in _ENDS


_ENDS: Final = frozenset(
    {EventKind.FINISHED, EventKind.FAILED, EventKind.OVERDUE, EventKind.CANCELED}
)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a job's journal."""

    #: Its place in the journal: ``<milliseconds>-<number>``; reading resumes after it.
    id: str
    kind: EventKind
    #: The job's revision that this change made.
    revision: int
    #: The job's progress after it.
    progress: float
    #: Name of the step that it is about.
    step: str | None = None
    message: str = ""

    @property
    def at(self) -> int:
        """Give the time in milliseconds since 1970."""
        return int(self.id.partition("-")[0])

    @classmethod
    def read(cls, entry_id: str, fields: Mapping[Any, Any]) -> Self:
        """Read an entry of the stream."""
        return cls(
            id=entry_id,
            kind=EventKind(fields["kind"]),
            revision=int(fields["revision"]),
            progress=float(fields["progress"]),
            step=fields["step"] or None,
            message=fields["message"],
        )


@dataclass(frozen=True, slots=True)
class Tail:
    """What followed one event of a journal, or the first part of it."""

    events: tuple[Event, ...]
    #: False when some of what followed is not kept any more.
    whole: bool
