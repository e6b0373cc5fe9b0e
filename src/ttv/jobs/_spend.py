"""The budget of jobs: money is set aside before it is spent, within every limit at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ttv.errors import Cancelled, LeaseLost, OverBudget
from ttv.jobs._job import Job, Step
from ttv.money import usd
from ttv.redis import Connection, answering

#: The counter of what was spent, kept with those of the workers.
SPEND_METRIC: Final = "ttv_spend_usd"
_DAY: Final = 24 * 3600 * 1000
#: How long the sums of a day are kept, as scripts/_spend.lua says.
_KEPT_DAYS: Final = 62
#: Milliseconds after which an orphan is told again, and how many jobs' at once.
_TOLD_AGAIN: Final = 600_000
_AT_ONCE: Final = 100

#: What each limit is called, and how to get on when it is reached.
_LIMITS: Final = {
    "job": ("this job may cost", "Resume it with a higher max_cost."),
    "key": (
        "its API key may spend in all",
        "Ask for the film with another key; finished shots are kept.",
    ),
    "key_day": (
        "its API key may spend in a day",
        "Resume the job tomorrow, or ask for the film with another key; finished shots are kept.",
    ),
    "tenant_day": (
        "its tenant may spend in a day",
        "Resume the job tomorrow, or raise max_cost_per_day of the tenant.",
    ),
}


@dataclass(frozen=True, slots=True)
class Paid:
    """Something that a step buys; its id is unique over all jobs."""

    id: str
    engine: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """What is still set aside for a job that is over or deleted, with nobody following it."""

    job: str
    #: What was asked for, as ``Job.request``.
    request: Mapping[str, Any]
    step: str
    paid: Paid


@dataclass(frozen=True, slots=True)
class Sum:
    """Money of one day, in millionths of a US dollar."""

    #: Milliseconds since 1970 at the start of the day, which is one of UTC.
    day: int
    reserved: int
    spent: int


class Spend:
    """Keeps the sums of jobs, API keys and tenants, over a connection that the caller opens.

    Every call gives the same when it is repeated. All raise Unavailable.
    """

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    async def reserve(self, job: Job, step: Step, paid: Paid, amount: int) -> None:
        """Set money aside for a claimed step, as it was claimed.

        Raises OverBudget, and LeaseLost or Cancelled where the claim does not stand any more.
        """
        answer = await self._redis.script(
            "reserve", *_fence(job, step), paid.id, paid.engine, amount, _dollars(amount)
        )
        if answer[0] in _LIMITS:
            raise _over(answer[0], step, amount, limit=int(answer[1]), used=int(answer[2]))
        _check(answer[0], "reserved")

    async def charge(self, job_id: str, step: str, paid: Paid, cost: int) -> None:
        """Write down what was spent for a step, whatever became of its job."""
        sample = json.dumps([SPEND_METRIC, f"{SPEND_METRIC}_total", {"engine": paid.engine}])
        await self._redis.script(
            "charge", job_id, step, paid.id, paid.engine, cost, sample, _dollars(cost)
        )

    async def release(self, job_id: str, paid: Paid) -> None:
        """Give back what was set aside."""
        await self._redis.script("unreserve", job_id, paid.id)

    async def estimate(self, job: Job, step: Step, cost: int) -> None:
        """Note what the job will cost, in the name of the claimed step that planned it.

        Raises LeaseLost or Cancelled where the claim does not stand any more.
        """
        _check(await self._redis.script("estimate", *_fence(job, step), cost), "noted")

    async def orphans(self) -> tuple[Orphan, ...]:
        """Give what is nobody's; of many that ask, one is told, and again after ten minutes."""
        found = await self._redis.script("orphans", _TOLD_AGAIN, _AT_ONCE)
        return tuple(
            Orphan(job, json.loads(request), step, Paid(name, engine))
            for job, request, name, step, engine in found
        )

    async def of_tenant(self, tenant: str, *, since: int, until: int) -> tuple[Sum, ...]:
        """Give the sums of a tenant's days between two times, the oldest first.

        Days without any are left out, and so are those of more than two months ago.
        """
        last = until // _DAY
        days = range(max(since // _DAY, last - _KEPT_DAYS), last + 1)
        with answering():
            async with self._redis.redis.pipeline(transaction=False) as pipe:
                read = [pipe.hgetall(f"ttv:spend:tenant:{tenant}:{day}") for day in days]
            sums = [await one for one in read]
        return tuple(
            Sum(day * _DAY, int(found.get("reserved", 0)), int(found.get("spent", 0)))
            for day, found in zip(days, sums, strict=True)
            if found
        )


def _fence(job: Job, step: Step) -> tuple[str, str, int]:
    return job.step_id(step.name), step.worker or "", step.token


def _check(answer: str, expected: str) -> None:
    if answer == "canceled":
        raise Cancelled
    if answer != expected:
        raise LeaseLost


def _dollars(amount: int) -> str:
    return f"{usd(amount)} US dollars"


def _over(which: str, step: Step, amount: int, *, limit: int, used: int) -> OverBudget:
    what, way_out = _LIMITS[which]
    return OverBudget(
        f"{step.name} would cost {_dollars(amount)}, but of the {usd(limit)} that {what} "
        f"{usd(used)} are spent or set aside. {way_out}"
    )
