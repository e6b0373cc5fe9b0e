"""One worker with several pools, and steps of a worker that was killed."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from coredis import Redis

from tests.integration.conftest import Valkey
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.jobs import Job, Outcome, State, Step
from ttv.worker import Options, Report, Worker

pytestmark = pytest.mark.anyio

LEASE = 1.0
#: So long that it is not the engine that finds what a dead worker was handed.
IDLE = 60


class Stage:
    """Holds every step until it may end."""

    def __init__(self) -> None:
        self.held = asyncio.Event()
        #: Steps at work now, by pool.
        self.busy: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def run(
        self,
        job: Job,
        step: Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: Report,
    ) -> Outcome:
        self.busy[step.pool] += 1
        self.most[step.pool] = max(self.most[step.pool], self.busy[step.pool])
        await self.held.wait()
        self.busy[step.pool] -= 1
        return Outcome({})

    async def discard(self, job: Job) -> None:
        raise AssertionError(f"nobody deletes a job here: {job.id}")


@pytest.fixture
async def service(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[jobs.Jobs]:
    async with jobs.opened(shared_valkey.url, lease_seconds=LEASE, idle_seconds=IDLE) as opened:
        yield opened


@asynccontextmanager
async def working(
    service: jobs.Jobs, stage: Stage, folder: Path, slots: Mapping[str, int]
) -> AsyncIterator[asyncio.Event]:
    options = Options(name="heir", slots=slots, scratch=folder, grace_seconds=5)
    worker = Worker(service, stage, options=options, chance=random.Random(1))
    stop = asyncio.Event()
    serving = asyncio.create_task(worker.serve(stop))
    try:
        yield stop
    finally:
        stage.held.set()
        stop.set()
        await serving


async def order(service: jobs.Jobs, pool: str, steps: int) -> Job:
    made = [Step(f"segment-{number}", "segment", pool=pool) for number in range(steps)]
    return (await service.store.create({}, steps=made)).job


async def finished(service: jobs.Jobs, *made: Job) -> None:
    async def all_are() -> bool:
        states = [(await service.store.get(job.id)).state for job in made]
        return set(states) == {State.FINISHED}

    await eventually(all_are, seconds=30)


async def test_each_pool_has_slots_of_its_own(service: jobs.Jobs, tmp_path: Path) -> None:
    slots = {"cpu": 2, "gpu": 1, "remote": 5}
    stage = Stage()
    made = [await order(service, pool, 8) for pool in slots]
    async with working(service, stage, tmp_path, slots):
        await eventually(lambda: stage.busy == slots)
        stage.held.set()
        await finished(service, *made)
    assert stage.most == slots


@pytest.mark.usefixtures("redis")
async def test_a_thousand_remote_steps_are_in_flight_in_one_worker(
    shared_valkey: Valkey, tmp_path: Path
) -> None:
    stage = Stage()
    slots = {"cpu": 1, "remote": 1000}
    async with jobs.opened(shared_valkey.url, lease_seconds=60) as service:
        made = [await order(service, "remote", 10) for _ in range(100)]
        async with working(service, stage, tmp_path, slots):
            await eventually(lambda: stage.busy["remote"] == 1000, seconds=60)
            film = await order(service, "cpu", 1)
            await eventually(lambda: stage.busy["cpu"] == 1)
            stage.held.set()
            await finished(service, film, *made)
    assert stage.most == slots


async def test_nothing_more_is_handed_to_a_worker_that_drains(
    service: jobs.Jobs, tmp_path: Path
) -> None:
    stage = Stage()
    await order(service, "cpu", 1)
    async with working(service, stage, tmp_path, {"cpu": 2}) as stop:
        await eventually(lambda: stage.busy["cpu"] == 1)
        stop.set()
        await eventually(lambda: _slots(service, 0))
        await order(service, "cpu", 1)
        assert await service.connection.redis.zcard("ttv:sent:cpu") == 0
    assert stage.most["cpu"] == 1


#: A worker at argv[1] that is handed steps of the pool cpu, and claims them if argv[2] says so.
DYING = f"""
import asyncio, sys
from ttv import jobs

async def main():
    async with jobs.opened(sys.argv[1], lease_seconds={LEASE}, idle_seconds={IDLE}) as opened:
        async def hold(step_id):
            if sys.argv[2] == "claims":
                assert await opened.leases.claim(step_id, worker="dying")
            print(step_id, flush=True)
            await asyncio.sleep(3600)

        await opened.fleet.beat(jobs.WorkerCard("dying", {{"cpu": 2}}))
        await opened.queue.run(hold, pool="cpu", slots=2, worker="dying", stop=asyncio.Event())

asyncio.run(main())
"""


@pytest.mark.parametrize("what", ["claims", "only holds"])
async def test_steps_of_a_killed_worker_run_again_long_before_the_engine_finds_them(
    service: jobs.Jobs, shared_valkey: Valkey, tmp_path: Path, what: str
) -> None:
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", DYING, shared_valkey.url, what), stdout=asyncio.subprocess.PIPE
    )
    assert dying.stdout
    await eventually(lambda: _alive(service))
    job = await order(service, "cpu", 2)
    handed = {await dying.stdout.readline() for _ in job.steps}
    assert len(handed) == 2
    dying.kill()
    await dying.wait()
    stage = Stage()
    async with working(service, stage, tmp_path, {"cpu": 2}):
        await eventually(lambda: stage.busy["cpu"] == 2, seconds=IDLE / 2)
        stage.held.set()
        await finished(service, job)


async def _slots(service: jobs.Jobs, count: int) -> bool:
    return (await service.places.overview()).pools["cpu"].slots == count


async def _alive(service: jobs.Jobs) -> bool:
    return bool(await service.fleet.workers())
