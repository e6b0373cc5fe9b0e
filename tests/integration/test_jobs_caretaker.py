"""What a process of the service takes care of, whether or not any worker lives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from coredis import Redis

from tests.integration.conftest import PLAN, Valkey
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import StorageUnwritable, Unavailable
from ttv.jobs import Caretaker, Job, Leases, State, StepState, WorkerCard

pytestmark = pytest.mark.anyio


@dataclass
class House:
    """A store that one caretaker looks after."""

    opened: jobs.Jobs
    removed: list[str] = field(default_factory=list)
    #: Jobs whose films cannot be removed.
    stuck: list[str] = field(default_factory=list)

    async def discard(self, job: Job) -> None:
        if job.id in self.stuck:
            raise StorageUnwritable
        self.removed.append(job.id)

    @asynccontextmanager
    async def looked_after(self) -> AsyncIterator[None]:
        opened = self.opened
        async with Caretaker(opened.leases, opened.store, "api", self.discard).at_work():
            yield

    async def order(self) -> Job:
        return (await self.opened.store.create({}, steps=[PLAN])).job

    async def claim(self, job: Job) -> jobs.Claim:
        await self.opened.fleet.beat(WorkerCard("ann", {"cpu": 1}))
        claim = await self.opened.leases.claim(job.step_id("plan"), worker="ann")
        assert claim
        return claim

    async def until_over(self, job: Job) -> Job:
        async def over() -> bool:
            return (await self.opened.store.get(job.id)).state.terminal

        await eventually(over)
        return await self.opened.store.get(job.id)

    async def until_ready(self, job: Job) -> None:
        async def ready() -> bool:
            return (await self.opened.store.get(job.id)).step("plan").state is StepState.READY

        await eventually(ready)


@pytest.fixture
async def house(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[House]:
    async with jobs.opened(shared_valkey.url, lease_seconds=1) as opened:
        yield House(opened)


async def test_a_deadline_passes_though_no_worker_lives(house: House) -> None:
    job = await house.order()
    await house.opened.connection.redis.zadd("ttv:deadlines", {job.id: 1})
    async with house.looked_after():
        failed = await house.until_over(job)
    assert failed.state is State.FAILED
    assert failed.error
    assert failed.error.code == "deadline_exceeded"


async def test_a_step_of_a_dead_worker_comes_free_though_no_other_lives(house: House) -> None:
    job = await house.order()
    await house.claim(job)
    async with house.looked_after():
        await house.until_ready(job)
    assert await house.opened.store.active() == 0


async def test_leases_are_left_alone_until_redis_has_answered_for_a_while(
    own_valkey: Valkey,
) -> None:
    async with jobs.opened(own_valkey.url, lease_seconds=30) as opened:
        house = House(opened)
        job = await house.order()
        claim = await house.claim(job)
        own_valkey.kill()
        async with house.looked_after():
            own_valkey.start()
            # Its lease is over, but with Redis back for so short a time nobody could renew it.
            await opened.connection.redis.zadd("ttv:leases", {str(claim.step_id): 1})
            swept = await _next_sweep(opened)
            assert await opened.leases.report(claim) is jobs.Hold.HELD
    assert swept == "api"


async def _next_sweep(opened: jobs.Jobs) -> str:
    """Wait until a sweep has been made, and say by whom."""
    redis = opened.connection.redis
    found: list[str] = []

    async def swept() -> bool:
        by = await redis.get("ttv:sweeper")
        found.extend([str(by)] if by else [])
        return bool(by)

    await redis.delete(["ttv:sweeper"])
    await eventually(swept)
    return found[-1]


async def test_films_of_deleted_jobs_are_removed_also_beside_one_that_cannot_be(
    house: House,
) -> None:
    ordered = [await house.order() for _ in range(3)]
    house.stuck.append(ordered[0].id)
    for job in ordered:
        await house.opened.store.cancel(job.id, tenant="local")
        await house.opened.store.delete(job.id, tenant="local")

    async def left() -> bool:
        return [job.id for job in await house.opened.store.deleted()] == house.stuck

    async with house.looked_after():
        await eventually(left)
    assert house.removed == [job.id for job in ordered[1:]]


class Watched(Leases):
    """Leases that count how often a sweep found no Redis."""

    away = 0

    async def sweep(self, *, worker: str, every_seconds: float, expire: bool) -> jobs.Sweep:
        try:
            return await super().sweep(worker=worker, every_seconds=every_seconds, expire=expire)
        except Unavailable:
            self.away += 1
            raise


async def test_it_goes_on_quietly_when_redis_was_away(
    own_valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    async with jobs.opened(own_valkey.url) as opened:
        house = House(opened)
        job = await house.order()
        leases = Watched(opened.connection, opened.queue)
        async with Caretaker(leases, opened.store, "api", house.discard).at_work():
            own_valkey.kill()
            await eventually(lambda: leases.away > 0)
            own_valkey.start()
            await opened.connection.redis.zadd("ttv:deadlines", {job.id: 1})
            assert (await house.until_over(job)).state is State.FAILED
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
