"""Counting requests in a real Valkey, from several connections at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from math import ceil
from typing import Any

import pytest
from coredis import Redis

from tests.integration.conftest import Valkey
from ttv.access import Policy, Rates, over
from ttv.redis import Connection
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

POLICY = Policy("create", 20)


def rates_over(connection: Connection) -> Rates:
    settings = Settings.model_validate({"key_secret": "s" * 32})
    return over(connection, settings, host="127.0.0.1").rates


@pytest.fixture
async def rates(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[Rates]:
    async with Connection(shared_valkey.url) as connection:
        yield rates_over(connection)


async def test_so_many_as_allowed_get_through_however_many_ask(
    shared_valkey: Valkey, redis: Redis[str]
) -> None:
    async with AsyncExitStack() as stack:
        everywhere = [
            rates_over(await stack.enter_async_context(Connection(shared_valkey.url)))
            for _ in range(4)
        ]
        for rates in everywhere:  # connects, which takes a busy machine a while
            await asyncio.gather(*(rates.count(POLICY, "key:nobody") for _ in range(16)))
        began = time.monotonic()
        counts = await asyncio.gather(
            *(rates.count(POLICY, "key:ann") for rates in everywhere for _ in range(50))
        )
        refilled = ceil((time.monotonic() - began) * POLICY.quota / POLICY.seconds)
    allowed = [count for count in counts if count.allowed]
    assert POLICY.quota <= len(allowed) <= POLICY.quota + refilled
    assert {count.remaining for count in allowed} >= set(range(POLICY.quota))
    assert all(1 <= count.retry_after <= 3 for count in counts if not count.allowed)


async def test_what_was_refused_is_not_counted(rates: Rates, redis: Redis[str]) -> None:
    policy = Policy("create", 1)
    await rates.count(policy, "key:ann")
    until = await redis.get("ttv:rate:create:key:ann")
    for _ in range(5):
        assert not (await rates.count(policy, "key:ann")).allowed
    assert await redis.get("ttv:rate:create:key:ann") == until


async def test_time_gives_back_what_was_taken(rates: Rates, redis: Redis[str]) -> None:
    name = "ttv:rate:create:key:ann"
    for _ in range(POLICY.quota):
        count = await rates.count(POLICY, "key:ann")
    assert (count.remaining, count.full_after) == (0, 60)
    # As if three seconds had passed: one interval of the policy.
    await redis.set(name, int(await redis.get(name) or 0) - 3_000_000)
    assert (await rates.count(POLICY, "key:ann")).allowed
    assert not (await rates.count(POLICY, "key:ann")).allowed


async def test_each_caller_and_each_policy_has_a_count_of_its_own(rates: Rates) -> None:
    policy = Policy("create", 1)
    for who in ("key:ann", "key:ben", "ip:192.0.2.1"):
        assert (await rates.count(policy, who)).allowed
        assert (await rates.count(Policy("requests", 1), who)).allowed
        assert not (await rates.count(policy, who)).allowed


async def test_a_count_is_gone_when_it_says_nothing_any_more(
    rates: Rates, redis: Redis[str]
) -> None:
    await rates.count(POLICY, "key:ann")
    assert 0 < await redis.pttl("ttv:rate:create:key:ann") <= 3_000


async def test_a_quota_that_divides_nothing_evenly_is_exact(rates: Rates) -> None:
    policy = Policy("create", 7)
    counts = [await rates.count(policy, "key:ann") for _ in range(8)]
    assert [count.remaining for count in counts] == [6, 5, 4, 3, 2, 1, 0, 0]
    assert [count.allowed for count in counts] == [True] * 7 + [False]


async def test_a_full_redis_counts_on(rates: Rates, redis: Redis[str]) -> None:
    await redis.config_set({"maxmemory": 1})
    try:
        assert (await rates.count(POLICY, "key:ann")).allowed
    finally:
        await redis.config_set({"maxmemory": 0})


async def evaluations(redis: Redis[str]) -> int:
    stats: Any = await redis.info("commandstats")
    return int(stats["cmdstat_evalsha"]["calls"])


async def test_a_large_quota_asks_redis_seldom_and_is_never_exceeded_by_one_process(
    rates: Rates, redis: Redis[str]
) -> None:
    policy = Policy("requests", 1_000)
    began = time.monotonic()
    calls = await evaluations(redis)
    counts = [await rates.count(policy, "key:ann") for _ in range(1_000)]
    asked = await evaluations(redis) - calls
    refilled = ceil((time.monotonic() - began) * policy.quota / policy.seconds)
    assert asked <= 100 + 2
    assert all(count.allowed for count in counts)
    assert [count.remaining for count in counts[:25]] == pytest.approx(
        list(range(999, 974, -1)), abs=refilled
    )
    at_once = [await rates.count(policy, "key:ann") for _ in range(500)]
    refilled = ceil((time.monotonic() - began) * policy.quota / policy.seconds)
    assert sum(count.allowed for count in at_once) <= refilled


async def test_what_several_requests_took_at_once_is_not_lost(rates: Rates) -> None:
    policy = Policy("requests", 1_000)
    counts = await asyncio.gather(*(rates.count(policy, "key:ann") for _ in range(50)))
    assert all(count.allowed for count in counts)
    assert min(count.remaining for count in counts) >= 950


async def test_what_a_process_took_and_did_not_use_is_free_again_in_time(
    shared_valkey: Valkey, redis: Redis[str]
) -> None:
    policy, now = Policy("requests", 1_000), [0.0]
    async with Connection(shared_valkey.url) as connection:
        rates_over(connection)
        rates = Rates(connection, monotonic=lambda: now[0])
        first = await rates.count(policy, "key:ann")
        assert (first.remaining, first.full_after) == (999, 1)
        now[0] = 60.0
        await redis.delete(["ttv:rate:requests:key:ann"])
        assert (await rates.count(policy, "key:ann")).remaining == 999
