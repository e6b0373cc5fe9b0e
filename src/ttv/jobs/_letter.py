"""Dead letters: steps that failed for good, for those who run the service."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from ttv.ids import NUMBER
from ttv.jobs._job import Failure, StepId

#: A letter's place in the list: its time, so that the order is that of time, and its step id.
PLACE: Final = re.compile(rf"[0-9]{{15}}:job_{NUMBER}:[0-9]{{1,15}}:[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A step that failed for good and waits for somebody to look at it."""

    step_id: StepId
    tenant: str
    failure: Failure
    #: How often it was tried.
    attempts: int
    #: Name of the worker that tried it last.
    worker: str
    failed_at: int

    @classmethod
    def read(cls, answer: Sequence[str]) -> Self:
        """Read a letter as the script gives it."""
        place, tenant, error, attempts, worker = answer
        at, _, step_id = place.partition(":")
        failure = Failure(**json.loads(error))
        return cls(StepId.parse(step_id), tenant, failure, int(attempts), worker, int(at))


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """A page of dead letters, newest first."""

    letters: tuple[DeadLetter, ...]
    #: Where the next page begins; None on the last.
    cursor: str | None
