"""A step that kills the worker it runs on: it is given up, and the others do not suffer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.chaos.conftest import Figures, Houses
from tests.chaos.house import House
from tests.chaos.trials import PATIENCE, TRIALS
from tests.integration.waiting import eventually
from ttv.jobs import Job, State, StepState

pytestmark = pytest.mark.anyio

#: How often a step may be claimed, as the service has it.
_ATTEMPTS = 4
#: The share of their throughput that other jobs keep.
_KEPT = 0.8
#: Films under way; three workers make six steps at once.
_AT_ONCE = 12


async def test_a_poison_step_is_given_up_while_the_others_go_on(
    houses: Houses, figures: Figures
) -> None:
    async with (
        houses(0) as house,
        houses(1) as control,
        _crew(house),
        _crew(control),
        _busy(control) as alone,
        _busy(house) as beside,
    ):
        # Both sides have finished films before the first kill: their workers are warm.
        await eventually(lambda: bool(alone and beside), seconds=PATIENCE)
        poison = await house.order({"segments": 1, "poison": "segment-1"})
        poison = await house.over(poison, seconds=PATIENCE)
        began = house.notes("begin", job=poison.id, step="segment-1")
        letters = (await house.jobs.store.dead_letters("local")).letters
    assert poison.started_at
    assert poison.finished_at
    kept, plain = (_rate(made, poison.started_at, poison.finished_at) for made in (beside, alone))
    figures(
        "segment that kills its worker",
        jobs_beside=len(beside),
        finished=sum(job.state is State.FINISHED for job in beside),
        attempts=len(began),
        dead_letters=len(letters),
        throughput=f"{kept / plain:.0%} of {plain:.1f} films/s",
    )
    step = poison.step("segment-1")
    assert (poison.state, step.state, step.attempts) == (State.FAILED, StepState.FAILED, _ATTEMPTS)
    assert poison.error
    assert poison.error.code == "worker_lost"
    assert len(began) == _ATTEMPTS
    assert [str(letter.step_id) for letter in letters] == [poison.step_id("segment-1")]
    assert {job.state for job in beside} == {State.FINISHED}
    assert kept >= _KEPT * plain


def _crew(house: House) -> AbstractAsyncContextManager[object]:
    house.lease = TRIALS.poison_lease
    return house.crew(3, slots=2)


@asynccontextmanager
async def _busy(house: House) -> AsyncIterator[list[Job]]:
    """Have more films than the workers make at once, for a block and to their end.

    Gives those that are over. Their steps take time, not the processor.
    """
    over: list[Job] = []
    stop = asyncio.Event()

    async def keep(place: int) -> None:
        while not stop.is_set():
            name = f"{place}-{len(over)}"
            job = await house.order({"segments": 1, "name": name, "step_seconds": 0.2})
            over.append(await house.over(job, seconds=PATIENCE))

    async with asyncio.TaskGroup() as group:
        for place in range(_AT_ONCE):
            group.create_task(keep(place))
        try:
            yield over
        finally:
            stop.set()


def _rate(made: list[Job], start: int, end: int) -> float:
    """Count the films that were finished in a time, for each second of it."""
    return sum(start < (job.finished_at or 0) <= end for job in made) / (end - start) * 1000
