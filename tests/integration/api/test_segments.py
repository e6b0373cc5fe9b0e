"""The segments of a job over HTTP, and making one anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.integration.api.conftest import CLIP, Service
from tests.integration.api.works import PLAN, PRICE_PER_SECOND
from ttv.jobs import StepState

pytestmark = pytest.mark.anyio


@pytest.fixture
async def job(service: Service) -> dict[str, Any]:
    """A finished film of two shots."""
    made = await service.create(generator="dear")
    await service.film(made["id"])
    shown: dict[str, Any] = (await service.http.get(made["links"]["self"])).json()
    assert shown["status"] == "finished"
    return shown


async def regenerate(service: Service, job: dict[str, Any], n: int | str = 2, **asked: Any) -> Any:
    headers = asked.pop("headers", {})
    url = f"{job['links']['segments']}/{n}/regenerate"
    return await service.http.post(url, json=asked, headers=headers)


async def test_segments_tell_what_they_show_and_how_far_they_are(service: Service) -> None:
    made = await service.create(generator="dear")
    early = await service.http.get(made["links"]["segments"])
    assert (early.status_code, early.json()["code"]) == (404, "not_ready")
    await service.film(made["id"], segments=1)
    first, second = (await service.http.get(made["links"]["segments"])).json()["segments"]
    assert (first["number"], first["status"], first["engine"]) == (1, "done", "dear-1")
    assert (second["number"], second["status"], second["engine"]) == (2, "ready", None)
    assert (second["prompt"], second["seed"], second["take"]) == ("a den", 2, 0)
    assert (second["seconds"], second["frames"]) == (3.0, 72)
    assert second["keyframes"] == ["keyframe-2"]
    one = await service.http.get(second["links"]["self"])
    assert one.json() == second


@pytest.mark.parametrize("n", ["0", "3", "01", "-1", "x", "9" * 30])
async def test_a_segment_that_is_none_is_not_found(
    n: str, service: Service, job: dict[str, Any]
) -> None:
    for part in ("", "/video"):
        answer = await service.http.get(f"{job['links']['segments']}/{n}{part}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await regenerate(service, job, n)).status_code == 404


async def test_the_video_of_a_segment_is_served_whole_and_in_parts(service: Service) -> None:
    made = await service.create()
    await service.film(made["id"], segments=1)
    url = f"{made['links']['segments']}/1/video"
    whole = await service.http.get(url)
    assert (whole.status_code, whole.content) == (200, CLIP)
    assert whole.headers["content-type"] == "video/mp4"
    part = await service.http.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, CLIP[2:5])
    missing = await service.http.get(f"{made['links']['segments']}/2/video")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_ready")
    await service.http.post(made["links"]["cancel"])
    never = await service.http.get(f"{made['links']['segments']}/2/video")
    assert (never.status_code, never.json()["code"]) == (404, "not_found")


async def test_a_preview_tells_what_becomes_stale_and_changes_nothing(
    service: Service, job: dict[str, Any]
) -> None:
    answer = await regenerate(service, job, preview=True)
    assert answer.status_code == 200
    told = answer.json()
    assert told["stale"] == ["keyframe-2", "segment-2", "film", "delivery"]
    assert (told["segment"], told["segments"], told["take"]) == (2, [2], 1)
    assert told["cost"] == 3 * PRICE_PER_SECOND / 1e6
    assert told["seed"] != PLAN.shots[1].seed
    assert (await service.http.get(job["links"]["self"])).json() == job
    again = await regenerate(service, job, preview=True)
    assert again.json() == told


async def test_what_is_not_kept_any_more_is_made_and_priced_again_too(
    service: Service, job: dict[str, Any]
) -> None:
    made = await service.jobs.store.get(job["id"])
    for file in (made.step("segment-1").result or {})["files"].values():
        await service.store.delete(file["key"])
    told = (await regenerate(service, job, preview=True)).json()
    assert told["stale"] == ["keyframe-2", "segment-1", "segment-2", "film", "delivery"]
    assert told["segments"] == [1, 2]
    assert told["cost"] == 5 * PRICE_PER_SECOND / 1e6
    after = (await regenerate(service, job)).json()
    undone = [step["name"] for step in after["steps"] if step["status"] != "done"]
    assert undone == told["stale"]


async def test_one_segment_is_made_anew_and_all_others_are_kept(
    service: Service, job: dict[str, Any]
) -> None:
    told = (await regenerate(service, job, preview=True)).json()
    answer = await regenerate(service, job)
    assert answer.status_code == 202
    after = answer.json()
    assert (after["status"], after["attempt"]) == ("queued", 2)
    undone = [step["name"] for step in after["steps"] if step["status"] != "done"]
    assert undone == ["keyframe-2", "segment-2", "film", "delivery"]
    first, second = (await service.http.get(job["links"]["segments"])).json()["segments"]
    assert (first["take"], first["status"]) == (0, "done")
    assert (second["take"], second["seed"]) == (1, told["seed"])


async def test_a_segment_is_made_anew_with_other_words(
    service: Service, job: dict[str, Any]
) -> None:
    answer = await regenerate(service, job, prompt=" a cave ", seed=9, max_cost=3)
    assert answer.json()["max_cost"] == 3
    second = (await service.http.get(f"{job['links']['segments']}/2")).json()
    assert (second["prompt"], second["seed"], second["take"]) == ("a cave", 9, 1)


async def test_a_request_that_is_sent_twice_makes_one_take(
    service: Service, job: dict[str, Any]
) -> None:
    tag = (await service.http.get(job["links"]["self"])).headers["etag"]
    sent = [regenerate(service, job, headers={"If-Match": tag}) for _ in range(5)]
    answers = await asyncio.gather(*sent)
    assert sorted(answer.status_code for answer in answers) == [202, 412, 412, 412, 412]
    stored = await service.jobs.store.get(job["id"])
    assert [take["number"] for take in stored.request["takes"]] == [1]
    assert (await regenerate(service, job, headers={"If-Match": tag})).status_code == 412


async def test_a_job_that_goes_on_is_not_made_anew(service: Service) -> None:
    made = await service.create()
    await service.film(made["id"], segments=1)
    answer = await regenerate(service, made)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    await service.http.post(made["links"]["pause"])
    assert (await regenerate(service, made, 1)).status_code == 202
    job = await service.jobs.store.get(made["id"])
    assert job.step("segment-1").state is not StepState.DONE


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"prompt": " "}, "prompt"),
        ({"prompt": "x" * 4_001}, "prompt"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"max_cost": 0.01}, "max_cost"),
        ({"preview": "yes"}, "preview"),
        ({"shot": 1}, "shot"),
    ],
)
async def test_a_take_that_cannot_be_is_refused(
    asked: dict[str, Any], param: str, service: Service, job: dict[str, Any]
) -> None:
    answer = await regenerate(service, job, **asked)
    assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert (await service.http.get(job["links"]["self"])).json() == job


async def test_a_plan_that_is_not_kept_any_more_is_gone(
    service: Service, job: dict[str, Any]
) -> None:
    stored = await service.jobs.store.get(job["id"])
    result = stored.step("plan").result
    assert result
    await service.store.delete(result["files"]["plan"]["key"])
    for answer in (
        await service.http.get(job["links"]["segments"]),
        await regenerate(service, job),
    ):
        assert (answer.status_code, answer.json()["code"]) == (410, "gone")
