"""What happens between two moments that usually follow each other at once."""

from __future__ import annotations

import pytest

from tests.integration.conftest import PLAN, Shop
from ttv.jobs import Failure, Paid, Spend, State, Step

pytestmark = pytest.mark.anyio

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
