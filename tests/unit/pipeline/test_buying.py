from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from tests.integration.waiting import eventually
from tests.unit.pipeline.desk import ADDRESS, ENGINE, PRICE, Crash, Desk, Fate, Provider
from ttv.errors import (
    Cancelled,
    ContentRejected,
    InvalidRequest,
    OutcomeUnknown,
    OverBudget,
    Permanent,
    StorageFull,
    Transient,
    TtvError,
    Unfunded,
)
from ttv.generators import HandleLost, State, Status
from ttv.pipeline import Pocket, Purchase

pytestmark = pytest.mark.anyio

RUNNING = Status(State.RUNNING, 0.5)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, Provider(looks_up=True))


async def until(met: asyncio.Event) -> None:
    await asyncio.wait_for(met.wait(), 5)


@pytest.mark.parametrize("looks_up", [True, False])
@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_anywhere_buys_nothing_twice(
    tmp_path: Path, looks_up: bool, after: bool
) -> None:
    for at in range(1, 100):
        desk = Desk(tmp_path / str(at), Provider(looks_up, says=[RUNNING]))
        fate = Fate(at, after=after)
        with suppress(Crash):
            await desk.buy(fate)
        unknown = False
        try:
            await desk.buy()
        except OutcomeUnknown:
            unknown = True

        assert len(desk.provider.sold) <= 1
        if unknown:
            assert not looks_up
            assert (desk.pocket.spent, desk.pocket.reserved) == (0, PRICE)
        else:
            assert desk.provider.sold == [ADDRESS]
            assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)
        if not fate.gone:
            assert at > 8  # it did that much and more before it was done
            return
    raise AssertionError("it never ended")


@pytest.mark.parametrize("looks_up", [True, False])
async def test_two_crashes_in_a_row_buy_nothing_twice(tmp_path: Path, looks_up: bool) -> None:
    for first, second in product(range(2, 8), range(1, 6)):
        desk = Desk(tmp_path / f"{first}-{second}", Provider(looks_up))
        for at in (first, second):
            with suppress(Crash, OutcomeUnknown):
                await desk.buy(Fate(at))
        try:
            await desk.buy()
        except OutcomeUnknown:
            assert not looks_up
            assert len(desk.provider.sold) <= 1
        else:
            assert desk.provider.sold == [ADDRESS]
            assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)


async def test_an_outcome_that_cannot_be_looked_up_stays_unknown_however_often_one_asks(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, Provider(looks_up=False, refuses=[OutcomeUnknown()]))
    for _ in range(3):
        with pytest.raises(OutcomeUnknown):
            await desk.buy()

    assert desk.provider.sold == []
    assert desk.pocket.reserved == PRICE


@pytest.mark.parametrize(
    "refusal", [Transient(), InvalidRequest(), Unfunded(), ContentRejected(), Permanent()]
)
async def test_what_a_provider_does_not_take_costs_nothing_and_keeps_its_key(
    desk: Desk, refusal: TtvError
) -> None:
    desk.provider.refuses = [refusal]

    with pytest.raises(type(refusal)):
        await desk.buy()

    assert (desk.pocket.spent, desk.pocket.reserved) == (0, 0)
    await desk.buy()
    assert desk.provider.sold == [ADDRESS]


@pytest.mark.parametrize(
    "failure", [Transient("bad output"), ContentRejected("too much skin"), None]
)
async def test_what_fails_at_a_provider_costs_what_it_says_and_is_bought_anew(
    desk: Desk, failure: TtvError | None
) -> None:
    desk.provider.says = [
        Status(State.FAILED, failure=failure),
        Status(State.FAILED, failure=failure, cost=5),
    ]
    for spent in (0, 5):
        with pytest.raises(type(failure or Permanent())):
            await desk.buy()
        assert (desk.pocket.spent, desk.pocket.reserved) == (spent, 0)

    given = await desk.buy()

    assert given.cost == PRICE
    assert desk.pocket.spent == PRICE + 5
    assert len(set(desk.provider.sold)) == 3


async def test_a_handle_is_written_down_as_soon_as_there_is_room(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Provider(looks_up=False), full_at=["1-answer.json"])

    await desk.buy()

    await desk.buy()
    assert len(desk.provider.sold) == 1


async def test_nothing_is_asked_of_a_provider_when_it_cannot_be_written_down(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, Provider(looks_up=False), full_at=["1-intent.json"])

    with pytest.raises(StorageFull):
        await desk.buy()

    assert not desk.provider.asked.is_set()
    await desk.buy()
    assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)


async def test_what_a_provider_says_it_cost_is_what_is_paid(desk: Desk) -> None:
    desk.provider.says = [Status(State.SUCCEEDED, cost=123)]

    assert (await desk.buy()).cost == 123
    assert desk.pocket.spent == 123


async def test_a_provider_that_stumbles_while_it_is_asked_is_asked_again(desk: Desk) -> None:
    desk.provider.says = [RUNNING, Transient(), Transient(retry_after=0.01), RUNNING]

    await desk.buy()

    assert desk.provider.polls == 5


async def test_a_segment_that_a_provider_forgot_is_paid_and_not_bought_again(desk: Desk) -> None:
    desk.provider.says = [HandleLost(), HandleLost()]

    for _ in range(2):  # which is what resuming the job does
        with pytest.raises(OutcomeUnknown, match=r"probably charged.*make shot 1 anew"):
            await desk.buy()

    assert desk.pocket.spent == PRICE
    assert desk.provider.sold == [ADDRESS]


async def test_nothing_is_asked_of_a_provider_beyond_the_budget(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Provider(looks_up=True), Pocket(max_cost=PRICE - 1))

    with pytest.raises(OverBudget, match=r"0\.60 US dollars.*--max-cost"):
        await desk.buy()

    assert not desk.provider.asked.is_set()
    assert list((tmp_path / "store").glob("steps/**/*.json")) == []


async def test_a_worker_that_stops_leaves_the_segment_to_the_next(desk: Desk) -> None:
    desk.provider.says = [RUNNING] * 10_000
    run = asyncio.create_task(desk.buy())
    await until(desk.provider.asked)
    await eventually(lambda: desk.provider.polls >= 3)

    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run

    assert desk.provider.canceled == []
    desk.provider.says = []
    await desk.buy()
    assert desk.provider.sold == [ADDRESS]


async def test_a_film_that_is_cancelled_is_called_off_at_the_provider(desk: Desk) -> None:
    desk.provider.says = [RUNNING] * 10_000
    run = asyncio.create_task(desk.buy())
    await until(desk.provider.asked)
    await eventually(lambda: desk.provider.polls >= 3)

    run.cancel(Cancelled.code)
    with pytest.raises(asyncio.CancelledError):
        await run

    assert desk.provider.canceled == ["task-0"]
    assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)  # what was begun is paid
    desk.provider.says = []
    await desk.buy()
    assert len(set(desk.provider.sold)) == 2


async def test_what_cannot_be_called_off_is_paid_once_and_found_by_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Provider(looks_up=True), engine=replace(ENGINE, cancel=False))
    desk.provider.says = [RUNNING] * 10_000
    run = asyncio.create_task(desk.buy())
    await until(desk.provider.asked)
    await eventually(lambda: desk.provider.polls >= 3)

    run.cancel(Cancelled.code)
    with pytest.raises(asyncio.CancelledError):
        await run
    desk.provider.says = []
    await desk.buy()

    assert desk.provider.canceled == []
    assert desk.provider.sold == [ADDRESS]
    assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)


@pytest.mark.parametrize("reason", [None, Cancelled.code])
async def test_what_a_provider_answers_to_a_submit_that_is_cut_off_is_still_heard(
    tmp_path: Path, reason: str | None
) -> None:
    desk = Desk(tmp_path, Provider(looks_up=False, slow=asyncio.Event()))
    assert desk.provider.slow
    run = asyncio.create_task(desk.buy())
    await until(desk.provider.asked)

    run.cancel(reason)
    await asyncio.sleep(0)
    desk.provider.slow.set()
    with pytest.raises(asyncio.CancelledError):
        await run

    assert desk.provider.canceled == (["task-0"] if reason else [])
    await desk.buy()  # no outcome is unknown
    assert len(desk.provider.sold) == (2 if reason else 1)


async def test_what_two_want_at_a_time_is_bought_once_and_paid_by_the_buyer(desk: Desk) -> None:
    desk.provider.says = [RUNNING] * 5

    given = await asyncio.gather(*(desk.buy(buyer=name) for name in ("ann", "bob", "eve")))

    assert [one.cost for one in given] == [PRICE] * 3
    assert desk.provider.sold == [ADDRESS]
    paid = sorted((pocket.spent, pocket.reserved) for pocket in desk.pockets.values())
    assert paid == [(0, 0), (0, 0), (PRICE, 0)]


async def test_the_young_intent_of_another_is_waited_for_and_an_old_one_looked_up(
    desk: Desk,
) -> None:
    desk.provider.slow = asyncio.Event()
    ann = asyncio.create_task(desk.buy(buyer="ann"))
    await until(desk.provider.asked)
    bob = asyncio.create_task(desk.buy(buyer="bob"))
    await asyncio.sleep(0.05)
    assert not bob.done()

    desk.now += 121  # ann hangs, and it is found that she bought nothing
    desk.provider.slow.set()
    await asyncio.gather(ann, bob)

    assert desk.provider.sold == [ADDRESS]


async def test_a_request_of_a_process_that_was_thought_dead_buys_nothing(desk: Desk) -> None:
    frozen = desk.provider.slow = asyncio.Event()
    dead = asyncio.create_task(desk.buy())
    await until(desk.provider.asked)
    desk.provider.slow = None

    await desk.buy()  # the same step, which another worker has taken over
    frozen.set()
    await dead

    assert desk.provider.sold == [ADDRESS]
    assert desk.provider.canceled == []
    assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)


async def test_who_follows_a_segment_that_its_buyer_calls_off_buys_it(desk: Desk) -> None:
    desk.provider.says = [RUNNING] * 10_000
    ann = asyncio.create_task(desk.buy(buyer="ann"))
    await until(desk.provider.asked)
    bob = asyncio.create_task(desk.buy(buyer="bob"))
    await eventually(lambda: desk.provider.polls >= 10)

    ann.cancel(Cancelled.code)
    with pytest.raises(asyncio.CancelledError):
        await ann
    desk.provider.says = []
    await bob

    assert len(set(desk.provider.sold)) == 2


class Counter(Pocket):
    """A purse at which two must stand before one is served."""

    def __init__(self) -> None:
        super().__init__()
        self._both = asyncio.Barrier(2)

    async def reserve(self, purchase: Purchase) -> None:
        await self._both.wait()
        await super().reserve(purchase)


async def test_like_shots_of_one_film_are_bought_once_with_the_money_set_aside(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, Provider(looks_up=True, slow=asyncio.Event()), Counter())
    assert desk.provider.slow
    runs = [asyncio.create_task(desk.buy(step=f"segment-{number}")) for number in (1, 2)]
    await until(desk.provider.asked)
    await asyncio.sleep(0.05)  # the other has seen meanwhile that it is bought
    assert desk.pocket.reserved == PRICE

    desk.now += 121
    desk.provider.slow.set()
    await asyncio.gather(*runs)

    assert desk.provider.sold == [ADDRESS]
    assert (desk.pocket.spent, desk.pocket.reserved) == (PRICE, 0)


async def test_an_intent_from_a_clock_that_was_set_back_is_looked_up(desk: Desk) -> None:
    with suppress(Crash):
        await desk.buy(Fate(3), buyer="ann")  # she has only written down what she wants

    desk.now -= 3600
    await asyncio.wait_for(desk.buy(buyer="bob"), 5)

    assert len(desk.provider.sold) == 1


async def test_what_has_failed_is_not_called_off_and_paid_as_well(desk: Desk) -> None:
    desk.engine = replace(ENGINE, poll_seconds=3600)
    desk.provider.says = [RUNNING, Status(State.FAILED, failure=Permanent("no luck"))]
    ann = asyncio.create_task(desk.buy(buyer="ann"))
    await eventually(lambda: desk.provider.polls == 1)
    desk.engine = ENGINE
    with pytest.raises(Permanent):  # bob hears first that it has failed
        await desk.buy(buyer="bob")

    ann.cancel(Cancelled.code)
    with pytest.raises(asyncio.CancelledError):
        await ann

    assert desk.provider.canceled == []
    assert (desk.pocket.spent, desk.pocket.reserved) == (0, 0)
