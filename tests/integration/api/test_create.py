from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.api.conftest import Service
from ttv import jobs, observability

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}


async def test_a_prompt_is_accepted_and_stored(service: Service) -> None:
    answer = await service.http.post("/v1/jobs", json={"prompt": "a red fox"})
    assert answer.status_code == 202
    job = answer.json()
    assert jobs.is_job_id(job["id"])
    assert job["status"] == "queued"
    assert job["created_at"].endswith("Z")
    assert job["order"]["prompt"] == "a red fox"
    assert answer.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["etag"] == '"1"'
    assert (await service.jobs.store.get(job["id"])).request["prompt"] == "a red fox"


async def test_the_answer_is_the_job_as_it_reads_later(service: Service) -> None:
    job = await service.create()
    assert (await service.http.get(job["links"]["self"])).json() == job


async def test_a_plan_is_accepted_in_place_of_a_prompt(service: Service) -> None:
    plan = {"shots": [{"prompt": "a fox", "seconds": 2}, "a den"]}
    answer = await service.http.post("/v1/jobs", json={"plan": plan, "mode": "chaining"})
    assert answer.status_code == 202
    stored = (await service.jobs.store.get(answer.json()["id"])).request
    assert len(stored["plan"]["shots"]) == 2
    assert "plan" not in answer.json()["order"]


async def test_what_the_engine_cannot_do_is_refused_at_once(service: Service) -> None:
    answer = await service.http.post("/v1/jobs", json={"prompt": "a", "size": "3840x2160"})
    assert answer.status_code == 400
    assert answer.json()["param"] == "size"
    assert (await service.jobs.store.list()).jobs == ()


@pytest.mark.parametrize(
    ("content", "headers", "status", "code", "param"),
    [
        (b"", JSON, 400, "invalid_json", None),
        (b"{", JSON, 400, "invalid_json", None),
        (b"[]", JSON, 400, "invalid_json", None),
        (b'{"prompt": "a", "prompt": "b"}', JSON, 400, "invalid_json", None),
        (b'{"prompt": NaN}', JSON, 400, "invalid_json", None),
        (b'{"prompt": "a\\u0000b"}', JSON, 400, "invalid_request", "prompt"),
        (b'{"prompt": "\\ud800"}', JSON, 400, "invalid_request", "prompt"),
        (b'{"prompt": " "}', JSON, 400, "invalid_request", "prompt"),
        (b"{}", JSON, 400, "invalid_request", "prompt"),
        (b'{"promt": "a"}', JSON, 400, "invalid_request", "promt"),
        (b'{"prompt": "a", "generator": "x"}', JSON, 400, "invalid_request", "generator"),
        (b'{"prompt": "a"}', {}, 415, "unsupported_media_type", None),
        (b'{"prompt": "a"}', JSON | {"Accept": "image/png"}, 406, "not_acceptable", "Accept"),
        (b" " * 70_000, JSON, 413, "body_too_large", None),
        (b'{"prompt": "a"}', JSON | {"Idempotency-Key": ""}, 400, "invalid_request", None),
        (b'{"prompt": "a"}', JSON | {"Idempotency-Key": "x" * 256}, 400, "invalid_request", None),
    ],
)
async def test_a_bad_request_is_a_problem_that_names_its_cause(
    content: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
    param: str | None,
    service: Service,
) -> None:
    answer = await service.http.post("/v1/jobs", content=content, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if param:
        assert problem["param"] == param
    assert (await service.jobs.store.list()).jobs == ()


async def test_every_bad_field_is_named_at_once(service: Service) -> None:
    answer = await service.http.post("/v1/jobs", json={"prompt": 1, "fps": "x", "sed": 1})
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/prompt", "/fps", "/sed"]


async def test_values_are_never_repeated(service: Service) -> None:
    canary = "c4nary"
    for document in (
        {"prompt": [canary]},
        {"prompt": "a", "generator": canary},
        {"prompt": "a", "mode": canary},
        {"prompt": "a", "size": canary},
        {"plan": {"shots": [{"prompt": "a", "transition": canary}]}},
    ):
        answer = await service.http.post("/v1/jobs", json=document)
        assert answer.status_code == 400
        assert canary not in answer.text


async def test_the_same_key_gives_the_same_answer_and_no_second_job(service: Service) -> None:
    key = {"Idempotency-Key": "order-7"}
    first = await service.http.post("/v1/jobs", json={"prompt": "a", "fps": 24}, headers=key)
    await service.plan(first.json()["id"])
    again = await service.http.post("/v1/jobs", json={"fps": 24, "prompt": "a"}, headers=key)
    assert again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len((await service.jobs.store.list()).jobs) == 1


async def test_the_same_key_with_another_body_is_a_conflict(service: Service) -> None:
    key = {"Idempotency-Key": "order-7"}
    await service.http.post("/v1/jobs", json={"prompt": "a"}, headers=key)
    answer = await service.http.post("/v1/jobs", json={"prompt": "b"}, headers=key)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_mismatch"


async def test_a_refused_request_does_not_use_up_its_key(service: Service) -> None:
    key = {"Idempotency-Key": "order-7"}
    assert (await service.http.post("/v1/jobs", json={}, headers=key)).status_code == 400
    answer = await service.http.post("/v1/jobs", json={"prompt": "a"}, headers=key)
    assert answer.status_code == 202


async def test_one_key_sent_many_times_at_once_makes_one_job(service: Service) -> None:
    answers = await asyncio.gather(
        *(
            service.http.post("/v1/jobs", json={"prompt": "a"}, headers={"Idempotency-Key": "k"})
            for _ in range(20)
        )
    )
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What the process logged, once the test has run its requests."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    observability.configure("api", stream=stream)

    class Lines(list[dict[str, Any]]):
        def __iter__(self) -> Iterator[dict[str, Any]]:
            return iter([json.loads(line) for line in stream.getvalue().splitlines()])

    yield Lines()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


async def test_the_log_tells_who_asked_for_which_job(
    service: Service, lines: list[dict[str, Any]]
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await service.http.post(
        "/v1/jobs",
        json={"prompt": "a secret prompt"},
        headers={"X-Request-ID": "abc-1", "traceparent": f"00-{trace}-b7ad6b7169203331-01"},
    )
    accepted, answered = [line for line in lines if line["component"] == "api"]
    assert accepted["action"] == "job.accepted"
    assert accepted["job_id"] == answer.json()["id"]
    assert answered["action"] == "http.answered"
    assert (answered["method"], answered["route"], answered["status"]) == ("POST", "/v1/jobs", 202)
    assert answered["duration_ms"] >= 0
    for line in (accepted, answered):
        assert (line["request_id"], line["trace_id"]) == ("abc-1", trace)
        assert "secret prompt" not in json.dumps(line)
