from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from coredis import PureToken, Redis

from tests.integration.conftest import PLAN, Valkey
from tests.integration.studio import Studio
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import Cancelled
from ttv.jobs import EventKind, Job, State, StepState
from ttv.observability import WorkerMetrics
from ttv.worker import Options, Worker

pytestmark = pytest.mark.anyio


@dataclass
class Company:
    """A store with workers in this process."""

    jobs: jobs.Jobs
    studio: Studio

    @asynccontextmanager
    async def worker(self, name: str = "ann", *, grace: float = 5) -> AsyncIterator[asyncio.Event]:
        options = Options(
            name=name,
            slots={"cpu": 2},
            scratch=self.studio.folder / "work",
            grace_seconds=grace,
        )
        worker = Worker(self.jobs, self.studio, options=options, chance=random.Random(1))
        stop = asyncio.Event()
        serving = asyncio.create_task(worker.serve(stop))
        try:
            yield stop
        finally:
            stop.set()
            await serving

    async def order(self, segments: int = 2) -> Job:
        return (await self.jobs.store.create({"segments": segments}, steps=[PLAN])).job

    async def until(self, job: Job, met: Callable[[Job], bool]) -> Job:
        async def check() -> bool:
            nonlocal job
            job = await self.jobs.store.get(job.id)
            return met(job)

        await eventually(check)
        return job

    async def over(self, job: Job) -> Job:
        return await self.until(job, lambda job: job.state.terminal)

    async def busy(self, step: str) -> None:
        await eventually(lambda: step in self.studio.busy)

    async def kinds(self, job: Job) -> list[EventKind]:
        return [event.kind for event in (await self.jobs.store.events(job.id)).events]


@pytest.fixture
async def company(
    shared_valkey: Valkey, redis: Redis[str], tmp_path: Path
) -> AsyncIterator[Company]:
    """A store whose leases end soon."""
    async with jobs.opened(shared_valkey.url, lease_seconds=1, idle_seconds=0.5) as opened:
        yield Company(opened, Studio(tmp_path))


@pytest.fixture
async def calm(shared_valkey: Valkey, redis: Redis[str], tmp_path: Path) -> AsyncIterator[Company]:
    """A store whose leases outlast any pause of a busy machine, so that each step runs once."""
    async with jobs.opened(shared_valkey.url, lease_seconds=60) as opened:
        yield Company(opened, Studio(tmp_path))


async def test_a_worker_makes_a_film_from_its_plan(calm: Company) -> None:
    async with calm.worker():
        job = await calm.over(await calm.order(segments=3))
    assert job.state is State.FINISHED
    assert job.progress == 1
    made = calm.studio.made()
    assert (made[0], sorted(made[1:4]), made[4:]) == (
        "plan",
        ["segment-1", "segment-2", "segment-3"],
        ["film", "delivery"],
    )
    assert job.step("film").result
    assert job.result == job.step("delivery").result
    assert not list((calm.studio.folder / "work").iterdir())


async def test_a_job_that_was_made_while_no_worker_lived_is_taken_by_the_first(
    company: Company,
) -> None:
    job = await company.order()
    assert await company.jobs.store.depth() == {"cpu": 1, "gpu": 0, "remote": 0}
    async with company.worker():
        assert (await company.over(job)).state is State.FINISHED
    assert await company.jobs.store.depth() == {"cpu": 0, "gpu": 0, "remote": 0}


async def test_films_are_finished_one_after_the_other(company: Company) -> None:
    ordered = [await company.order(3) for _ in range(12)]
    async with company.worker():
        done = [await company.over(job) for job in ordered]
    first, *_, last = done

    assert first.finished_at is not None
    assert last.started_at is not None
    assert first.finished_at < last.started_at


async def test_a_temporary_fault_is_tried_again(calm: Company) -> None:
    (calm.studio.folder / "break-segment-1").write_text("once")
    async with calm.worker():
        job = await calm.over(await calm.order())
    assert (job.state, job.step("segment-1").attempts) == (State.FINISHED, 2)
    assert EventKind.RETRYING in await calm.kinds(job)


async def test_a_request_that_cannot_work_fails_with_its_own_sentence(company: Company) -> None:
    (company.studio.folder / "break-segment-2").write_text("invalid")
    async with company.worker():
        job = await company.over(await company.order())
    assert job.state is State.FAILED
    assert job.error == jobs.Failure("invalid_request", "Foxes cannot fly.", "segment-2")


async def test_a_step_that_needs_a_person_waits_for_one(calm: Company) -> None:
    (calm.studio.folder / "break-segment-1").write_text("unknown")
    async with calm.worker():
        job = await calm.until(await calm.order(1), lambda job: job.hold is not None)
        assert job.hold == jobs.Failure(
            "outcome_unknown", "The camera may have rolled.", "segment-1"
        )
        assert "segment-1" not in calm.studio.made()
        await calm.jobs.store.resume(job.id, tenant="local")
        job = await calm.over(job)
    assert (job.state, job.step("segment-1").attempts) == (State.FINISHED, 1)
    outcomes = [sample for sample in await calm.jobs.totals.read() if '"held"' in sample]
    assert outcomes, "what was held is counted"


async def test_a_step_that_runs_at_the_deadline_ends_at_once(company: Company) -> None:
    company.studio.hold("segment-1")
    async with company.worker():
        job = await company.order(1)
        await company.busy("segment-1")
        await company.jobs.connection.redis.zadd("ttv:deadlines", {job.id: 1})
        job = await company.over(job)
        await eventually(lambda: not company.studio.busy)
    assert job.error
    assert job.error.code == "deadline_exceeded"


async def test_a_job_that_is_retried_makes_only_what_is_not_there(calm: Company) -> None:
    (calm.studio.folder / "break-segment-2").write_text("invalid")
    async with calm.worker():
        job = await calm.over(await calm.order(2))
        await calm.until(job, lambda job: job.step("segment-1").state is StepState.DONE)
        (calm.studio.folder / "break-segment-2").unlink()
        await calm.jobs.store.retry(job.id, tenant="local")
        job = await calm.over(job)
    assert job.state is State.FINISHED
    assert calm.studio.made() == ["plan", "segment-1", "segment-2", "film", "delivery"]


async def test_a_worker_removes_the_film_of_a_deleted_job(calm: Company) -> None:
    async with calm.worker():
        job = await calm.over(await calm.order(1))
    await calm.jobs.store.delete(job.id, tenant="local")
    async with calm.worker("bob"):
        await eventually(lambda: f"discard-{job.id}" in calm.studio.made())

        async def forgotten() -> bool:
            return not await calm.jobs.store.deleted()

        await eventually(forgotten)


async def test_an_unforeseen_error_fails_the_job_without_its_words(company: Company) -> None:
    (company.studio.folder / "break-plan").write_text("bug")
    async with company.worker():
        job = await company.over(await company.order())
    assert job.state is State.FAILED
    assert job.error
    assert job.error.code == "internal"
    assert "secret" not in job.error.message


async def test_a_running_sibling_of_a_failed_step_is_kept(company: Company) -> None:
    hold = company.studio.hold("segment-1")
    (company.studio.folder / "break-segment-2").write_text("invalid")
    async with company.worker():
        job = await company.over(await company.order())
        hold.unlink()
        job = await company.until(job, lambda job: job.step("segment-1").state is StepState.DONE)
    assert (job.state, job.step("film").state) == (State.FAILED, StepState.WAITING)


async def test_cancelling_ends_the_running_step_at_once(company: Company) -> None:
    company.studio.hold("segment-1")
    async with company.worker():
        job = await company.order()
        await company.busy("segment-1")
        await company.jobs.store.cancel(job.id, tenant="local")
        await eventually(lambda: not company.studio.busy)
        await eventually(lambda: not any(p.exists() for p in company.studio.workspaces))
        assert (await company.jobs.store.get(job.id)).state is State.CANCELED


async def test_a_step_that_is_stopped_is_told_whether_anybody_still_wants_it(
    calm: Company,
) -> None:
    hold = calm.studio.hold("segment-1")
    async with calm.worker(grace=0):
        job = await calm.order()
        await calm.busy("segment-1")
    assert calm.studio.told == [()]

    async with calm.worker():
        await calm.busy("segment-1")
        await calm.jobs.store.cancel(job.id, tenant="local")
        await eventually(lambda: not calm.studio.busy)
    assert calm.studio.told == [(), (Cancelled.code,)]
    hold.unlink()


async def test_a_worker_that_did_not_hear_of_a_cancel_stops_at_its_next_report(
    company: Company,
) -> None:
    company.studio.hold("segment-1")
    async with company.worker():
        job = await company.order()
        await company.busy("segment-1")
        await company.jobs.connection.redis.client_kill(type_=PureToken.PUBSUB)
        await company.jobs.store.cancel(job.id, tenant="local")
        await eventually(lambda: not company.studio.busy)


async def test_a_step_longer_than_its_lease_runs_once(company: Company) -> None:
    hold = company.studio.hold("segment-1")
    async with company.worker(), company.worker("bob"):
        job = await company.order()
        await company.busy("segment-1")
        await asyncio.sleep(2.5)
        hold.unlink()
        job = await company.over(job)
    assert sorted(company.studio.made()) == ["delivery", "film", "plan", "segment-1", "segment-2"]
    assert job.step("segment-1").attempts == 1


async def test_a_draining_worker_lets_a_short_step_finish(calm: Company) -> None:
    hold = calm.studio.hold("segment-1")
    async with calm.worker() as stop:
        job = await calm.order(1)
        await calm.busy("segment-1")
        stop.set()
        await asyncio.sleep(0.1)
        hold.unlink()
        job = await calm.until(job, lambda job: job.step("segment-1").state is StepState.DONE)
    assert calm.studio.made() == ["plan", "segment-1"]
    async with calm.worker("bob"):
        assert (await calm.over(job)).state is State.FINISHED


async def test_a_draining_worker_gives_a_long_step_back_uncounted(calm: Company) -> None:
    hold = calm.studio.hold("segment-1")
    async with calm.worker(grace=0) as stop:
        job = await calm.order(1)
        await calm.busy("segment-1")
        stop.set()
        job = await calm.until(job, lambda job: job.step("segment-1").state is StepState.READY)
    assert job.step("segment-1").attempts == 0
    assert await calm.jobs.fleet.workers() == ()
    hold.unlink()
    async with calm.worker("bob"):
        job = await calm.over(job)
    assert (job.state, job.step("segment-1").worker) == (State.FINISHED, "bob")


async def test_the_fleet_knows_who_works(company: Company) -> None:
    company.studio.hold("segment-1")
    async with company.worker(grace=0):
        job = await company.order(1)
        await company.busy("segment-1")
        (card,) = await company.jobs.fleet.workers()
    assert (card.name, card.slots) == ("ann", {"cpu": 2})
    assert job.created_at - 1_000 < card.seen_at < job.created_at + 10_000


async def test_scratch_that_a_killed_worker_left_is_removed(company: Company) -> None:
    async with company.worker():
        job = await company.over(await company.order())
    work = company.studio.folder / "work"
    done = work / job.id / "segment-1-999"
    foreign = work / "job_01JGJ0000000000000000000ZZ" / "segment-1-1"
    for folder in (done, foreign):
        folder.mkdir(parents=True)
    async with company.worker("bob"):
        await eventually(lambda: not done.parent.exists())
    assert foreign.exists()


async def test_what_workers_counted_outlives_them(calm: Company) -> None:
    (calm.studio.folder / "break-segment-1").write_text("once")
    async with calm.worker():
        await calm.over(await calm.order(1))
    totals = await calm.jobs.totals.read()
    families = {family.name: family for family in WorkerMetrics().families(totals)}
    made = {
        sample.labels["kind"]: sample.value
        for sample in families["ttv_step_duration_seconds"].samples
        if sample.name.endswith("_count") and sample.labels["outcome"] == "made"
    }
    assert made == {"plan": 1, "segment": 1, "film": 1, "delivery": 1}
    (retry,) = families["ttv_step_retries"].samples
    assert (retry.labels, retry.value) == (
        {"kind": "segment", "reason": "temporarily_unavailable"},
        1,
    )
