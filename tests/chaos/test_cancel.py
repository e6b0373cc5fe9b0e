"""Jobs canceled at every stage: the work ends, what was finished is kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from tests.chaos.conftest import Figures, Houses
from tests.chaos.house import FILM, MOMENTS, House, Moment, ended, patient
from tests.chaos.trials import TRIALS, spread, tried
from tests.integration.waiting import eventually
from ttv.jobs import Job, State

pytestmark = pytest.mark.anyio

#: Seconds in which the work of a canceled job ends (CONVENTIONS.md).
_PROMPT = 5.0


@dataclass(frozen=True, slots=True)
class _Canceled:
    """What one cancel led to."""

    state: State
    #: Until child, grandchild and scratch were gone.
    seconds: float
    #: Changes of the job or of stored files after that.
    writes: int
    #: The same order once more: how it ended, and what was made or paid for that was stored.
    again: State
    made_again: int
    paid_again: int


async def test_a_canceled_job_ends_at_once_and_keeps_what_was_finished(
    houses: Houses, figures: Figures
) -> None:
    async def trial(moment: Moment, lane: int) -> _Canceled:
        async with houses(lane) as house:
            return await _canceled(house, moment)

    ends = await tried(MOMENTS * TRIALS.cancel, trial, at_once=5)

    figures(
        "job canceled at every stage",
        trials=len(ends),
        canceled=sum(end.state is State.CANCELED for end in ends),
        gone_s=spread([end.seconds for end in ends]),
        later_writes=sum(end.writes for end in ends),
        made_again=sum(end.made_again for end in ends),
        paid_again=sum(end.paid_again for end in ends),
    )
    assert {end.state for end in ends} == {State.CANCELED}
    assert max(end.seconds for end in ends) <= _PROMPT
    assert {end.again for end in ends} == {State.FINISHED}
    assert sum(end.writes + end.made_again + end.paid_again for end in ends) == 0


async def _canceled(house: House, moment: Moment) -> _Canceled:
    house.worker("ann")
    job = await house.stopped_at(moment, FILM)
    begun = house.notes("begin")
    clock = asyncio.get_running_loop().time
    canceled_at = clock()
    canceled = await patient(lambda: house.jobs.store.cancel(job.id, tenant="local"))
    pids = [note[who] for note in begun for who in ("child", "grandchild") if note[who]]
    await ended(pids, seconds=30)
    await eventually(lambda: not house.scratch(job), seconds=30)
    seconds = clock() - canceled_at
    before, kept = await _seen(house, job), house.made()
    house.let_go(moment)
    again = await house.over(await house.order(FILM))
    after = await _seen(house, job)
    later = house.notes("begin")[len(begun) :]
    return _Canceled(
        canceled.state,
        seconds,
        writes=int(before != after),
        again=again.state,
        made_again=sum(note["step"] in kept for note in later),
        paid_again=sum(charge["late"] for charge in house.notes("charge")),
    )


async def _seen(house: House, job: Job) -> tuple[object, ...]:
    """Give all that a late writer could change."""
    return await house.seen(job), await house.events(job), house.scratch(job)
