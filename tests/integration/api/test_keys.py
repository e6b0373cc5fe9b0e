"""API keys over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from coredis import Redis

from tests.integration.api.conftest import Service, running
from tests.integration.conftest import Valkey
from tests.integration.waiting import eventually
from ttv.access import By, Grant, Scope, read_audit
from ttv.artifacts import Store
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

ADMIN = frozenset({Scope.ADMIN})


@pytest.fixture
async def closed(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Service]:
    settings = Settings(data_dir=tmp_path, auth="keys")
    async with running(shared_valkey, store, settings) as service:
        yield service


async def key(service: Service, tenant: str, scopes: frozenset[Scope] = ADMIN) -> dict[str, str]:
    """Make a key; gives the header that sends it."""
    made = await service.access.keys.create(Grant(tenant, scopes=scopes), by=By("test"))
    return {"X-API-Key": made.secret}


async def test_a_new_key_works_and_its_secret_is_shown_once(closed: Service) -> None:
    boss = await key(closed, "acme")
    asked = {
        "name": "desk",
        "scopes": ["jobs:read"],
        "expires_in_seconds": 60,
        "max_cost": 2.5,
        "max_cost_per_day": 20,
    }
    made = await closed.http.post("/v1/keys", json=asked, headers=boss)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    document = made.json()
    assert made.headers["location"] == f"/v1/keys/{document['id']}"
    assert (document["tenant"], document["name"], document["scopes"]) == (
        "acme",
        "desk",
        ["jobs:read"],
    )
    limits = ("max_cost", "max_cost_per_day", "spent")
    assert [document[limit] for limit in limits] == [2.5, 20, 0]
    mine = {"X-API-Key": document["secret"]}
    assert (await closed.http.get("/v1/jobs", headers=mine)).status_code == 200
    listed = await closed.http.get("/v1/keys", headers=boss)
    assert document["secret"] not in listed.text
    shown = {key["id"]: key for key in listed.json()["keys"]}[document["id"]]
    assert shown["last_used"] is not None
    assert shown["expires_at"] == document["expires_at"]


async def test_a_revoked_key_is_refused_from_then_on(closed: Service) -> None:
    boss = await key(closed, "acme")
    made = (await closed.http.post("/v1/keys", json={}, headers=boss)).json()
    mine = {"X-API-Key": made["secret"]}
    assert (await closed.http.get("/v1/jobs", headers=mine)).status_code == 200
    for _ in range(2):
        ended = await closed.http.delete(f"/v1/keys/{made['id']}", headers=boss)
        assert (ended.status_code, ended.json()["revoked_at"] is None) == (200, False)
    assert (await closed.http.get("/v1/jobs", headers=mine)).status_code == 401


async def test_a_rotated_key_has_a_successor_that_allows_the_same(closed: Service) -> None:
    boss = await key(closed, "acme")
    old = (await closed.http.post("/v1/keys", json={"name": "desk"}, headers=boss)).json()
    answer = await closed.http.post(
        f"/v1/keys/{old['id']}/rotate?overlap_seconds=3600", headers=boss
    )
    assert answer.status_code == 201
    for secret in (old["secret"], answer.json()["secret"]):
        jobs = await closed.http.get("/v1/jobs", headers={"X-API-Key": secret})
        assert jobs.status_code == 200
    assert answer.json()["name"] == "desk"
    at_once = await closed.http.post(
        f"/v1/keys/{old['id']}/rotate?overlap_seconds=-1", headers=boss
    )
    assert (at_once.status_code, at_once.json()["param"]) == (400, "overlap_seconds")


async def test_an_admin_stays_in_his_tenant(closed: Service) -> None:
    boss = await key(closed, "acme")
    answer = await closed.http.post("/v1/keys", json={"tenant": "globex"}, headers=boss)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_operator_manages_the_keys_of_all(closed: Service) -> None:
    operator = await key(closed, "local")
    made = (await closed.http.post("/v1/keys", json={"tenant": "globex"}, headers=operator)).json()
    assert made["tenant"] == "globex"
    listed = (await closed.http.get("/v1/keys", headers=operator)).json()["keys"]
    assert {key["tenant"] for key in listed} == {"local", "globex"}
    theirs = await closed.http.get("/v1/keys?tenant=globex", headers=operator)
    assert [key["id"] for key in theirs.json()["keys"]] == [made["id"]]
    ended = await closed.http.delete(f"/v1/keys/{made['id']}", headers=operator)
    assert ended.status_code == 200
    own = (await closed.http.post("/v1/keys", json={}, headers=operator)).json()
    assert own["tenant"] == "local"


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"scope": ["admin"]}, "scope"),
        ({"scopes": ["everything"]}, "scopes[0]"),
        ({"scopes": []}, "scopes"),
        ({"tenant": "../x"}, "tenant"),
        ({"tenant": ""}, "tenant"),
        ({"name": 7}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"expires_in_seconds": 0}, "expires_in_seconds"),
        ({"expires_in_seconds": 10**12}, "expires_in_seconds"),
        ({"expires_in_seconds": True}, "expires_in_seconds"),
        ({"max_cost": -1}, "max_cost"),
        ({"max_cost": 0.0000001}, "max_cost"),
        ({"max_cost": 1e300}, "max_cost"),
        ({"scopes": ["admin"], "max_cost": 1}, "max_cost"),
    ],
)
async def test_what_no_key_can_be_is_refused_by_its_field(
    asked: dict[str, Any], param: str, closed: Service
) -> None:
    operator = await key(closed, "local")
    answer = await closed.http.post("/v1/keys", json=asked, headers=operator)
    assert (answer.status_code, answer.json().get("param")) == (400, param)


async def test_the_audit_log_names_who_and_by_which_request(closed: Service) -> None:
    boss = await key(closed, "acme")
    headers = {**boss, "X-Request-ID": "my-request"}
    made = (await closed.http.post("/v1/keys", json={}, headers=headers)).json()
    newest = (await read_audit(closed.access.connection, limit=1))[0]
    assert newest.actor == f"key:{boss['X-API-Key'][9:17]}"
    assert (newest.target, newest.request_id) == (f"key:{made['id']}", "my-request")


async def test_a_page_of_a_stranger_in_a_browser_here_gets_nothing(service: Service) -> None:
    for method, path in (("GET", "/v1/jobs"), ("POST", "/v1/keys"), ("GET", "/metrics")):
        answer = await service.http.request(method, path, headers={"Host": "evil.example"})
        assert answer.status_code == 401


async def test_the_first_key_can_be_made_over_http_and_closes_the_service(
    service: Service,
) -> None:
    made = await service.http.post("/v1/keys", json={"scopes": ["admin", "jobs:read"]})
    assert made.status_code == 201

    async def closed() -> bool:
        return (await service.http.get("/v1/jobs")).status_code == 401

    await eventually(closed, seconds=2)
    mine = {"Authorization": f"Bearer {made.json()['secret']}"}
    assert (await service.http.get("/v1/jobs", headers=mine)).status_code == 200
