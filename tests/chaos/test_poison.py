"""A step that kills the worker it runs on: it is given up, and the others do not suffer."""

from __future__ import annotations

import pytest

from tests.chaos.conftest import Figures, Houses
from tests.chaos.house import House
from tests.chaos.trials import PATIENCE, TRIALS
from ttv.jobs import Job, State, StepState

pytestmark = pytest.mark.anyio

#: How often a step may be claimed, as the service has it.
_ATTEMPTS = 4
_KEPT = 0.8


async def test_a_poison_step_is_given_up_while_the_others_go_on(
    houses: Houses, figures: Figures
) -> None:
    async with houses(0) as house, house.crew(3, slots=2):
        alone = await _made(house, "alone", TRIALS.beside_poison // 2)
        poison = await house.order({"segments": 1, "poison": "segment-1"})
        others = await _made(house, "beside", TRIALS.beside_poison)
        poison = await house.over(poison)
        began = house.notes("begin", job=poison.id, step="segment-1")
        letters = (await house.jobs.store.dead_letters("local")).letters
    assert poison.started_at
    assert poison.finished_at
    plain = _rate(alone, alone[0].finished_at or 0, alone[-1].finished_at or 0)
    beside = _rate(others, poison.started_at, min(poison.finished_at, others[-1].finished_at or 0))
    figures(
        "segment that kills its worker",
        jobs_beside=len(others),
        finished=sum(job.state is State.FINISHED for job in others),
        attempts=len(began),
        dead_letters=len(letters),
        throughput=f"{beside / plain:.0%} of {plain:.1f} films/s",
    )
    step = poison.step("segment-1")
    assert (poison.state, step.state, step.attempts) == (State.FAILED, StepState.FAILED, _ATTEMPTS)
    assert poison.error
    assert poison.error.code == "worker_lost"
    assert len(began) == _ATTEMPTS
    assert [str(letter.step_id) for letter in letters] == [poison.step_id("segment-1")]
    assert {job.state for job in others} == {State.FINISHED}
    assert beside >= _KEPT * plain


async def _made(house: House, name: str, count: int) -> list[Job]:
    """Make films whose steps take their time, not the processor's; give them as they ended."""
    ordered = [
        await house.order({"segments": 1, "name": name, "number": number, "step_seconds": 0.1})
        for number in range(count)
    ]
    over = [await house.over(job, seconds=PATIENCE) for job in ordered]
    return sorted(over, key=lambda job: job.finished_at or 0)


def _rate(made: list[Job], start: int, end: int) -> float:
    """Count the films that were finished in a time, for each second of it."""
    return sum(start < (job.finished_at or 0) <= end for job in made) / (end - start) * 1000
