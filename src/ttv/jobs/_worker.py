"""What the store knows of workers: who lives, and who holds which step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ttv.jobs._job import Job, Step, StepId


@dataclass(frozen=True, slots=True)
class WorkerCard:
    """What a worker says of itself."""

    #: Unique to the process.
    name: str
    #: Steps it runs at once, by pool; none while it stops.
    slots: Mapping[str, int]
    #: Ids of the steps that it runs now.
    running: tuple[str, ...] = ()
    #: Milliseconds since 1970 when it was last heard of; the store fills it in.
    seen_at: int = 0

    @property
    def draining(self) -> bool:
        """Tell whether it finishes what it has and takes nothing more."""
        return not self.slots


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to write to a step, until its lease runs out or is taken away."""

    step_id: StepId
    worker: str
    token: int
    #: The job as it was when the step was claimed.
    job: Job

    @property
    def step(self) -> Step:
        """Give the claimed step."""
        return self.job.step(self.step_id.step)


class Hold(StrEnum):
    """What is left of a claim."""

    HELD = "held"  #: It stands; the lease was renewed.
    CANCELED = "canceled"  #: The job was cancelled, or its deadline passed.
    LOST = "lost"  #: The lease ran out, or another attempt at the job began.


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep for stuck work found."""

    #: Steps whose lease had run out.
    freed: tuple[str, ...]
    #: Started jobs that nothing happened to for a while.
    quiet: tuple[str, ...]
    #: Jobs that failed because their deadline has passed.
    overdue: tuple[str, ...]
