"""Where a job stands in the queue, when it will be done, and how full the queue is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ttv.jobs._forecast import Paces, Pool, Rival, Turn, forecast, position
from ttv.jobs._job import Job, is_job_id
from ttv.jobs._record import NoSuchJob, found_job, pairs
from ttv.redis import Connection

#: Tenants that a place or an overview looks at, at most.
_TENANTS: Final = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands that is not over."""

    #: Queued jobs whose turn comes before its own; 0 is next. None for a job that has begun, is
    #: held, or whose time is yet to come. Exact while at most a hundred tenants wait and their
    #: next jobs begin with equal work; else an estimate.
    position: int | None = None
    #: Seconds until it is done, from the paces of late; None while they are not known.
    eta_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """How full one worker pool is, in steps."""

    waiting: int
    #: Steps whose time is yet to come: retries, and jobs with a time of start.
    delayed: int
    running: int
    #: Steps that the live workers run at once.
    slots: int
    #: How long the oldest waiting step has waited.
    oldest_wait_seconds: float


@dataclass(frozen=True, slots=True)
class TenantLoad:
    """How much one tenant has in the queue, in jobs."""

    queued: int
    #: Jobs that have begun and are neither over nor held.
    running: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The queue at one moment."""

    pools: Mapping[str, PoolLoad]
    #: The first hundred tenants that have jobs in it, by name.
    tenants: Mapping[str, TenantLoad]
    #: How many tenants have.
    tenant_count: int


class Places:
    """Reads the queue, over a connection that the caller opens. Raises Unavailable."""

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    async def look(self, job_id: str, *, tenant: str | None = None) -> tuple[Job, Place]:
        """Read a job and its place at one moment; nothing of the place of one over or held.

        Raises NotFound, also for another tenant's job.
        """
        if not is_job_id(job_id):
            raise NoSuchJob
        facts, steps, queue = await self._redis.script("place", job_id, _TENANTS)
        job = found_job(facts, steps, tenant=tenant)
        return job, _place(job, *queue) if queue else Place()

    async def overview(self) -> Overview:
        """Tell how full the queue is."""
        pools, tenants, count = await self._redis.script("overview", _TENANTS)
        return Overview(
            pools={name: _load(*facts) for name, *facts in pools},
            tenants={name: TenantLoad(*load) for name, *load in tenants},
            tenant_count=count,
        )


def _place(
    job: Job,
    at: str,
    paces: Sequence[str],
    pools: Sequence[Sequence[str]],
    started: int,
    turn: Sequence[str],
    rivals: Sequence[Sequence[str]],
) -> Place:
    before = _before(job, _turn(turn), rivals) if turn else None
    seconds = forecast(
        job,
        _paces(pairs(paces)),
        {name: Pool(int(slots), int(crowd), int(busy)) for name, slots, crowd, busy in pools},
        before=before,
        started=int(started),
        now=int(at),
    )
    return Place(before, seconds)


def _load(waiting: int, delayed: int, running: int, slots: int, oldest: int) -> PoolLoad:
    return PoolLoad(waiting, delayed, running, slots, oldest_wait_seconds=oldest / 1000)


def _before(job: Job, turn: Turn, rivals: Sequence[Sequence[str]]) -> int:
    work = job.step(turn.step).weight
    return position(turn, work, [Rival(*_standing(rival)) for rival in rivals])


def _turn(facts: Sequence[str]) -> Turn:
    return Turn(*_standing(facts), step=facts[6])


def _standing(facts: Sequence[str]) -> tuple[str, float, float, int, int]:
    tenant, _, start, weight, begun, new = facts[:6]
    return tenant, float(start), float(weight), int(begun), int(new)


def _paces(stored: Mapping[str, str]) -> Paces:
    seconds = {name: float(value) / 1000 for name, value in stored.items()}
    parts = {tuple(name.split(":")): value for name, value in seconds.items()}
    return Paces(
        film=seconds.get("time"),
        work={key[1]: value for key, value in parts.items() if key[0] == "work"},
        steps={(key[1], key[2]): value for key, value in parts.items() if key[0] == "step"},
    )
