"""What happens between two moments that usually follow each other at once."""

from __future__ import annotations

import pytest

from tests.integration.conftest import PLAN, Shop
from ttv import jobs
from ttv.jobs import Failure, Outcome, Paid, Spend, State, Step, StepState

pytestmark = pytest.mark.anyio

HOUR = 3600 * 1000
AWAY = Failure("temporarily_unavailable", "The weather is bad.")


async def test_a_step_that_was_handed_over_twice_waits_for_its_next_try_all_the_same(
    shop: Shop,
) -> None:
    job = await shop.order(PLAN)
    await shop.leases.fail(await shop.claim(job.step_id("plan")), AWAY, retry_in=60)

    assert await shop.leases.claim(job.step_id("plan"), worker="bob") is None
    assert await shop.redis.zcard("ttv:delayed:cpu") == 1


async def test_what_a_running_step_of_a_retried_job_buys_is_no_orphan_when_the_job_fails(
    shop: Shop,
) -> None:
    spend = Spend(shop.connection)
    job = await shop.order(Step("segment-1", "segment"), Step("segment-2", "segment"))
    claim = await shop.claim(job.step_id("segment-1"))
    await spend.reserve(claim.job, claim.step, Paid("fox-1", "dear"), 5)
    await shop.store.cancel(job.id, tenant="local")
    job = await shop.store.retry(job.id, tenant="local")
    await shop.claim(job.step_id("segment-1"))
    await shop.leases.fail(await shop.claim(job.step_id("segment-2")), AWAY)

    assert (await shop.store.get(job.id)).state is State.FAILED
    assert await shop.redis.zcard("ttv:spend:orphans") == 0


async def test_a_clock_that_is_set_back_keeps_nobody_from_mending(shop: Shop) -> None:
    lost, unclaimed = await shop.order(PLAN), await shop.order(PLAN)
    await shop.claim(lost.step_id("plan"))
    await shop.sweep()
    shop.outbox.take()
    await shop.redis.pexpire("ttv:sweeper", HOUR)
    for key in ("ttv:leases", "ttv:sent:cpu", "ttv:workers:seen"):
        for member in await shop.redis.zrange(key, 0, -1):
            await shop.redis.zincrby(key, member, HOUR - 30_000)  # half a minute has passed

    found = await shop.leases.sweep(worker="bob", every_seconds=1, expire=True)

    assert found.freed == (lost.step_id("plan"),)
    assert sorted(shop.outbox.take()) == [lost.step_id("plan"), unclaimed.step_id("plan")]
    assert await shop.fleet.workers() == ()
    again = await shop.leases.sweep(worker="ann", every_seconds=1, expire=True)
    assert again == jobs.Sweep((), (), ())


async def test_what_a_clock_that_is_set_back_says_of_the_pace_is_not_believed(shop: Shop) -> None:
    job = await shop.order(PLAN)
    claim = await shop.claim(job.step_id("plan"))
    await shop.redis.hset(f"ttv:job:{job.id}:steps", {"plan:claimed_at": "9" * 14})
    await shop.redis.hset(f"ttv:job:{job.id}", {"started_at": "9" * 14})
    await shop.leases.settle(claim, Outcome({}))

    assert {float(pace) for pace in (await shop.redis.hgetall("ttv:paces")).values()} == {0.0}


async def test_many_long_films_that_are_late_are_called_off_little_by_little(shop: Shop) -> None:
    steps = [Step(f"segment-{number}", "segment") for number in range(1_000)]
    late = [await shop.order(*steps) for _ in range(6)]
    await shop.redis.zadd("ttv:deadlines", {job.id: 1 for job in late})

    first = (await shop.sweep()).overdue
    assert 0 < len(first) < len(late)
    second = (await shop.sweep()).overdue

    assert sorted(first + second) == sorted(job.id for job in late)
    for job in late:
        after = await shop.store.get(job.id)
        assert (after.state, {step.state for step in after.steps}) == (
            State.FAILED,
            {StepState.CANCELED},
        )
    assert await shop.store.depth() == {"cpu": 0, "gpu": 0, "remote": 0}
