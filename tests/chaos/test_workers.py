"""Workers killed with -9 at every stage, frozen past their lease, or killed all the time."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from dataclasses import dataclass
from typing import Final

import pytest

from tests.acceptance.commands import descendants
from tests.chaos.conftest import Figures, Houses
from tests.chaos.forge import Hand
from tests.chaos.house import FILM, MOMENTS, RESUME, House, Moment, end_all, tree
from tests.chaos.trials import PATIENCE, TRIALS, spread, tried
from tests.integration.waiting import eventually
from ttv.errors import NotFound
from ttv.jobs import EventKind, Job, State

pytestmark = pytest.mark.anyio

_CLAIMS: Final = (EventKind.STARTED, EventKind.CLAIMED)
_OVER: Final = (State.FINISHED, State.FAILED, State.CANCELED)


@dataclass(frozen=True, slots=True)
class _Resumed:
    """What one killed worker led to."""

    moment: Moment
    state: State
    #: From the kill to the next claim of the step that ran.
    seconds: float
    #: Steps that were begun again though their result was stored.
    remade: int
    #: Payments for a segment that was stored.
    paid_again: int
    charges: int


async def test_another_worker_goes_on_where_one_was_killed(
    houses: Houses, figures: Figures
) -> None:
    async def trial(moment: Moment, lane: int) -> _Resumed:
        async with houses(lane) as house:
            return await _killed(house, moment)

    ends = await tried(MOMENTS * TRIALS.stage, trial, at_once=5)

    for moment in MOMENTS:
        here = [end for end in ends if end.moment == moment]
        figures(
            f"worker killed {moment}",
            trials=len(here),
            finished=sum(end.state is State.FINISHED for end in here),
            made_again=sum(end.remade for end in here),
            paid_again=sum(end.paid_again for end in here),
            resumed_s=spread([end.seconds for end in here]),
        )
    assert {end.state for end in ends} == {State.FINISHED}
    assert max(end.seconds for end in ends) <= RESUME
    assert sum(end.remade + end.paid_again for end in ends) == 0
    # A vendor that keeps no keys is paid for once more what was being made, and only that.
    lost = Moment("segment-1", late=False)
    assert [end.charges for end in ends] == [3 if end.moment == lost else 2 for end in ends]


async def _killed(house: House, moment: Moment) -> _Resumed:
    ann = house.worker("ann")
    job = await house.stopped_at(moment, FILM)
    made, killed_at = house.made(), time.time()
    ann.kill()
    await ann.end()
    house.let_go(moment)
    house.worker("bob")
    job = await house.over(job)
    claims = [event for event in await house.events(job) if event.kind in _CLAIMS]
    again = [e.at / 1000 - killed_at for e in claims if e.step == moment.step]
    begun = [note["step"] for note in house.notes("begin") if note["at"] > killed_at]
    charges = house.notes("charge")
    return _Resumed(
        moment,
        job.state,
        seconds=next(seconds for seconds in again if seconds > 0),
        remade=sum(step in made for step in begun),
        paid_again=sum(charge["late"] for charge in charges),
        charges=len(charges),
    )


async def test_a_worker_that_was_frozen_past_its_lease_writes_nothing(
    houses: Houses, figures: Figures
) -> None:
    async def trial(moment: Moment, lane: int) -> tuple[State, int, int]:
        async with houses(lane) as house:
            return await _frozen(house, moment)

    late = [moment for moment in MOMENTS if moment.late]
    cases = [late[number % len(late)] for number in range(TRIALS.zombies)]
    ends = await tried(cases, trial, at_once=8)

    figures(
        "worker frozen past its lease, then thawed",
        trials=len(ends),
        finished=sum(state is State.FINISHED for state, _, _ in ends),
        stale_writes=sum(stale for _, stale, _ in ends),
        told_it_had_lost=sum(told for _, _, told in ends),
    )
    assert {state for state, _, _ in ends} == {State.FINISHED}
    assert sum(stale for _, stale, _ in ends) == 0
    assert sum(told for _, _, told in ends) == len(ends)


async def _frozen(house: House, moment: Moment) -> tuple[State, int, int]:
    """Freeze a worker before its last write, and let it try when all is over."""
    ann = house.worker("ann")
    job = await house.stopped_at(moment, FILM)
    ann.signal(signal.SIGSTOP)
    house.let_go(moment)
    house.worker("bob")
    over = await house.over(job)
    before = (over, await house.events(job), house.stored())
    ann.signal(signal.SIGCONT)
    await eventually(lambda: bool(ann.said("step.lost")), seconds=30)
    after = (await house.seen(job), await house.events(job), house.stored())
    stale = before != after or over.step(moment.step).worker != "bob"
    return over.state, int(stale), len(ann.said("step.lost"))


async def test_every_job_ends_however_often_its_workers_are_killed(
    houses: Houses, figures: Figures
) -> None:
    chance = random.Random(7)
    async with houses(0) as house:
        started = time.monotonic()
        ordered = [
            await house.order({**FILM, "number": number, "step_seconds": 0.01})
            for number in range(TRIALS.jobs)
        ]
        async with house.crew(3) as crew:
            ways = [await _kill(house, crew, number, chance) for number in range(TRIALS.kills)]
            await eventually(lambda: _all_over(house), seconds=PATIENCE)
        found = [await _found(house, job) for job in ordered]
        charges = house.notes("charge")
    segments = TRIALS.jobs * FILM["segments"]
    late = sum(charge["late"] for charge in charges)
    states = [job.state for job in found if job]
    figures(
        "workers killed at random",
        jobs=len(ordered),
        kills="/".join(f"{ways.count(way)} {way}" for way in ("tree", "parent", "child")),
        finished=states.count(State.FINISHED),
        failed=states.count(State.FAILED),
        lost=len(ordered) - len(states),
        pays=f"{len(charges)} for {segments} segments",
        paid_again=late,
        took_s=round(time.monotonic() - started),
    )
    assert len(states) == len(ordered)
    assert set(states) <= set(_OVER)
    assert late == 0
    assert len(charges) <= segments + TRIALS.kills


async def _kill(house: House, crew: dict[str, Hand], number: int, chance: random.Random) -> str:
    """Kill something when so much of the work is done; tell what it was."""
    wanted = TRIALS.jobs * number // (TRIALS.kills + 1)
    await eventually(lambda: _so_many_over(house, wanted), seconds=PATIENCE)
    await asyncio.sleep(chance.uniform(0, 0.1))
    while True:
        hand = crew[chance.choice(sorted(crew))]
        way = chance.choice(("tree", "parent", "child"))
        below = sorted(descendants(hand.pid))
        if hand.ended or (way == "child" and not below):
            await asyncio.sleep(0.02)
            continue
        match way:
            case "tree":
                end_all(tree(hand.pid))
            case "parent":
                hand.kill()
            case _:
                end_all([chance.choice(below)])
        return way


async def _so_many_over(house: House, wanted: int) -> bool:
    return await house.count(*_OVER) >= wanted


async def _all_over(house: House) -> bool:
    return await house.count(State.QUEUED, State.STARTED) == 0


async def _found(house: House, job: Job) -> Job | None:
    try:
        return await house.seen(job)
    except NotFound:
        return None
