"""A Job and its Steps, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from ttv.errors import InvalidRequest
from ttv.ids import is_id
from ttv.jobs._state import STAGES, Stage, State, StepState

#: Worker pools: by what a step occupies while it runs.
POOLS: Final = ("cpu", "gpu", "remote")

_STEP_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_job_id(text: str) -> bool:
    """Tell whether a text has the form of a job's id (``job_`` and a ULID)."""
    return is_id("job", text)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job or a step failed, in words for its owner."""

    #: Stable machine-readable name, as in ttv.errors.
    code: str
    message: str
    #: Name of the step that failed.
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Money, in millionths of a US dollar; it stays when a job is tried or made again."""

    #: What the plan was priced at; None before there is one, and for a step.
    estimate: int | None = None
    #: Set aside for what is being bought, or may have been.
    reserved: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One unit of a job's work: what it is, then how far it is."""

    #: Unique in the job, lower-case words joined by hyphens: "segment-2".
    name: str
    kind: str
    #: Names of earlier steps whose results it reads.
    needs: tuple[str, ...] = ()
    #: Number of the shot, from 1, where the step belongs to one.
    shot: int | None = None
    pool: str = "cpu"
    #: Share of the job's work; any positive unit.
    weight: float = 1.0
    #: Name of the step that planned it; None for a step that the job was made with.
    planned_by: str | None = None

    state: StepState = StepState.WAITING
    #: Highest fraction done that was ever reported, 0.0 to 1.0.
    fraction: float = 0.0
    #: How often it was claimed; a lease given back by a draining worker does not count.
    attempts: int = 0
    #: Fencing token of the latest claim; a write with another one is refused.
    token: int = 0
    #: Name of the worker that made the latest claim.
    worker: str | None = None
    result: Mapping[str, Any] | None = None
    #: Sentences for the job's owner about what it made.
    warnings: tuple[str, ...] = ()
    error: Failure | None = None
    cost: Cost = Cost()

    def __post_init__(self) -> None:
        if not _STEP_NAME.fullmatch(self.name):
            raise InvalidRequest(f"a step cannot be named {self.name!r}", param="steps")
        if self.kind not in STAGES:
            raise InvalidRequest(f"a step cannot be of kind {self.kind!r}", param="steps")
        if self.pool not in POOLS:
            raise InvalidRequest(f"there is no worker pool {self.pool!r}", param="steps")
        if not self.weight > 0:
            raise InvalidRequest(f"step {self.name} has no weight", param="steps")

    @property
    def stage(self) -> Stage:
        """Give the stage that this step belongs to."""
        return STAGES[self.kind]

    def anew(self) -> Self:
        """Give the step as if it had never run."""
        return replace(
            self,
            state=StepState.WAITING,
            fraction=0.0,
            attempts=0,
            token=0,
            worker=None,
            result=None,
            warnings=(),
            error=None,
        )


@dataclass(frozen=True, slots=True)
class StepId:
    """Names one step of one attempt at a job; its text is the id in the queue."""

    job: str
    attempt: int
    step: str

    def __str__(self) -> str:
        return f"{self.job}:{self.attempt}:{self.step}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form."""
        job, attempt, step = text.split(":")
        return cls(job=job, attempt=int(attempt), step=step)


@dataclass(frozen=True, slots=True)
class Terms:
    """On which conditions a job is made; fixed when it is accepted."""

    #: Id of the API key that asked for it.
    key: str | None = None
    #: Higher goes first among the jobs of its tenant: -1 low, 0 normal, 1 high.
    priority: int = 0
    #: Milliseconds since 1970 before which no step of it runs.
    start_at: int | None = None
    #: Milliseconds since 1970 after which it fails if it is not over.
    deadline: int | None = None
    #: Millionths of a US dollar that it may cost.
    max_cost: int | None = None
    #: Id of the request that made it, for logs.
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One request for one film."""

    id: str
    tenant: str
    #: What was asked for, as JSON that only the pipeline reads.
    request: Mapping[str, Any]
    #: Milliseconds since 1970 by the clock of Redis, as all times here.
    created_at: int
    terms: Terms = Terms()
    state: State = State.QUEUED
    stage: Stage = Stage.PLANNING
    #: 1 at first; a retry makes the next attempt on the same record.
    attempt: int = 1
    #: Grows by one with every change; the ETag of the job.
    revision: int = 1
    #: Grows with every change to the set of steps or of finished steps; a writer who
    #: decided on an older one decides again.
    graph: int = 1
    #: Why no step of it starts until it is resumed.
    hold: Failure | None = None
    #: In an order where each step follows those it needs. A listing carries no steps.
    steps: tuple[Step, ...] = ()
    #: 0.0 to 1.0; falls only when another attempt begins.
    progress: float = 0.0
    #: What is being done, for people.
    message: str = ""
    started_at: int | None = None
    finished_at: int | None = None
    error: Failure | None = None
    warnings: tuple[str, ...] = ()
    #: What the last step made in the latest attempt that finished.
    result: Mapping[str, Any] | None = None
    cost: Cost = Cost()

    def step(self, name: str) -> Step:
        """Give the step of that name; raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def step_id(self, name: str) -> str:
        """Give the id in the queue of a step of this attempt."""
        return str(StepId(self.id, self.attempt, name))

    def readied(self, names: Collection[str]) -> Self:
        """Give the job with these of its waiting steps ready to run."""
        steps = (
            replace(step, state=StepState.READY)
            if step.name in names and step.state is StepState.WAITING
            else step
            for step in self.steps
        )
        return replace(self, steps=tuple(steps))

    def settled(self, name: str, outcome: Outcome) -> Self:
        """Give the job with one step done, its result kept and the steps it planned added."""
        done = replace(
            self.step(name),
            state=StepState.DONE,
            fraction=1.0,
            result=outcome.result,
            warnings=outcome.warnings,
            error=None,
        )
        steps = tuple(done if step.name == name else step for step in self.steps)
        planned = (replace(step, planned_by=name) for step in outcome.steps)
        return replace(
            self,
            steps=ordered((*steps, *planned)),
            warnings=(*self.warnings, *(w for w in outcome.warnings if w not in self.warnings)),
        )

    def resumed(self) -> Self:
        """Give the job with its steps free to start."""
        return replace(self, hold=None)

    def renewed(self, stale: Collection[str] = ()) -> Self:
        """Give the job at the start of its next attempt.

        Done steps are kept, save those that are stale or need one that is not done. What a
        stale step planned is forgotten, for it plans again.
        """
        undone, steps = {*stale}, list[Step]()
        for step in self.steps:
            if step.planned_by in undone:
                undone.add(step.name)
                continue
            if step.state is StepState.DONE and undone.isdisjoint({step.name, *step.needs}):
                steps.append(step)
            else:
                undone.add(step.name)
                steps.append(step.anew())
        state = State.QUEUED if self.state.terminal else self.state
        warnings = dict.fromkeys(warning for step in steps for warning in step.warnings)
        return replace(
            self,
            state=state,
            attempt=self.attempt + 1,
            hold=None,
            steps=tuple(steps),
            warnings=tuple(warnings),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running a step gave."""

    #: JSON that the steps which need it will read.
    result: Mapping[str, Any]
    #: Steps to add to the job: what planning found out.
    steps: tuple[Step, ...] = ()
    #: Sentences for the job's owner.
    warnings: tuple[str, ...] = ()
    #: True when it had been made before and nothing was spent.
    reused: bool = False


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Check that names are unique and that each step needs earlier ones only: no cycles.

    Raises InvalidRequest.
    """
    checked = tuple(steps)
    seen: set[str] = set()
    for step in checked:
        if step.name in seen:
            raise InvalidRequest(f"two steps are named {step.name!r}", param="steps")
        for need in step.needs:
            if need not in seen:
                raise InvalidRequest(
                    f"step {step.name} needs {need!r}, which is not an earlier step",
                    param="steps",
                )
        seen.add(step.name)
    return checked
