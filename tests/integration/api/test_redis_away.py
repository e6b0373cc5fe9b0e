"""What every route answers while Redis is away, frozen or slow; the routes are the app's own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from coredis import Redis

from tests.integration.api.conftest import Service
from tests.integration.conftest import Valkey
from tests.integration.waiting import eventually
from tests.unit.pipeline.test_reproduce import told
from ttv.api.links import PLAYBACK
from ttv.api.signing import Signer

pytestmark = pytest.mark.anyio

#: What tells how things are, also how they are without Redis, and what needs none once it is known
#: who asks.
WITHOUT: Final = frozenset(
    {
        *("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"),
        *("/v1/backends", "/v1/jobs/estimate"),
        "/v1/artifacts/{key}",
        *("/v1/files", "/v1/files/{file_id}", "/v1/files/{file_id}/content"),
    }
)
#: What could be names of things, and what to send where something has to be sent.
NAMES: Final = {
    "key_id": "abcd1234",
    "n": 1,
    "webhook_id": "wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
    "delivery_id": "msg_0",
    "name": "webm",
    "file": "film.mp4",
    "key": "films/x",
}
BODIES: Final = {
    "createJob": {"prompt": "a fox"},
    "createKey": {"name": "ann"},
    "createWebhook": {"url": "https://93.184.216.34/"},
    "reproduceJob": told(),
}
#: Seconds that a caller may wait, and what a busy machine adds.
PATIENCE: Final = 2.0 + 1.0


def routes(service: Service, job_id: str) -> Iterator[dict[str, Any]]:
    """Give a request for every route of the app that needs Redis."""
    for path, operations in service.app.openapi()["paths"].items():
        for method, about in operations.items():
            if path in WITHOUT:
                continue
            asked = {"method": method, "url": path.format(**NAMES, job_id=job_id)}
            if path.startswith(PLAYBACK):  # what is not signed is refused before anything is asked
                asked["url"] = Signer.of(service.access).sign(asked["url"], expires=2**32)
            if method == "get":
                yield asked | {"method": "head"}
            elif "requestBody" in about:
                asked["json"] = BODIES.get(about["operationId"], {})
            yield asked
    events = f"/v1/jobs/{job_id}/events"
    yield {"method": "get", "url": events, "headers": {"Accept": "text/event-stream"}}


async def answered(service: Service, asked: dict[str, Any]) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    answer = await service.http.request(**asked)
    return answer, time.monotonic() - began


async def check_away(service: Service, job_id: str) -> None:
    """Check that every route says so, in time."""
    asked = list(routes(service, job_id))
    assert len(asked) > 15
    answers = await asyncio.gather(*(answered(service, one) for one in asked))
    for one, (answer, seconds) in zip(asked, answers, strict=True):
        assert answer.status_code == 503, (one, answer.text)
        assert answer.headers["retry-after"] == "2"
        assert one["method"] == "head" or answer.json()["code"] == "unavailable"
        assert seconds < PATIENCE, one


async def pause(valkey: Valkey, milliseconds: int) -> None:
    """Let Redis take commands and answer none of them for a while."""
    async with Redis.from_url(valkey.url, decode_responses=True) as client:
        await client.client_pause(milliseconds)


async def until_back(service: Service, job_id: str) -> None:
    async def shown() -> bool:
        return (await service.http.get(f"/v1/jobs/{job_id}")).is_success

    await eventually(shown)


async def test_every_route_says_within_two_seconds_that_redis_is_gone(
    lonely: Service, own_valkey: Valkey
) -> None:
    job_id = (await lonely.create())["id"]
    own_valkey.kill()
    await check_away(lonely, job_id)
    await check_what_watches(lonely)
    own_valkey.start()
    await until_back(lonely, job_id)


async def test_every_route_says_within_two_seconds_that_redis_is_frozen(
    lonely: Service, own_valkey: Valkey
) -> None:
    job_id = (await lonely.create())["id"]
    own_valkey.freeze()
    try:
        await check_away(lonely, job_id)
        await check_what_watches(lonely)
    finally:
        own_valkey.thaw()
    await until_back(lonely, job_id)


async def test_every_route_says_within_two_seconds_that_redis_is_too_slow(
    lonely: Service, own_valkey: Valkey
) -> None:
    job_id = (await lonely.create())["id"]
    await pause(own_valkey, 2_500)
    await check_away(lonely, job_id)
    await until_back(lonely, job_id)


async def test_a_redis_that_hesitates_loses_no_request(lonely: Service, own_valkey: Valkey) -> None:
    job_id = (await lonely.create())["id"]
    await pause(own_valkey, 300)
    answers = await asyncio.gather(
        *(lonely.http.get(f"/v1/jobs/{job_id}") for _ in range(10)),
        lonely.http.post("/v1/jobs", json={"prompt": "a fox"}),
    )
    assert [answer.status_code for answer in answers] == [200] * 10 + [202]


async def check_what_watches(service: Service) -> None:
    """Check that the process is alive and tells what is missing."""
    assert (await service.http.get("/healthz")).status_code == 200
    ready = await service.http.get("/readyz")
    assert ready.status_code == 503
    assert not ready.json()["checks"]["redis"]["ok"]
    assert ready.json()["workers"] is None
    assert "ttv_redis_up 0.0" in (await service.http.get("/metrics")).text
