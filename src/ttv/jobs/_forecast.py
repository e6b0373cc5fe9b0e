"""When a job's turn comes and when it will be done, worked out from a moment of the queue."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ttv.jobs._job import Job, Step
from ttv.jobs._state import Stage, StepState


@dataclass(frozen=True, slots=True)
class Rival:
    """A tenant whose steps wait in a pool."""

    tenant: str
    #: Virtual time at which its next step starts.
    start: float
    weight: float
    #: Waiting steps of jobs that have begun; they come before its new jobs.
    begun: int
    #: New jobs that wait for their first turn.
    new: int


@dataclass(frozen=True, slots=True)
class Turn(Rival):
    """The tenant of a waiting job: ``begun`` and ``new`` are those before the job."""

    #: The step that the job begins with.
    step: str


@dataclass(frozen=True, slots=True)
class Paces:
    """Moving averages of how long work takes, in seconds."""

    #: From the start of a film to its end.
    film: float | None
    #: Seconds of a pool's slots that a film takes, by pool.
    work: Mapping[str, float]
    #: For each unit of a step's weight, by kind and pool.
    steps: Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Pool:
    """A worker pool."""

    #: Steps that it runs at once.
    slots: int
    #: Tenants that have steps waiting for them.
    crowd: int
    #: Steps that run or were handed over.
    busy: int


def position(turn: Turn, work: float, rivals: Iterable[Rival]) -> int:
    """Count the new jobs that begin before a job, whose own first step weighs ``work``."""
    start = turn.start + (turn.begun + turn.new) * work / turn.weight
    return turn.new + sum(_jobs_before(rival, start, work, turn.tenant) for rival in rivals)


def _jobs_before(rival: Rival, start: float, work: float, tenant: str) -> int:
    turns = (start - rival.start) * rival.weight / work
    near = round(turns)
    if math.isclose(turns, near, abs_tol=1e-9):  # it starts at the same time: names decide
        served = near + (1 if rival.tenant < tenant else 0)
    else:
        served = math.ceil(turns)
    return min(max(served - rival.begun, 0), rival.new)


def forecast(
    job: Job,
    paces: Paces,
    pools: Mapping[str, Pool],
    *,
    before: int | None,
    started: int,
    now: int,
) -> int | None:
    """Estimate the seconds until a job is done, with two digits; None while unknown.

    Half of what ``started`` jobs take is counted as still before a job that waits, and all of
    what the jobs ``before`` it take. Its own steps share each pool with the other tenants.
    Nobody knows when a step runs whose pool has no worker.
    """
    own = _film_seconds(job, paces, pools, now)
    stuck = any(
        not pools[step.pool].slots for step in job.steps if step.state is not StepState.DONE
    )
    if own is None or stuck:
        return None
    wait = 0.0
    if before is not None:
        wait = _wait_seconds(before + started / 2, paces, pools) if _full(pools, before) else 0.0
    delay = max(((job.terms.start_at or 0) - now) / 1000, 0.0)
    return _rounded(delay + wait + own)


def _full(pools: Mapping[str, Pool], before: int) -> bool:
    return before > 0 or any(pool.busy >= pool.slots > 0 for pool in pools.values())


def _wait_seconds(films: float, paces: Paces, pools: Mapping[str, Pool]) -> float:
    """Give how long the busiest pool works on so many films."""
    seconds = (
        films * work / max(pools[name].slots, 1)
        for name, work in paces.work.items()
        if name in pools
    )
    return max(seconds, default=0.0)


def _film_seconds(job: Job, paces: Paces, pools: Mapping[str, Pool], now: int) -> float | None:
    if all(step.stage is Stage.PLANNING for step in job.steps):  # nobody knows its steps yet
        if paces.film is None:
            return None
        passed = (now - job.started_at) / 1000 if job.started_at else 0.0
        return max(paces.film - passed, 0.0)
    seconds: dict[str, float] = {}
    for step in job.steps:
        if step.state is StepState.DONE:
            continue
        pace = paces.steps.get((step.kind, step.pool))
        if pace is None:
            return None
        seconds[step.name] = pace * step.weight * (1 - step.fraction)
    shares = {name: max(pool.slots // max(pool.crowd, 1), 1) for name, pool in pools.items()}
    return makespan(job.steps, seconds, shares)


def makespan(
    steps: Iterable[Step], seconds: Mapping[str, float], slots: Mapping[str, int]
) -> float:
    """Give how long the steps take that need ``seconds``, each as soon as a slot is free.

    Steps that are not in ``seconds`` are done. Steps come in an order where each follows those
    it needs, and take the slots of their pool in that order.
    """
    ends: dict[str, float] = {}
    free = {pool: [0.0] * count for pool, count in slots.items()}
    for step in steps:
        if step.name not in seconds:
            continue
        ready = max((ends[need] for need in step.needs if need in ends), default=0.0)
        start = max(ready, heapq.heappop(free[step.pool]))
        ends[step.name] = start + seconds[step.name]
        heapq.heappush(free[step.pool], ends[step.name])
    return max(ends.values(), default=0.0)


def _rounded(seconds: float) -> int:
    """Keep two digits: more would promise what nobody knows."""
    digits = max(len(str(round(seconds))) - 2, 0)
    return int(round(seconds, -digits)) if digits else math.ceil(seconds)
