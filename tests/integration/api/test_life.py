"""Pause, resume, retry and delete over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.conftest import Service
from tests.integration.api.works import PLAN
from ttv.jobs import Claim, Failure, StepState

pytestmark = pytest.mark.anyio


async def claimed(service: Service, job_id: str, step: str = "plan") -> Claim:
    claim = await service.jobs.leases.claim(f"{job_id}:1:{step}", worker="ann")
    assert claim
    return claim


async def failed(service: Service) -> dict[str, Any]:
    """Make a job whose plan cannot be made."""
    job = await service.create()
    claim = await claimed(service, job["id"])
    await service.jobs.leases.fail(claim, Failure("failed", "It cannot be."))
    return job


async def test_a_paused_job_says_so_until_it_is_resumed(service: Service) -> None:
    job = await service.create()
    for _ in range(2):
        paused = await service.http.post(job["links"]["pause"])
        assert paused.status_code == 200
        assert (paused.json()["stage"], paused.json()["hold"]["code"]) == ("paused", "paused")
        assert paused.headers["etag"] == f'"{paused.json()["revision"]}"'
    assert (await service.http.get(job["links"]["self"])).json()["queue_position"] is None
    for _ in range(2):
        resumed = await service.http.post(job["links"]["resume"])
        assert (resumed.status_code, resumed.json()["hold"]) == (200, None)
        assert resumed.json()["stage"] == "planning"


async def test_a_job_is_resumed_with_another_limit(service: Service) -> None:
    job = await service.create(max_cost=1)
    await service.http.post(job["links"]["pause"])
    resumed = await service.http.post(job["links"]["resume"], json={"max_cost": 2.5})
    assert resumed.json()["max_cost"] == 2.5
    assert (await service.jobs.store.get(job["id"])).terms.max_cost == 2_500_000


async def test_a_purchase_in_doubt_is_made_again_only_when_that_is_asked_for(
    service: Service,
) -> None:
    job = await service.create(generator="dear")
    await service.film(job["id"], segments=0)
    claim = await claimed(service, job["id"], "segment-2")
    await service.jobs.leases.hold(claim, Failure("outcome_unknown", "It may have been taken."))
    shown = (await service.http.get(job["links"]["self"])).json()
    assert (shown["hold"]["code"], shown["hold"]["step"]) == ("outcome_unknown", "segment-2")
    looked_up = await service.http.post(job["links"]["resume"])
    assert "takes" not in looked_up.json()["order"]
    await service.jobs.leases.hold(
        await claimed(service, job["id"], "segment-2"), Failure("outcome_unknown", "Again.")
    )
    again = await service.http.post(job["links"]["resume"], json={"buy_again": True})
    (take,) = again.json()["order"]["takes"]
    assert (take["shot"], take["number"]) == (2, 1)
    assert again.json()["hold"] is None


async def test_nothing_is_bought_again_that_is_not_in_doubt(service: Service) -> None:
    job = await service.create()
    await service.http.post(job["links"]["pause"])
    answer = await service.http.post(job["links"]["resume"], json={"buy_again": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await service.jobs.store.get(job["id"])).hold


async def test_a_failed_job_is_tried_again_on_new_terms(service: Service) -> None:
    job = await failed(service)
    again = await service.http.post(job["links"]["retry"], json={"max_cost": 0.000001})
    assert again.status_code == 202
    assert (again.json()["status"], again.json()["attempt"]) == ("queued", 2)
    assert again.json()["max_cost"] == 0.000001
    assert again.json()["error"] is None
    refused = await service.http.post(job["links"]["retry"])
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_a_retry_makes_again_what_it_needs_and_is_not_kept_any_more(
    service: Service,
) -> None:
    job = await service.create()
    await service.film(job["id"], segments=1)
    await service.http.post(job["links"]["cancel"])
    made = await service.jobs.store.get(job["id"])
    for name in ("keyframe-1", "segment-1"):
        for file in (made.step(name).result or {})["files"].values():
            await service.store.delete(file["key"])

    assert (await service.http.post(job["links"]["retry"])).status_code == 202

    again = await service.jobs.store.get(job["id"])
    made_again = {step.name for step in again.steps if step.state is not StepState.DONE}
    assert made_again == {"keyframe-1", "segment-1", "segment-2", "film", "delivery"}


@pytest.mark.parametrize("verb", ["pause", "resume", "retry", "cancel"])
async def test_a_job_that_changed_is_left_alone_by_an_old_tag(verb: str, service: Service) -> None:
    job = await failed(service) if verb == "retry" else await service.create()
    tag = (await service.http.get(job["links"]["self"])).headers["etag"]
    old = await service.http.post(job["links"][verb], headers={"If-Match": '"77"'})
    assert (old.status_code, old.json()["code"]) == (412, "precondition_failed")
    done = await service.http.post(job["links"][verb], headers={"If-Match": tag})
    assert done.is_success


@pytest.mark.parametrize("verb", ["resume", "retry"])
@pytest.mark.parametrize(
    ("content", "status", "param"),
    [
        ('{"max_cost": -1}', 400, "max_cost"),
        ('{"max_cost": 0.0000001}', 400, "max_cost"),
        ('{"max_cost": 1e300}', 400, "max_cost"),
        ('{"max_cost": "1"}', 400, "max_cost"),
        ('{"max_cots": 1}', 400, "max_cots"),
        ("[]", 400, None),
    ],
)
async def test_terms_that_cannot_be_are_refused(
    verb: str, content: str, status: int, param: str | None, service: Service
) -> None:
    job = await service.create()
    json = {"Content-Type": "application/json"}
    answer = await service.http.post(job["links"][verb], content=content, headers=json)
    assert (answer.status_code, answer.json().get("param")) == (status, param)


async def test_terms_in_another_form_are_refused(service: Service) -> None:
    job = await service.create()
    answer = await service.http.post(job["links"]["resume"], content="max_cost=1")
    assert answer.status_code == 415


async def test_a_job_is_deleted_once_it_is_over(service: Service) -> None:
    job = await service.create()
    url = job["links"]["self"]
    early = await service.http.delete(url)
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    await service.finish(job["id"])
    assert (await service.http.delete(url, headers={"If-Match": '"1"'})).status_code == 412
    gone = await service.http.delete(url)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await service.http.get(url)).status_code == 404
    assert (await service.http.delete(url)).status_code == 204
    assert [one.id for one in await service.jobs.store.deleted()] == [job["id"]]


async def test_a_planned_film_has_the_steps_of_its_plan(service: Service) -> None:
    job = await service.create()
    await service.film(job["id"])
    shown = (await service.http.get(job["links"]["self"])).json()
    kinds = [step["kind"] for step in shown["steps"]]
    assert kinds.count("segment") == len(PLAN.shots)
