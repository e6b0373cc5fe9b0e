"""Changes that are asked for again with the same Idempotency-Key: nothing is bought twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.integration.api.conftest import Service
from ttv.api.once import fingerprint
from ttv.jobs import Failure, Once

pytestmark = pytest.mark.anyio

KEY = {"Idempotency-Key": "take-1"}
TAKE = "segments/2/regenerate"


@pytest.fixture
async def job(service: Service) -> dict[str, Any]:
    """A film of two segments, of which the second failed."""
    made = await service.create(generator="dear")
    await service.film(made["id"], segments=1)
    await fail(service, made["id"])
    shown: dict[str, Any] = (await service.http.get(made["links"]["self"])).json()
    return shown


async def fail(service: Service, job_id: str, attempt: int = 1) -> None:
    claim = await service.jobs.leases.claim(f"{job_id}:{attempt}:segment-2", worker="ann")
    assert claim
    await service.jobs.leases.fail(claim, Failure("failed", "It cannot be."))


async def ask(
    service: Service, job: dict[str, Any], what: str, headers: dict[str, str], **asked: Any
) -> Any:
    url = f"{job['links']['self']}/{what}"
    return await service.http.post(url, json=asked, headers=headers)


@pytest.mark.parametrize("what", ["retry", TAKE])
async def test_the_same_key_shows_the_job_and_begins_no_second_attempt(
    what: str, service: Service, job: dict[str, Any]
) -> None:
    first = await ask(service, job, what, KEY, max_cost=9)
    await service.http.post(job["links"]["cancel"])
    again = await ask(service, job, what, KEY, max_cost=9.0)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    now = (await service.http.get(job["links"]["self"])).json()
    assert (now["status"], now["attempt"]) == ("canceled", 2)
    assert again.json()["revision"] == now["revision"]


async def test_a_take_whose_answer_was_lost_is_not_refused_for_having_changed_the_job(
    service: Service, job: dict[str, Any]
) -> None:
    seen = KEY | {"If-Match": f'"{job["revision"]}"'}
    first = await ask(service, job, TAKE, seen)
    again = await ask(service, job, TAKE, seen)
    assert again.json() == first.json()
    assert (await ask(service, job, TAKE, seen | {"Idempotency-Key": "k"})).status_code == 412


@pytest.mark.parametrize("what", ["retry", TAKE])
async def test_one_key_sent_many_times_at_once_begins_one_attempt(
    what: str, service: Service, job: dict[str, Any]
) -> None:
    answers = await asyncio.gather(*(ask(service, job, what, KEY) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {202}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    stored = await service.jobs.store.get(job["id"])
    assert stored.attempt == 2
    assert len(stored.request.get("takes", [])) == (what == TAKE)


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        (TAKE, {"seed": 8}),
        ("segments/1/regenerate", {"seed": 7}),
        ("retry", {}),
        ("resume", {}),
    ],
)
async def test_the_same_key_for_something_else_is_a_conflict(
    what: str, asked: dict[str, Any], service: Service, job: dict[str, Any]
) -> None:
    await ask(service, job, TAKE, KEY, seed=7)
    answer = await ask(service, job, what, KEY, **asked)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_mismatch")
    film = await service.http.post("/v1/jobs", json={"prompt": "a"}, headers=KEY)
    assert (film.status_code, film.json()["code"]) == (409, "idempotency_mismatch")


async def test_without_a_key_each_request_is_a_take_of_its_own(
    service: Service, job: dict[str, Any]
) -> None:
    for _ in range(2):
        assert (await ask(service, job, TAKE, {})).status_code == 202
        await service.http.post(job["links"]["cancel"])
    stored = await service.jobs.store.get(job["id"])
    assert [take["number"] for take in stored.request["takes"]] == [2]


async def test_a_refused_change_does_not_use_up_its_key(
    service: Service, job: dict[str, Any]
) -> None:
    assert (await ask(service, job, TAKE, KEY, max_cost=0.01)).status_code == 400
    assert (await ask(service, job, TAKE, KEY, preview=True)).status_code == 200
    assert (await ask(service, job, TAKE, KEY)).status_code == 202


async def test_a_purchase_in_doubt_is_made_again_once(
    service: Service, job: dict[str, Any]
) -> None:
    await ask(service, job, "retry", {})
    for _ in range(2):
        step = f"{job['id']}:2:segment-2"
        claim = await service.jobs.leases.claim(step, worker="ann")
        assert claim
        await service.jobs.leases.hold(claim, Failure("outcome_unknown", "It may be taken."))
        answer = await ask(service, job, "resume", KEY, buy_again=True)
        assert answer.status_code == 200
        if "idempotent-replayed" in answer.headers:
            break
    stored = await service.jobs.store.get(job["id"])
    assert [take["number"] for take in stored.request["takes"]] == [1]
    assert stored.hold is not None


async def test_a_key_of_a_change_is_forgotten_after_a_day(
    service: Service, job: dict[str, Any]
) -> None:
    await ask(service, job, TAKE, KEY)
    redis = service.jobs.connection.redis
    (key,) = await redis.keys("ttv:idempotency:*")
    assert 86_000 < await redis.ttl(key) <= 86_400


async def test_a_key_takes_no_more_room_for_a_long_film(
    service: Service, job: dict[str, Any]
) -> None:
    await ask(service, job, TAKE, KEY)
    redis = service.jobs.connection.redis
    (key,) = await redis.keys("ttv:idempotency:*")
    assert sorted(await redis.hkeys(key)) == ["fingerprint", "job"]


async def test_a_key_is_one_of_its_tenant_only(service: Service, job: dict[str, Any]) -> None:
    await ask(service, job, TAKE, KEY)
    once = Once("take-1", fingerprint(["regenerate", job["id"], "2", {}]))
    assert await service.jobs.store.answered(once, tenant="local") is not None
    assert await service.jobs.store.answered(once, tenant="acme") is None
