from __future__ import annotations

import asyncio
import time

import pytest

from tests.integration.conftest import PLAN, Shop
from ttv.errors import Cancelled, InvalidRequest
from ttv.jobs import EventKind, Failure, Hold, Job, Outcome, State, StepState, Terms

pytestmark = pytest.mark.anyio

LATE = Failure("deadline_exceeded", "The film was not done by its deadline.")
HOUR = 3_600_000


async def order_until(shop: Shop, deadline: int) -> Job:
    terms = Terms(deadline=deadline)
    return (await shop.store.create({}, steps=[PLAN], terms=terms)).job


async def pass_deadline(shop: Shop, job: Job) -> None:
    """Let a job's deadline be over, as if its time had come."""
    await shop.redis.zadd("ttv:deadlines", {job.id: 1})
    await shop.redis.hset(f"ttv:job:{job.id}", {"deadline": 1})


def in_an_hour() -> int:
    return round(time.time() * 1000) + HOUR


async def test_a_job_that_never_ran_fails_at_its_deadline(shop: Shop) -> None:
    job = await order_until(shop, in_an_hour())
    assert (await shop.sweep()).overdue == ()
    await pass_deadline(shop, job)
    assert (await shop.sweep()).overdue == (job.id,)
    late = await shop.store.get(job.id)
    assert (late.state, late.error) == (State.FAILED, LATE)
    assert late.step("plan").state is StepState.CANCELED
    assert (await shop.store.depth())["cpu"] == 0
    assert (await shop.store.events(job.id)).events[-1].kind is EventKind.OVERDUE
    assert (await shop.store.dead_letters()).letters == ()
    assert (await shop.sweep()).overdue == ()


async def test_work_ends_at_the_deadline(shop: Shop) -> None:
    job = await order_until(shop, in_an_hour())
    claim = await shop.claim(job.step_id("plan"))
    heard = asyncio.Queue[tuple[str, int]]()
    listening = asyncio.create_task(
        shop.leases.watch_canceled(lambda *called_off: heard.put_nowait(called_off))
    )
    try:
        async with asyncio.timeout(30):
            while not (await shop.redis.pubsub_numsub("ttv:canceled"))["ttv:canceled"]:  # noqa: ASYNC110  # Redis has no event for it
                await asyncio.sleep(0.01)
            await pass_deadline(shop, job)
            await shop.sweep()
            assert await heard.get() == (job.id, 1)
    finally:
        listening.cancel()
        await asyncio.wait([listening])
    assert await shop.leases.report(claim) is Hold.CANCELED
    with pytest.raises(Cancelled):
        await shop.leases.settle(claim, Outcome({}))
    assert await shop.store.active() == 0


async def test_a_paused_job_misses_its_deadline_too(shop: Shop) -> None:
    job = await order_until(shop, in_an_hour())
    await shop.store.pause(job.id, tenant="local")
    await pass_deadline(shop, job)
    await shop.sweep()
    late = await shop.store.get(job.id)
    assert (late.state, late.hold, late.error) == (State.FAILED, None, LATE)


async def test_a_job_that_was_over_in_time_stays_as_it_is(shop: Shop) -> None:
    job = await order_until(shop, in_an_hour())
    await shop.finish(job.step_id("plan"))
    assert await shop.redis.zcard("ttv:deadlines") == 0


async def test_a_retry_gives_up_a_deadline_that_has_passed_and_keeps_one_that_has_not(
    shop: Shop,
) -> None:
    late, early = await order_until(shop, in_an_hour()), await order_until(shop, in_an_hour())
    await pass_deadline(shop, late)
    await shop.sweep()
    await shop.store.cancel(early.id, tenant="local")
    for job, deadline in ((late, None), (early, early.terms.deadline)):
        again = await shop.store.retry(job.id, tenant="local")
        assert again.terms.deadline == deadline
    assert await shop.redis.zrange("ttv:deadlines", 0, -1) == (early.id,)


async def test_a_deadline_in_the_past_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await order_until(shop, 1)
    assert refused.value.param == "deadline"
    assert (await shop.store.list()).jobs == ()
