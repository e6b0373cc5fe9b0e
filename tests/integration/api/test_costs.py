"""Terms and money over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.api.conftest import Service
from tests.integration.api.works import PRICE_PER_SECOND
from ttv.jobs import Paid, Tenant

pytestmark = pytest.mark.anyio

DEAR = {"prompt": "a red fox", "seconds": 4, "generator": "dear"}
PRICE = 4 * PRICE_PER_SECOND / 1e6


def instant(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat(timespec="seconds")


async def test_a_job_keeps_its_terms(service: Service) -> None:
    start, end = instant(hours=1), instant(hours=2)
    job = await service.create(priority="high", start_at=start, deadline=end, max_cost=0.1)
    assert (job["priority"], job["max_cost"]) == ("high", 0.1)
    assert datetime.fromisoformat(job["start_at"]) == datetime.fromisoformat(start)
    assert datetime.fromisoformat(job["deadline"]) == datetime.fromisoformat(end)
    terms = (await service.jobs.store.get(job["id"])).terms
    assert (terms.priority, terms.max_cost) == (1, 100_000)
    shown = (await service.http.get(job["links"]["self"])).json()
    assert shown["start_at"] == job["start_at"]
    assert (await service.http.get("/v1/jobs")).json()["jobs"][0]["deadline"] == job["deadline"]


async def test_times_may_be_counted_from_now(service: Service) -> None:
    job = await service.create(delay_seconds=60, deadline_seconds=3600, priority="low")
    start, end = (datetime.fromisoformat(job[name]) for name in ("start_at", "deadline"))
    assert end - start == timedelta(seconds=3540)
    assert abs(start - datetime.now(UTC) - timedelta(seconds=60)) < timedelta(seconds=20)


async def test_a_replayed_request_shows_the_terms_it_was_accepted_on(service: Service) -> None:
    sent = {"prompt": "a", "delay_seconds": 60, "max_cost": 1}
    first, again = [
        await service.http.post("/v1/jobs", json=sent, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"priority": "urgent"}, "priority"),
        ({"priority": 1}, "priority"),
        ({"start_at": "tomorrow"}, "start_at"),
        ({"start_at": "2030-01-31T09:00:00"}, "start_at"),
        ({"start_at": "2030-13-31T09:00:00Z"}, "start_at"),
        ({"start_at": "9999-12-31T23:59:59Z"}, "start_at"),
        ({"start_at": 5}, "start_at"),
        ({"start_at": instant(hours=1), "delay_seconds": 1}, "delay_seconds"),
        ({"delay_seconds": -1}, "delay_seconds"),
        ({"delay_seconds": 1e9}, "delay_seconds"),
        ({"deadline": "2001-01-01T00:00:00Z"}, "deadline"),
        ({"deadline_seconds": 0}, "deadline_seconds"),
        ({"deadline": instant(hours=1), "deadline_seconds": 1}, "deadline_seconds"),
        ({"deadline_seconds": 10, "delay_seconds": 20}, "deadline_seconds"),
        ({"deadline": instant(hours=1), "start_at": instant(hours=2)}, "deadline"),
        ({"max_cost": -0.01}, "max_cost"),
        ({"max_cost": 0.0000001}, "max_cost"),
        ({"max_cost": 1e18}, "max_cost"),
        ({"max_cost": "1"}, "max_cost"),
        ({**DEAR, "max_cost": PRICE - 0.01}, "max_cost"),
    ],
)
async def test_terms_that_cannot_be_are_refused_by_name(
    asked: dict[str, Any], param: str, service: Service
) -> None:
    answer = await service.http.post("/v1/jobs", json={"prompt": "a fox"} | asked)
    assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert (await service.jobs.store.list()).jobs == ()


async def test_an_estimate_prices_every_shot_and_makes_nothing(service: Service) -> None:
    answer = await service.http.post("/v1/jobs/estimate", json=DEAR)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["cost"], told["exact"], told["engine"]) == (PRICE, True, "dear-1")
    assert sum(shot["cost"] for shot in told["shots"]) == pytest.approx(PRICE)
    assert told["seconds"] == 4
    assert told["steps"] > len(told["shots"])
    assert told["refusals"] == []
    assert (await service.jobs.store.list()).jobs == ()


async def test_an_estimate_of_a_free_engine_is_nothing(service: Service) -> None:
    answer = await service.http.post("/v1/jobs/estimate", json={"prompt": "a fox"})
    assert answer.json()["cost"] == 0


async def test_an_estimate_tells_what_the_limit_would_refuse(service: Service) -> None:
    told = (await service.http.post("/v1/jobs/estimate", json={**DEAR, "max_cost": 0.1})).json()
    (refusal,) = told["refusals"]
    assert (refusal["param"], refusal["pointer"]) == ("max_cost", "/max_cost")
    assert "raise it" in refusal["detail"]
    enough = {**DEAR, "max_cost": PRICE}
    assert (await service.http.post("/v1/jobs/estimate", json=enough)).json()["refusals"] == []
    assert (await service.http.post("/v1/jobs", json=enough)).status_code == 202


async def test_an_estimate_refuses_what_no_job_could_be(service: Service) -> None:
    answer = await service.http.post("/v1/jobs/estimate", json={"prompt": "a", "size": "9x9x9"})
    assert (answer.status_code, answer.json()["param"]) == (400, "size")


async def test_a_job_tells_what_is_set_aside_and_what_is_spent(service: Service) -> None:
    job = await service.create(**DEAR, max_cost=1)
    await service.film(job["id"], segments=0)
    for name, cost in (("segment-1", 120_000), ("segment-2", None)):
        claim = await service.jobs.leases.claim(f"{job['id']}:1:{name}", worker="ann")
        assert claim
        paid = Paid(f"{job['id']}-{name}", "dear-1")
        await service.jobs.spend.reserve(claim.job, claim.step, paid, 200_000)
        if cost:
            await service.jobs.spend.charge(job["id"], name, paid, cost)
    told = (await service.http.get(job["links"]["cost"])).json()
    assert (told["max_cost"], told["reserved"], told["spent"]) == (1.0, 0.2, 0.12)
    assert told["steps"] == [
        {"step": "segment-1", "reserved": 0.0, "spent": 0.12},
        {"step": "segment-2", "reserved": 0.2, "spent": 0.0},
    ]
    shown = (await service.http.get(job["links"]["self"])).json()
    assert (shown["cost"]["reserved"], shown["cost"]["spent"]) == (0.2, 0.12)
    segments = (await service.http.get(job["links"]["segments"])).json()["segments"]
    assert [one["cost"]["spent"] for one in segments] == [0.12, 0.0]
    used = (await service.http.get("/v1/usage")).json()
    assert (used["spent_today"], used["reserved_today"], used["spent"]) == (0.12, 0.2, 0.12)
    assert [day["spent"] for day in used["days"]] == [0.12]


async def test_usage_tells_what_runs_and_what_may(service: Service) -> None:
    await service.jobs.tenants.set(Tenant("local", max_queued=5, max_cost_per_day=2_000_000))
    await service.create()
    job = await service.create()
    await service.jobs.leases.claim(f"{job['id']}:1:plan", worker="ann")
    used = (await service.http.get("/v1/usage?days=1")).json()
    assert (used["tenant"], used["queued"], used["running"]) == ("local", 1, 2)
    assert (used["max_queued"], used["max_running"]) == (5, 1_000)
    assert (used["max_cost_per_day"], used["spent_today"]) == (2.0, 0.0)
    assert (await service.http.get("/v1/usage?days=0")).status_code == 400
