from __future__ import annotations

import pytest

from tests.integration.api.conftest import Service
from ttv.jobs import Tenant, WorkerCard

pytestmark = pytest.mark.anyio


async def test_a_waiting_job_tells_its_place(service: Service) -> None:
    await service.jobs.fleet.beat(WorkerCard("ann", {"cpu": 1}))
    first, second, third = [await service.create() for _ in range(3)]
    told = [
        (await service.http.get(job["links"]["self"])).json()["queue_position"]
        for job in (first, second, third)
    ]
    assert told == [None, 0, 1]


async def test_a_job_whose_place_changed_is_sent_again_and_its_tag_still_allows_to_cancel_it(
    service: Service,
) -> None:
    await service.jobs.fleet.beat(WorkerCard("ann", {"cpu": 1}))
    first, _, last = [await service.create() for _ in range(3)]
    url = last["links"]["self"]
    before = await service.http.get(url)
    await service.finish(first["id"])
    known = {"If-None-Match": before.headers["etag"]}
    after = await service.http.get(url, headers=known)
    assert (before.json()["queue_position"], after.json()["queue_position"]) == (1, 0)
    assert before.json()["revision"] == after.json()["revision"]
    assert before.headers["etag"] != after.headers["etag"]
    assert after.json()["eta_seconds"] is not None

    tag = {"If-Match": before.headers["etag"]}
    assert (await service.http.post(f"{url}/cancel", headers=tag)).status_code == 200


async def test_a_job_over_the_limit_is_refused_and_told_when_to_come_back(service: Service) -> None:
    await service.jobs.tenants.set(Tenant("local", max_queued=1))
    body = {"prompt": "a red fox"}
    again = {"Idempotency-Key": "mine"}
    assert (await service.http.post("/v1/jobs", json=body, headers=again)).status_code == 202
    refused = await service.http.post("/v1/jobs", json=body)
    assert refused.status_code == 429
    assert (refused.json()["code"], refused.json()["retryable"]) == ("too_many_jobs", True)
    assert int(refused.headers["retry-after"]) > 0
    assert (await service.http.post("/v1/jobs", json=body, headers=again)).status_code == 202
