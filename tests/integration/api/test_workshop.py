"""Back ends, the queue and dead letters over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from coredis import Redis

from tests.integration.api.conftest import Service, running
from tests.integration.conftest import Valkey
from ttv.access import By, Grant, Scope
from ttv.artifacts import Store
from ttv.jobs import Failure
from ttv.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def closed(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Service]:
    """A service that asks for keys."""
    settings = Settings(data_dir=tmp_path, auth="keys")
    async with running(shared_valkey, store, settings, client="192.0.2.7") as service:
        yield service


async def key(service: Service, tenant: str, *scopes: Scope) -> dict[str, str]:
    grant = Grant(tenant, scopes=frozenset(scopes))
    return {"X-API-Key": (await service.access.keys.create(grant, by=By("test"))).secret}


async def fail(service: Service, headers: dict[str, str]) -> str:
    """Make a job fail for good."""
    answer = await service.http.post("/v1/jobs", json={"prompt": "a fox"}, headers=headers)
    job_id: str = answer.json()["id"]
    claim = await service.jobs.leases.claim(f"{job_id}:1:plan", worker="ann")
    assert claim
    await service.jobs.leases.fail(claim, Failure("failed", "It cannot be."))
    return job_id


async def test_back_ends_are_listed_with_what_they_can_and_cost(service: Service) -> None:
    told = (await service.http.get("/v1/backends")).json()
    free, dear = told["generators"]
    assert (free["name"], free["default"], free["price_per_second"]) == ("animatic", True, 0.0)
    assert (dear["name"], dear["default"], dear["price_per_second"]) == ("dear", False, 0.05)
    assert (dear["pool"], dear["max_seconds"], dear["first_frame"]) == ("remote", 8.0, True)
    assert [(one["name"], one["default"]) for one in told["planners"]] == [("builtin", True)]
    assert told["painters"][0]["model"] == "brush-1"


async def test_the_queue_tells_how_full_it_is(service: Service) -> None:
    await service.create()
    told = (await service.http.get("/v1/queue")).json()
    assert told["pools"]["cpu"]["waiting"] == 1
    assert told["pools"]["cpu"]["slots"] == 8
    assert told["workers"] == 1


async def test_only_operators_see_the_queue_of_others(closed: Service) -> None:
    mine = await key(closed, "acme", Scope.JOBS_READ, Scope.JOBS_WRITE)
    other = await key(closed, "globex", Scope.JOBS_READ, Scope.JOBS_WRITE)
    operator = await key(closed, "local", Scope.JOBS_READ, Scope.ADMIN)
    for headers in (mine, other, other):
        await closed.http.post("/v1/jobs", json={"prompt": "a"}, headers=headers)
    own = (await closed.http.get("/v1/queue", headers=mine)).json()
    assert own["tenants"] == [{"tenant": "acme", "queued": 1, "running": 1}]
    assert own["fleet"] is None
    all_of_them = (await closed.http.get("/v1/queue", headers=operator)).json()
    assert [(one["tenant"], one["queued"]) for one in all_of_them["tenants"]] == [
        ("acme", 1),
        ("globex", 2),
    ]
    assert [worker["name"] for worker in all_of_them["fleet"]] == ["ann"]


async def test_dead_letters_are_listed_page_by_page_to_who_owns_them(closed: Service) -> None:
    mine = await key(closed, "acme", Scope.JOBS_READ, Scope.JOBS_WRITE)
    other = await key(closed, "globex", Scope.JOBS_READ, Scope.JOBS_WRITE)
    operator = await key(closed, "local", Scope.JOBS_READ, Scope.ADMIN)
    failed = [await fail(closed, headers) for headers in (mine, mine, other)]
    listed, url = list[str](), "/v1/dead-letters?limit=1"
    while url:
        answer = await closed.http.get(url, headers=mine)
        listed += [letter["job_id"] for letter in answer.json()["letters"]]
        assert answer.json()["letters"][0]["message"] == "It cannot be."
        url = answer.headers.get("link", "")[1:].partition(">")[0]
    assert sorted(listed) == sorted(failed[:2])
    seen = (await closed.http.get("/v1/dead-letters", headers=operator)).json()["letters"]
    assert sorted(letter["job_id"] for letter in seen) == sorted(failed)
    assert (await closed.http.get("/v1/dead-letters?cursor=x", headers=mine)).status_code == 400
