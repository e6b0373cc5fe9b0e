from __future__ import annotations

import asyncio
import time

import pytest

from tests.integration.api.conftest import Service
from ttv.api.app import end_long_answers

pytestmark = pytest.mark.anyio

NO_JOB = "/v1/jobs/job_00000000000000000000000000"


async def test_a_job_tells_how_far_it_is(service: Service) -> None:
    job = await service.create()
    await service.finish(job["id"])
    shown = (await service.http.get(job["links"]["self"])).json()
    assert (shown["status"], shown["stage"], shown["progress"]) == ("finished", "delivery", 1.0)
    assert [step["status"] for step in shown["steps"]] == ["done", "done"]
    assert shown["finished_at"] >= shown["started_at"] >= shown["created_at"]
    assert shown["error"] is None


@pytest.mark.parametrize(
    "path",
    [NO_JOB, "/v1/jobs/x", "/v1/jobs/job_../x", "/v1/jobs/%00", "/v1/jobs/job_01", "/v1/jobs/"],
)
async def test_an_unknown_job_is_not_found(path: str, service: Service) -> None:
    answer = await service.http.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("GET", ""),
        ("GET", "/logs"),
        ("GET", "/artifact"),
        ("GET", "/video"),
        ("GET", "/plan"),
        ("POST", "/cancel"),
    ],
)
async def test_every_part_of_an_unknown_job_is_not_found(
    method: str, part: str, service: Service
) -> None:
    assert (await service.http.request(method, NO_JOB + part)).status_code == 404


async def test_an_unchanged_job_is_not_sent_again(service: Service) -> None:
    job = await service.create()
    url = job["links"]["self"]
    tag = (await service.http.get(url)).headers["etag"]
    same = await service.http.get(url, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    await service.plan(job["id"])
    assert (await service.http.get(url, headers={"If-None-Match": tag})).status_code == 200


async def test_head_answers_as_get_without_the_body(service: Service) -> None:
    url = (await service.create())["links"]["self"]
    get, head = await service.http.get(url), await service.http.head(url)
    assert head.status_code == 200
    assert head.headers["etag"] == get.headers["etag"]


async def test_a_wait_ends_when_the_job_changes(service: Service) -> None:
    job = await service.create()
    waits = {"If-None-Match": '"1"', "Prefer": "wait=30"}
    waiting = asyncio.create_task(service.http.get(job["links"]["self"], headers=waits))
    await asyncio.sleep(0)
    await service.plan(job["id"])
    async with asyncio.timeout(5):
        answer = await waiting
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "wait=30"
    assert answer.json()["revision"] > 1


async def test_a_wait_ends_when_the_server_stops(service: Service) -> None:
    job = await service.create()
    waits = {"If-None-Match": '"1"', "Prefer": "wait=30"}
    waiting = asyncio.create_task(service.http.get(job["links"]["self"], headers=waits))
    await asyncio.sleep(0)
    end_long_answers(service.app)
    async with asyncio.timeout(5):
        answer = await waiting
    assert answer.status_code == 304


async def test_who_knows_nothing_yet_does_not_wait(service: Service) -> None:
    job = await service.create()
    started = time.monotonic()
    answer = await service.http.get(job["links"]["self"], headers={"Prefer": "wait=30"})
    assert answer.status_code == 200
    assert time.monotonic() - started < 5


async def test_jobs_are_listed_newest_first_page_by_page(service: Service) -> None:
    ids = [(await service.create())["id"] for _ in range(5)]
    seen: list[str] = []
    url = "/v1/jobs?limit=2"
    while url:
        answer = await service.http.get(url)
        seen += [job["id"] for job in answer.json()["jobs"]]
        assert all("steps" not in job for job in answer.json()["jobs"])
        await service.create()  # a new job does not shift later pages
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["next_cursor"] is None)
        url = link[1:].partition(">")[0] if link else ""
    assert seen == ids[::-1]


async def test_a_listing_can_be_narrowed_to_a_status(service: Service) -> None:
    first, second = await service.create(), await service.create()
    await service.http.post(first["links"]["cancel"])
    canceled = await service.http.get("/v1/jobs", params={"status": "canceled"})
    assert [job["id"] for job in canceled.json()["jobs"]] == [first["id"]]
    queued = await service.http.get("/v1/jobs", params={"status": "queued", "limit": 1})
    assert [job["id"] for job in queued.json()["jobs"]] == [second["id"]]


@pytest.mark.parametrize(
    ("query", "param", "sentence"),
    [
        ("limit=0", "limit", "limit must be at least 1"),
        ("limit=101", "limit", "limit must be at most 100"),
        ("limit=ten", "limit", "limit must be a whole number"),
        ("status=done", "status", "must be one of queued, started, finished, failed or canceled"),
        ("cursor=zzz", "cursor", "cursor"),
        ("cursor=%00", "cursor", "cursor"),
        ("curser=x", "curser", "curser is not a known field; did you mean cursor?"),
    ],
)
async def test_a_listing_that_cannot_be_is_refused(
    query: str, param: str, sentence: str, service: Service
) -> None:
    answer = await service.http.get(f"/v1/jobs?{query}")
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["param"] == param
    assert sentence in problem["detail"]
    assert "pointer" not in problem["errors"][0]


async def test_a_job_can_be_canceled_twice(service: Service) -> None:
    job = await service.create()
    for _ in range(2):
        answer = await service.http.post(job["links"]["cancel"])
        assert answer.status_code == 200
        assert answer.json()["status"] == "canceled"


async def test_a_finished_job_cannot_be_canceled(service: Service) -> None:
    job = await service.create()
    await service.finish(job["id"])
    answer = await service.http.post(job["links"]["cancel"])
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_job_that_changed_is_not_canceled_by_an_old_tag(service: Service) -> None:
    job = await service.create()
    await service.plan(job["id"])
    answer = await service.http.post(job["links"]["cancel"], headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    tag = (await service.http.get(job["links"]["self"])).headers["etag"]
    answer = await service.http.post(job["links"]["cancel"], headers={"If-Match": tag})
    assert answer.json()["status"] == "canceled"


async def test_the_journal_is_read_from_where_one_left_off(service: Service) -> None:
    job = await service.create()
    first = (await service.http.get(job["links"]["logs"])).json()
    assert [entry["action"] for entry in first["entries"]] == ["created"]
    await service.plan(job["id"])
    after = {"after": first["next"]}
    rest = (await service.http.get(job["links"]["logs"], params=after)).json()
    assert [entry["action"] for entry in rest["entries"]][:2] == ["started", "done"]
    end = {"after": rest["next"]}
    assert (await service.http.get(job["links"]["logs"], params=end)).json() == {
        "entries": [],
        "next": rest["next"],
        "whole": True,
    }


async def test_the_journal_comes_as_text_to_who_asks(service: Service) -> None:
    job = await service.create()
    answer = await service.http.get(job["links"]["logs"], headers={"Accept": "text/plain"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    (line,) = answer.text.splitlines()
    assert line.endswith("  created")
    following = answer.headers["link"][1:].partition(">")[0]
    assert (await service.http.get(following)).json()["entries"] == []


async def test_the_journal_has_no_other_form(service: Service) -> None:
    job = await service.create()
    answer = await service.http.get(job["links"]["logs"], headers={"Accept": "text/html"})
    assert answer.status_code == 406
