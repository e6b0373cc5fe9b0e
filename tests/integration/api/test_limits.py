"""How many requests and event streams one caller may have."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from math import ceil
from pathlib import Path

import pytest
from coredis import Redis

from tests.integration.api.conftest import Service, running
from tests.integration.conftest import Valkey
from ttv.access import COMMON, By, Caller, Grant
from ttv.api.problems import TooManyOwnStreams, TooManyStreams
from ttv.artifacts import Store
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

STRANGER = "192.0.2.7"
PROXY = "10.0.0.1"
BURST = 20


def limited(folder: Path, **more: object) -> Settings:
    return Settings.model_validate(
        {"data_dir": folder, "auth": "none", "requests_per_minute": BURST, **more}
    )


@pytest.fixture
async def busy(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Service]:
    async with running(shared_valkey, store, limited(tmp_path), client=STRANGER) as service:
        yield service


async def statuses(service: Service, number: int, **headers: str) -> list[int]:
    """Ask so often, some at the same time: as many as a busy machine still serves in time."""
    at_once = asyncio.Semaphore(8)

    async def ask() -> int:
        async with at_once:
            return (await service.http.get("/v1/jobs", headers=headers)).status_code

    return await asyncio.gather(*(ask() for _ in range(number)))


async def test_every_answer_tells_how_the_caller_stands(busy: Service) -> None:
    for number, path in enumerate(["/v1/jobs", "/v1/jobs/x", "/v1/jobs?limit=x"], start=1):
        headers = (await busy.http.get(path)).headers
        assert headers["ratelimit-policy"] == f'"requests";q={BURST};w=60'
        left, full = headers["ratelimit"].removeprefix('"requests";r=').split(";t=")
        assert int(left) == BURST - number
        assert int(full) <= 3 * number


async def test_who_asks_too_often_is_told_when_to_come_back(busy: Service) -> None:
    assert await statuses(busy, BURST) == [200] * BURST
    answer = await busy.http.get("/v1/jobs")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["retry-after"]) <= 3
    assert answer.headers["ratelimit"].startswith('"requests";r=0;')
    assert answer.json()["retryable"] is True


async def test_films_are_counted_apart_from_other_requests(busy: Service) -> None:
    await statuses(busy, BURST + 1)
    made = await busy.http.post("/v1/jobs", json={"prompt": "a fox"})
    assert made.status_code == 202
    assert made.headers["ratelimit-policy"] == '"create";q=60;w=60'


async def test_no_more_get_through_four_processes_than_through_one(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        services = [
            await stack.enter_async_context(
                running(shared_valkey, store, limited(tmp_path), client=STRANGER)
            )
            for _ in range(4)
        ]
        began = time.monotonic()
        answered = await asyncio.gather(*(statuses(service, 50) for service in services))
        refilled = ceil((time.monotonic() - began) * BURST / 60)
    allowed = sum(answers.count(200) for answers in answered)
    assert sum(answers.count(429) for answers in answered) == 200 - allowed
    assert BURST <= allowed <= BURST + refilled


async def test_a_made_up_address_gains_nothing(busy: Service) -> None:
    await statuses(busy, BURST)
    for number in range(10):
        spoofed = await busy.http.get("/v1/jobs", headers={"X-Forwarded-For": f"192.0.2.{number}"})
        assert spoofed.status_code == 429


async def test_clients_behind_our_proxy_are_told_apart_by_its_word_alone(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = limited(tmp_path, trusted_proxies=f"{PROXY}/32")
    async with running(shared_valkey, store, settings, client=PROXY) as service:
        seen = {"X-Forwarded-For": STRANGER}
        await statuses(service, BURST, **seen)
        for number in range(10):
            written = {"X-Forwarded-For": f"198.51.100.{number}, {STRANGER}"}
            assert (await service.http.get("/v1/jobs", headers=written)).status_code == 429
        other = {"X-Forwarded-For": f"{STRANGER}, 198.51.100.1"}
        assert (await service.http.get("/v1/jobs", headers=other)).status_code == 200


async def test_a_key_has_its_own_count_wherever_it_is_used(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = limited(tmp_path, auth="keys")
    async with running(shared_valkey, store, settings, client=STRANGER) as service:
        for _ in range(2):
            made = await service.access.keys.create(Grant("acme"), by=By("test"))
            key = {"X-API-Key": made.secret}
            assert await statuses(service, BURST, **key) == [200] * BURST
            assert await statuses(service, 1, **key) == [429]


async def test_who_sits_at_this_machine_is_not_counted(service: Service) -> None:
    answer = await service.http.get("/v1/jobs")
    assert "ratelimit" not in answer.headers


async def test_a_tenant_cannot_take_the_event_streams_of_all(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = limited(tmp_path, max_event_streams=3, max_event_streams_per_tenant=2)
    async with running(shared_valkey, store, settings) as service:
        streams = service.app.state.streams
        acme, globex = (Caller(name, COMMON, STRANGER, key="k") for name in ("acme", "globex"))
        with streams.place(acme):
            with streams.place(acme):
                with pytest.raises(TooManyOwnStreams, match="2 event streams"), streams.place(acme):
                    pass
                with (
                    streams.place(globex),
                    pytest.raises(TooManyStreams),
                    streams.place(globex),
                ):
                    pass
            with streams.place(acme):
                pass


async def test_one_stream_too_many_of_a_tenant_is_a_problem(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = limited(tmp_path, max_event_streams_per_tenant=1)
    async with running(shared_valkey, store, settings, client=STRANGER) as service:
        job = await service.create()
        with service.app.state.streams.place(Caller("local", COMMON, STRANGER)):
            answer = await service.http.get(
                job["links"]["events"], headers={"Accept": "text/event-stream"}
            )
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_own_streams")
    assert answer.headers["retry-after"] == "5"
