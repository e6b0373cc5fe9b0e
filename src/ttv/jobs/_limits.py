"""How many jobs may wait and be under way, and what a caller over a limit is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from ttv.errors import Transient

#: Seconds after which a refused caller may ask again: a queue that is full stays so for a while.
_ASK_AGAIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a tenant that has no limits of its own, and for all tenants together."""

    #: Jobs of one tenant that may be queued.
    max_queued: int = 10_000
    #: Jobs of one tenant that may have begun and be neither over nor held.
    max_running: int = 1_000
    #: Queued jobs of all tenants together.
    max_queue: int = 50_000


class TooManyJobs(Transient):
    """Too many of your jobs are queued; send this one again when some have begun."""

    code: ClassVar[str] = "too_many_jobs"


class QueueFull(Transient):
    """The queue is full; send this job again later."""

    code: ClassVar[str] = "queue_full"


_REFUSALS: Final[dict[str, type[Transient]]] = {
    refusal.code: refusal for refusal in (TooManyJobs, QueueFull)
}


def raise_refusal(word: str) -> None:
    """Raise what a script's answer refuses, if it does."""
    if word in _REFUSALS:
        raise _REFUSALS[word](retry_after=_ASK_AGAIN)
