from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from coredis import Redis

from tests.integration.conftest import Outbox, Valkey
from ttv import jobs
from ttv.jobs import Outcome, State, Step, StepState

pytestmark = pytest.mark.anyio

PLAN = Step("plan", "plan")
FILM = (
    Step("segment-1", "segment", needs=("plan",), shot=1, weight=3),
    Step("segment-2", "segment", needs=("plan",), shot=2, weight=3),
    Step("film", "film", needs=("segment-1", "segment-2")),
)


@dataclass
class Shop:
    store: jobs.JobStore
    leases: jobs.Leases
    fleet: jobs.Fleet
    outbox: Outbox
    redis: Redis[str]

    async def claim(self, step_id: str, worker: str = "ann") -> jobs.Claim:
        claim = await self.leases.claim(step_id, worker=worker)
        assert claim
        return claim

    async def finish(self, step_id: str, *steps: Step, worker: str = "ann") -> jobs.Advance:
        claim = await self.claim(step_id, worker)
        return await self.leases.settle(claim, Outcome({"made": claim.step.name}, steps))


@pytest.fixture
async def shop(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[Shop]:
    outbox = Outbox()
    async with jobs.Connection(shared_valkey.url) as connection:
        fleet = jobs.Fleet(connection)
        await fleet.beat(jobs.WorkerCard("ann", {"cpu": 8}))
        yield Shop(
            jobs.JobStore(connection, outbox),
            jobs.Leases(connection, outbox),
            fleet,
            outbox,
            redis,
        )


async def test_a_job_goes_from_its_first_step_to_its_film(shop: Shop) -> None:
    job = (await shop.store.create({"prompt": "a fox"}, steps=[PLAN])).job
    assert await shop.store.get(job.id) == job
    assert shop.outbox.take() == [job.step_id("plan")]

    await shop.finish(job.step_id("plan"), *FILM)
    assert shop.outbox.take() == [job.step_id("segment-1"), job.step_id("segment-2")]
    await shop.finish(job.step_id("segment-2"))
    assert shop.outbox.take() == []
    await shop.finish(job.step_id("segment-1"))
    assert shop.outbox.take() == [job.step_id("film")]
    await shop.finish(job.step_id("film"))

    done = await shop.store.get(job.id)
    assert (done.state, done.progress, done.result) == (State.FINISHED, 1.0, {"made": "film"})
    assert done.started_at is not None
    assert done.finished_at is not None
    assert job.created_at <= done.started_at <= done.finished_at
    assert {step.state for step in done.steps} == {StepState.DONE}
