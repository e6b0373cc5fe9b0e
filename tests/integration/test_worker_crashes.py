from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from coredis import Redis

from tests.integration.conftest import PLAN, Valkey
from tests.integration.studio import Studio
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.jobs import EventKind, Job, State, StepState

pytestmark = pytest.mark.anyio


@dataclass
class Plant:
    """A store whose workers are processes of their own."""

    url: str
    folder: Path
    jobs: jobs.Jobs
    studio: Studio

    @asynccontextmanager
    async def worker(self, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.studio", self.url, self.folder, name)
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 10)

    async def order(self, segments: int = 2) -> Job:
        return (await self.jobs.store.create({"segments": segments}, steps=[PLAN])).job

    async def running(self, job: Job, step: str) -> Job:
        return await self.reached(job, step, StepState.RUNNING)

    async def reached(self, job: Job, step: str, state: StepState) -> Job:
        async def check() -> bool:
            nonlocal job
            job = await self.jobs.store.get(job.id)
            known = {step.name: step.state for step in job.steps}
            return known.get(step) is state

        await eventually(check)
        return job

    async def over(self, job: Job) -> Job:
        async def check() -> bool:
            nonlocal job
            job = await self.jobs.store.get(job.id)
            return job.state.terminal

        await eventually(check)
        return job


@asynccontextmanager
async def plant(url: str, folder: Path) -> AsyncIterator[Plant]:
    async with jobs.opened(url, lease_seconds=1, idle_seconds=0.5) as opened:
        yield Plant(url, folder, opened, Studio(folder))


@pytest.fixture
async def shop(shared_valkey: Valkey, redis: Redis[str], tmp_path: Path) -> AsyncIterator[Plant]:
    async with plant(shared_valkey.url, tmp_path) as opened:
        yield opened


async def test_another_worker_finishes_the_film_of_one_that_was_killed(shop: Plant) -> None:
    hold = shop.studio.hold("segment-2")
    async with shop.worker("ann") as ann:
        job = await shop.running(await shop.order(3), "segment-2")
        await shop.reached(job, "segment-3", StepState.DONE)
        ann.kill()
        await ann.wait()
    hold.unlink()
    async with shop.worker("bob"):
        job = await shop.over(job)
    assert job.state is State.FINISHED
    assert sorted(shop.studio.made()) == [
        *("delivery", "film", "plan", "segment-1", "segment-2", "segment-3")
    ]
    assert (job.step("segment-2").worker, job.step("segment-2").attempts) == ("bob", 2)
    assert not list((shop.folder / "work").iterdir())


async def test_a_worker_that_was_frozen_past_its_lease_changes_nothing(shop: Plant) -> None:
    hold = shop.studio.hold("segment-1")
    async with shop.worker("ann") as ann:
        job = await shop.running(await shop.order(1), "segment-1")
        ann.send_signal(signal.SIGSTOP)
        async with shop.worker("bob"):
            await eventually(lambda: _runs(shop, job, "bob"))
            ann.send_signal(signal.SIGCONT)
            await asyncio.sleep(0.5)  # the frozen worker goes on, and learns that it lost
            hold.unlink()
            job = await shop.over(job)
    assert job.state is State.FINISHED
    assert (job.step("segment-1").worker, job.step("segment-1").attempts) == ("bob", 2)
    assert shop.studio.made().count("segment-1") == 1


async def test_sigterm_hands_back_what_runs_and_ends_the_worker_in_order(shop: Plant) -> None:
    shop.studio.hold("segment-1")
    async with shop.worker("ann") as ann:
        job = await shop.running(await shop.order(1), "segment-1")
        ann.terminate()
        assert await asyncio.wait_for(ann.wait(), 5) == 0
    job = await shop.jobs.store.get(job.id)
    assert (job.step("segment-1").state, job.step("segment-1").attempts) == (StepState.READY, 0)
    kinds = [event.kind for event in (await shop.jobs.store.events(job.id)).events]
    assert kinds[-1] is EventKind.RELEASED


async def test_a_step_goes_on_through_a_crash_of_redis(own_valkey: Valkey, tmp_path: Path) -> None:
    async with plant(own_valkey.url, tmp_path) as shop:
        hold = shop.studio.hold("segment-1")
        async with shop.worker("ann"):
            job = await shop.running(await shop.order(1), "segment-1")
            own_valkey.kill()
            await asyncio.sleep(1.5)  # longer than the lease
            own_valkey.start()
            await asyncio.sleep(0.5)
            hold.unlink()
            job = await shop.over(job)
    assert (job.state, job.step("segment-1").attempts) == (State.FINISHED, 1)
    assert shop.studio.made().count("segment-1") == 1


async def _runs(shop: Plant, job: Job, worker: str) -> bool:
    step = (await shop.jobs.store.get(job.id)).step("segment-1")
    return (step.state, step.worker) == (StepState.RUNNING, worker)
