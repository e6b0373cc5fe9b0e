"""What callers see when Redis is away, frozen, full, or set up to lose jobs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Sequence

import pytest
from coredis import Redis

from tests.integration.conftest import PLAN, Valkey
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import InvalidRequest, TtvError, Unavailable

pytestmark = pytest.mark.anyio


@pytest.fixture
async def opened(own_valkey: Valkey) -> AsyncIterator[jobs.Jobs]:
    async with jobs.opened(own_valkey.url) as opened:
        yield opened


async def check_unavailable(opened: jobs.Jobs, job_id: str) -> None:
    """Check that every call says so within two seconds."""
    calls: list[Awaitable[object]] = [
        opened.store.ping(),
        opened.store.create({}, steps=[PLAN]),
        opened.store.get(job_id),
        opened.store.list(),
        opened.store.cancel(job_id, tenant="local"),
        opened.store.events(job_id),
        opened.store.depth(),
        opened.store.active(),
        opened.leases.claim(f"{job_id}:1:plan", worker="ann"),
        opened.fleet.workers(),
    ]
    began = time.monotonic()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert time.monotonic() - began < 2
    assert {type(answer) for answer in answers} == {Unavailable}


async def test_acknowledged_jobs_survive_a_crash_of_redis(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    made = [(await opened.store.create({"n": n}, steps=[PLAN])).job for n in range(20)]
    own_valkey.kill()
    await check_unavailable(opened, made[0].id)
    own_valkey.start()
    assert [await opened.store.get(job.id) for job in made] == made
    assert len((await opened.store.list()).jobs) == 20


async def test_a_frozen_redis_is_unavailable_and_then_forgiven(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    job = (await opened.store.create({}, steps=[PLAN])).job
    own_valkey.freeze()
    try:
        await check_unavailable(opened, job.id)
    finally:
        own_valkey.thaw()
    assert (await opened.store.get(job.id)).id == job.id


async def break_connections(own_valkey: Valkey, opened: jobs.Jobs) -> None:
    """Let every later call make a connection of its own."""
    own_valkey.kill()
    with pytest.raises(Unavailable):
        await opened.store.ping()
    own_valkey.start()


async def hold_connections(opened: jobs.Jobs) -> list[asyncio.Task[None]]:
    """Hold all connections that there may be, but one to see that they are held."""
    redis = opened.connection.redis

    async def hold(key: str) -> None:
        await redis.blpop([key], timeout=0.5)

    async def all_held() -> bool:
        return (await redis.info("clients"))["blocked_clients"] == len(held)

    held = [asyncio.create_task(hold(f"empty-{number}")) for number in range(15)]
    await eventually(all_held, seconds=2)
    return held


async def test_callers_that_redis_keeps_waiting_leave_their_connections_to_others(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    await break_connections(own_valkey, opened)
    own_valkey.freeze()
    try:
        calls = [opened.store.ping() for _ in range(40)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        own_valkey.thaw()
    assert {type(answer) for answer in answers} == {Unavailable}
    await asyncio.gather(*await hold_connections(opened))


async def test_callers_that_give_up_leave_their_connections_to_others(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    await break_connections(own_valkey, opened)
    own_valkey.freeze()
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asyncio.gather(*(opened.store.ping() for _ in range(40)))
    finally:
        own_valkey.thaw()
    await asyncio.gather(*await hold_connections(opened))


async def test_connections_that_break_while_they_are_held_can_be_made_again(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    held = await hold_connections(opened)
    own_valkey.kill()
    await asyncio.gather(*held, return_exceptions=True)
    own_valkey.start()
    await asyncio.gather(*await hold_connections(opened))


async def test_a_burst_of_callers_is_served_while_redis_is_well(opened: jobs.Jobs) -> None:
    steps = [jobs.Step(f"segment-{number}", "segment") for number in range(200)]
    job = (await opened.store.create({}, steps=steps)).job
    found = await asyncio.gather(*(opened.store.get(job.id) for _ in range(1_000)))
    assert {one.id for one in found} == {job.id}


async def test_a_burst_of_callers_hears_within_two_seconds_that_redis_is_frozen(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    job = (await opened.store.create({}, steps=[PLAN])).job
    own_valkey.freeze()
    began = time.monotonic()
    try:
        answers = await asyncio.gather(
            *(opened.store.get(job.id) for _ in range(1_000)), return_exceptions=True
        )
    finally:
        own_valkey.thaw()
    assert {type(answer) for answer in answers} == {Unavailable}
    assert time.monotonic() - began < 2


async def test_a_call_that_is_canceled_ends_also_while_redis_learns_its_script(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    for turns in range(40):
        await opened.connection.redis.script_flush()
        call = asyncio.create_task(opened.store.deleted())
        for _ in range(turns):
            await asyncio.sleep(0)
        in_time = call.cancel()
        await asyncio.wait({call})
        assert call.cancelled() == in_time, turns


async def test_opening_without_redis_is_unavailable(own_valkey: Valkey) -> None:
    own_valkey.kill()
    with pytest.raises(Unavailable):
        async with jobs.opened(own_valkey.url):
            pass
    own_valkey.start()


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
async def test_a_redis_that_may_evict_jobs_is_refused(
    shared_valkey: Valkey, redis: Redis[str], policy: str
) -> None:
    await redis.config_set({"maxmemory-policy": policy})
    try:
        with pytest.raises(InvalidRequest, match="set it to noeviction"):
            async with jobs.opened(shared_valkey.url):
                pass
    finally:
        await redis.config_set({"maxmemory-policy": "noeviction"})


async def open_durably(valkey: Valkey) -> None:
    async with jobs.opened(valkey.url, durable=True):
        pass


async def test_a_redis_that_keeps_no_file_is_refused_where_jobs_must_last(
    shared_valkey: Valkey, redis: Redis[str]
) -> None:
    await open_durably(shared_valkey)
    await redis.config_set({"appendonly": "no"})
    try:
        with pytest.raises(InvalidRequest, match="append-only file is off; set 'appendonly yes'"):
            await open_durably(shared_valkey)
        async with jobs.opened(shared_valkey.url):
            pass
    finally:
        await redis.config_set({"appendonly": "yes"})


@pytest.mark.parametrize("hidden", ["+info", "-info"])
async def test_a_redis_that_tells_nothing_of_itself_is_trusted_only_when_told_so(
    own_valkey: Valkey, hidden: str
) -> None:
    async with Redis.from_url(own_valkey.url, decode_responses=True) as client:
        await client.acl_setuser("default", hidden)
    if hidden == "-info":
        with pytest.raises(InvalidRequest, match="does not tell its maxmemory-policy") as refused:
            await open_durably(own_valkey)
        assert refused.value.param == "redis_persistence"
    else:
        await open_durably(own_valkey)
    async with jobs.opened(own_valkey.url) as opened:
        async with opened.store.promises.kept():
            made = await opened.store.create({}, steps=[PLAN])
        assert await opened.store.get(made.job.id) == made.job


async def test_errors_pass_through_the_open_store_as_they_are(shared_valkey: Valkey) -> None:
    with pytest.raises(ZeroDivisionError):
        async with jobs.opened(shared_valkey.url):
            raise ZeroDivisionError


async def test_a_full_redis_is_unavailable_for_writes_and_still_reads(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    job = (await opened.store.create({}, steps=[PLAN])).job
    await opened.connection.redis.config_set({"maxmemory": "1mb"})
    with pytest.raises(Unavailable, match="cannot write"):
        await opened.store.create({"prompt": "x" * 10_000}, steps=[PLAN])
    assert (await opened.store.get(job.id)).id == job.id
    assert len((await opened.store.list()).jobs) == 1


async def test_a_record_that_is_out_of_order_is_our_fault_not_the_callers(
    own_valkey: Valkey, opened: jobs.Jobs
) -> None:
    job = (await opened.store.create({}, steps=[PLAN])).job
    await opened.connection.redis.set(f"ttv:job:{job.id}:steps", "no hash")
    with pytest.raises(TtvError) as caught:
        await opened.store.cancel(job.id, tenant="local")
    assert caught.value.code == "internal"


async def test_a_job_whose_step_could_not_be_sent_is_accepted(
    own_valkey: Valkey,
) -> None:
    class Broken:
        async def send(self, tickets: Sequence[jobs.Ticket]) -> None:
            raise Unavailable(f"{len(tickets)} steps not sent")

    async with jobs.connect(own_valkey.url) as connection:
        await jobs.Fleet(connection).beat(jobs.WorkerCard("ann", {"cpu": 1}))
        store = jobs.JobStore(connection, Broken())
        job = (await store.create({}, steps=[PLAN])).job
        assert (await store.get(job.id)).id == job.id
        assert (await store.depth())["cpu"] == 1
