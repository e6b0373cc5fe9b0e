"""Those who follow a job when another attempt at it begins, or when it is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from coredis import Redis

from tests.integration.api.conftest import serving
from tests.integration.api.test_events import Film, Stream, begin
from tests.integration.conftest import Valkey
from ttv.artifacts import Store
from ttv.jobs import Failure
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

BROKEN = Failure("failed", "It broke.")


@pytest.fixture
async def film(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Film]:
    async with serving(shared_valkey, store, Settings(data_dir=tmp_path)) as server:
        yield await begin(server)


async def until(stream: Stream, action: str) -> str:
    """Read up to an event of a kind, and give its id."""
    while frame := await stream.frame():
        if frame.data.get("action") == action:
            assert frame.id
            return frame.id
    raise AssertionError(f"the stream ended without {action}")


async def test_a_stream_that_ended_with_an_attempt_goes_on_with_the_next(film: Film) -> None:
    async with asyncio.timeout(20), film.follow() as stream:
        await film.leases.fail(film.claim, BROKEN)
        last = await until(stream, "failed")
        (end,) = await stream.rest()
        assert (end.event, end.data["status"]) == ("end", "failed")

        await film.server.jobs.store.retry(film.job_id, tenant="local")
        async with film.follow(last) as again:
            await until(again, "retried")
            claim = await film.leases.claim(f"{film.job_id}:2:plan", worker="ann")
            assert claim
            await until(again, "started")
            await film.leases.fail(claim, BROKEN)
            *_, end = await again.rest()
            assert (end.event, end.data["attempt"]) == ("end", 2)


async def test_a_stream_of_a_paused_job_stays_open(film: Film) -> None:
    store = film.server.jobs.store
    async with asyncio.timeout(20), film.follow() as stream:
        await store.pause(film.job_id, tenant="local")
        await until(stream, "paused")
        await store.resume(film.job_id, tenant="local")
        await until(stream, "resumed")
        await film.finish()
        *_, end = await stream.rest()
        assert (end.event, end.data["status"]) == ("end", "finished")


async def test_nobody_follows_a_deleted_job(film: Film) -> None:
    store = film.server.jobs.store
    await store.cancel(film.job_id, tenant="local")
    await store.delete(film.job_id, tenant="local")
    answer = await film.server.http.get(film.path, headers={"Accept": "text/event-stream"})
    assert answer.status_code == 404
