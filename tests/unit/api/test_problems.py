from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.requests import Request

from ttv import errors, jobs
from ttv.api import problems
from ttv.errors import InvalidRequest, NotFound, Permanent, StorageFull, TtvError, Unavailable


def refusal(error: TtvError, method: str = "POST") -> tuple[dict[str, Any], dict[str, str]]:
    scope = {"type": "http", "method": method, "headers": [], problems.REQUEST_ID: "r1"}
    answer = problems.refuse(Request(scope), error)
    document: dict[str, Any] = json.loads(bytes(answer.body))
    assert document["status"] == answer.status_code
    return document, dict(answer.headers)


def test_a_problem_says_what_to_correct() -> None:
    document, headers = refusal(InvalidRequest("seed must be 0 to 9", param="plan.shots[2].seed"))
    assert document == {
        "type": "/docs#problem-invalid_request",
        "title": "A field cannot be used",
        "status": 400,
        "detail": "seed must be 0 to 9.",
        "instance": "urn:ttv:request:r1",
        "code": "invalid_request",
        "retryable": False,
        "request_id": "r1",
        "param": "plan.shots[2].seed",
        "errors": [
            {
                "param": "plan.shots[2].seed",
                "detail": "seed must be 0 to 9",
                "pointer": "/plan/shots/2/seed",
            }
        ],
    }
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "param"), [("GET", "limit"), ("POST", "Idempotency-Key"), ("POST", "If-Match")]
)
def test_only_fields_of_a_body_have_a_pointer(method: str, param: str) -> None:
    document, _ = refusal(InvalidRequest("no", param=param), method)
    assert document["errors"] == [{"param": param, "detail": "no"}]


def test_a_fault_of_ours_says_nothing_about_itself() -> None:
    document, _ = refusal(Permanent("secret path /srv/x"))
    assert document["code"] == "internal"
    assert "secret" not in json.dumps(document)


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (InvalidRequest(), 400, None),
        (NotFound(), 404, None),
        (problems.NotReady(), 404, "2"),
        (jobs.IdempotencyMismatch(), 409, None),
        (jobs.Changed(), 412, None),
        (errors.Conflict(), 409, None),
        (errors.LeaseLost(), 503, "2"),
        (Unavailable(), 503, "2"),
        (StorageFull(), 500, None),
        (errors.StorageUnwritable(), 500, None),
        (errors.Cancelled(), 500, None),
        (TtvError(), 500, None),
    ],
)
def test_every_family_has_its_status(error: TtvError, status: int, retry_after: str | None) -> None:
    document, headers = refusal(error)
    assert document["status"] == status
    assert document["retryable"] == (retry_after is not None)
    assert headers.get("retry-after") == retry_after


def test_every_error_of_this_room_has_a_kind() -> None:
    own = [
        error
        for error in vars(problems).values()
        if isinstance(error, type)
        and issubclass(error, TtvError)
        and error.__module__ == problems.__name__
    ]
    assert own
    assert {error.code for error in own} <= set(problems.KINDS)


def test_a_pointer_escapes_what_rfc_6901_reserves() -> None:
    assert problems.pointer("a~b/c") == "/a~0b~1c"
