"""Following jobs over a real Valkey: who is woken when, and what that costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.conftest import PLAN, Shop, Valkey
from ttv import jobs
from ttv.errors import Unavailable
from ttv.jobs import START, Feed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def feed(shop: Shop) -> AsyncIterator[Feed]:
    async with Feed(shop.connection, shop.store) as feed, asyncio.timeout(30):
        with feed.watch("any") as watch:
            assert await watch.changed(seconds=10)  # it listens from now on
        yield feed


async def heard(shop: Shop, feed: Feed) -> None:
    """Wait until the feed has heard of all that happened."""
    with feed.watch("a mark") as watch:
        await shop.redis.publish("ttv:happened", "a mark")
        assert await watch.changed(seconds=10)


async def test_a_follower_is_woken_by_what_happens_to_its_job_only(shop: Shop, feed: Feed) -> None:
    mine, other = await shop.order(), await shop.order()
    await heard(shop, feed)
    with feed.watch(mine.id) as watch, feed.watch(other.id) as elsewhere:
        claim = await shop.claim(mine.step_id("plan"))
        assert await watch.changed(seconds=10)
        await shop.leases.report(claim, message="Thinking")
        assert await watch.changed(seconds=10)
        assert not await elsewhere.changed(seconds=0.01)


async def test_what_happens_between_two_questions_is_told_at_once(shop: Shop, feed: Feed) -> None:
    job = await shop.order()
    await heard(shop, feed)
    with feed.watch(job.id) as watch:
        await shop.claim(job.step_id("plan"))
        await heard(shop, feed)
        assert await watch.changed(seconds=0)
        assert not await watch.changed(seconds=0)


async def test_followers_at_one_place_share_a_look_into_the_journal(shop: Shop, feed: Feed) -> None:
    job = await shop.order()
    await heard(shop, feed)
    await shop.redis.config_resetstat()
    with feed.watch(job.id) as watch, feed.watch(job.id) as second:
        looks = [one.read(START, limit=10) for one in (watch, second) * 50]
        leaving = asyncio.create_task(watch.read(START, limit=10))
        await asyncio.sleep(0)
        leaving.cancel()
        tails = await asyncio.gather(*looks)
    assert {tail.events[0].kind for tail in tails} == {jobs.EventKind.CREATED}
    stats: Any = await shop.redis.info("commandstats")
    assert stats["cmdstat_xrange"]["calls"] == 1


async def test_a_look_that_began_before_an_event_is_not_shared_after_it(
    shop: Shop, feed: Feed
) -> None:
    job = await shop.order()
    await heard(shop, feed)
    with feed.watch(job.id) as watch:
        early = asyncio.create_task(watch.read(START, limit=10))
        await shop.claim(job.step_id("plan"))
        assert await watch.changed(seconds=10)
        late = await watch.read(START, limit=10)
        await early
    assert late.events[-1].kind is jobs.EventKind.STARTED


async def test_everyone_is_woken_once_redis_is_back(own_valkey: Valkey) -> None:
    async with asyncio.timeout(30), jobs.opened(own_valkey.url) as opened:
        job = (await opened.store.create({}, steps=[PLAN])).job
        async with Feed(opened.connection, opened.store) as feed:
            with feed.watch(job.id) as watch:
                assert await watch.changed(seconds=10)
                own_valkey.kill()
                with pytest.raises(Unavailable):
                    await watch.read(START, limit=10)
                own_valkey.start()
                assert await watch.changed(seconds=10)
                assert (await watch.read(START, limit=10)).events
