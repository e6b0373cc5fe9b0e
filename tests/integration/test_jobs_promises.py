from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.integration.conftest import PLAN, Valkey
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import NotFound, Unavailable
from ttv.jobs import State

pytestmark = pytest.mark.anyio


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[Valkey]:
    """A server that keeps nothing through a crash."""
    valkey = Valkey(tmp_path)
    valkey.start("--appendonly", "no")
    yield valkey
    valkey.stop()


@asynccontextmanager
async def keeper(
    valkey: Valkey, *, monotonic: Callable[[], float] = time.monotonic
) -> AsyncIterator[jobs.JobStore]:
    """Open a store whose promises are kept."""
    async with jobs.opened(valkey.url) as opened:
        opened.store.promises = jobs.Promises(opened.connection, monotonic=monotonic)
        async with opened.store.promises.kept():
            yield opened.store


def crash(valkey: Valkey) -> None:
    valkey.kill()
    valkey.start("--appendonly", "no")


async def accepted(store: jobs.JobStore, key: str | None = None) -> jobs.Job:
    made = await store.create({"prompt": "a fox"}, steps=[PLAN], idempotency_key=key)
    return made.job


async def test_a_job_that_redis_forgot_after_it_was_accepted_is_made_again(
    forgetful: Valkey,
) -> None:
    async with keeper(forgetful) as store:
        job = await accepted(store, key="mine")
        crash(forgetful)
        await store.promises.look()

        again = await store.get(job.id)
        assert (again.id, again.request, again.state) == (job.id, job.request, State.QUEUED)
        assert await store.depth() == {"cpu": 1, "gpu": 0, "remote": 0}
        replayed = await store.create({"prompt": "a fox"}, steps=[PLAN], idempotency_key="mine")
        assert (replayed.job.id, replayed.replayed) == (job.id, True)


async def test_a_job_that_was_accepted_is_made_again_even_if_the_queue_is_full_meanwhile(
    forgetful: Valkey,
) -> None:
    narrow = jobs.Limits(max_queue=1)
    async with jobs.opened(forgetful.url, limits=narrow) as opened, opened.store.promises.kept():
        job = await accepted(opened.store)
        crash(forgetful)
        other = await accepted(opened.store)
        await opened.store.promises.look()
        for made in (job, other):
            assert (await opened.store.get(made.id)).state is State.QUEUED


async def test_a_restart_is_noticed_without_being_told(forgetful: Valkey) -> None:
    async with keeper(forgetful) as store:
        job = await accepted(store)
        crash(forgetful)
        await eventually(lambda: _there(store, job.id))


async def test_a_cancel_that_redis_forgot_is_repeated(forgetful: Valkey) -> None:
    async with keeper(forgetful) as store:
        job = await accepted(store)
        await store.cancel(job.id, tenant="local")
        crash(forgetful)
        await store.promises.look()

        assert (await store.get(job.id)).state is State.CANCELED


async def test_a_cancel_is_repeated_also_when_another_process_makes_the_job_again_after_it(
    forgetful: Valkey,
) -> None:
    async with keeper(forgetful) as one, keeper(forgetful) as other:
        job = await accepted(one)
        await other.cancel(job.id, tenant="local")
        crash(forgetful)
        await other.promises.look()
        await one.promises.look()
        await other.promises.look()

        assert (await one.get(job.id)).state is State.CANCELED


async def test_what_is_done_again_is_remembered_again(forgetful: Valkey) -> None:
    now = [0.0]
    async with keeper(forgetful, monotonic=lambda: now[0]) as store:
        job = await accepted(store)
        for away in (3600.0, 1.0, 1.0):
            crash(forgetful)
            now[0] += away
            await store.promises.look()
            await store.promises.look()

        assert (await store.get(job.id)).state is State.QUEUED


async def test_a_job_that_was_deleted_meanwhile_is_not_made_again(
    own_valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeper(own_valkey) as store:
        job = await accepted(store)
        await store.cancel(job.id, tenant="local")
        await store.delete(job.id, tenant="local")
        await store.forget(job.id)
        own_valkey.kill()
        own_valkey.start()
        await store.promises.look()

        with pytest.raises(NotFound):
            await store.get(job.id)
        assert "Job" not in caplog.text


async def test_what_redis_kept_is_left_alone(own_valkey: Valkey) -> None:
    async with keeper(own_valkey) as store:
        job = await accepted(store)
        own_valkey.kill()
        own_valkey.start()
        await store.promises.look()

        assert await store.get(job.id) == job


async def test_promises_outlast_a_redis_that_is_away_for_long(forgetful: Valkey) -> None:
    now = [0.0]
    async with keeper(forgetful, monotonic=lambda: now[0]) as store:
        job = await accepted(store)
        forgetful.kill()
        now[0] = 3600.0
        with pytest.raises(Unavailable):
            await store.promises.look()
        forgetful.start("--appendonly", "no")
        await store.promises.look()

        assert (await store.get(job.id)).state is State.QUEUED


async def test_what_redis_has_had_time_to_write_is_let_go(forgetful: Valkey) -> None:
    now = [0.0]
    async with keeper(forgetful, monotonic=lambda: now[0]) as store:
        job = await accepted(store)
        now[0] = 60.0
        await store.promises.look()
        crash(forgetful)
        await store.promises.look()

        with pytest.raises(NotFound):
            await store.get(job.id)


async def _there(store: jobs.JobStore, job_id: str) -> bool:
    try:
        return bool(await store.get(job_id))
    except (NotFound, Unavailable):
        return False
