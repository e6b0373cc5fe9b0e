"""What follows from the states of a job's steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ttv.jobs._job import Job, Step
from ttv.jobs._state import STAGES, Stage, StepState

_ORDER: Final = tuple(STAGES.values())

#: Planning is one part in this many of a film's work, until the plan says what the rest is.
_PLANNING_SHARE: Final = 20


@dataclass(frozen=True, slots=True)
class Advance:
    """What the record of a job should say next."""

    #: Names of the steps that may run now and do not, in the order of the job.
    ready: tuple[str, ...]
    stage: Stage
    #: True when every step is done.
    finished: bool


def advance(job: Job) -> Advance:
    """Decide which steps of a job may run; deciding twice changes nothing."""
    unfinished = [step for step in job.steps if step.state is not StepState.DONE]
    stage = min((step.stage for step in unfinished), key=_ORDER.index, default=_ORDER[-1])
    stopped = job.state.terminal or any(step.state is StepState.FAILED for step in unfinished)
    if stopped or (job.hold and unfinished):
        return Advance(ready=(), stage=stage, finished=False)
    done = {step.name for step in job.steps if step.state is StepState.DONE}
    ready = tuple(
        step.name
        for step in unfinished
        if step.state in {StepState.WAITING, StepState.READY} and done.issuperset(step.needs)
    )
    return Advance(ready=ready, stage=stage, finished=not unfinished)


def work(steps: Iterable[Step]) -> float:
    """Weigh a job's whole work, for its progress; before it is planned, a guess."""
    known = tuple(steps)
    weight = sum(step.weight for step in known)
    planned = any(step.stage is not Stage.PLANNING for step in known)
    return weight if planned else weight * _PLANNING_SHARE
