from __future__ import annotations

import httpx
import pytest

from tests.unit.client.documents import problem
from ttv.client import AccessDenied, ServiceUnavailable
from ttv.client._problems import to_error
from ttv.errors import Conflict, InvalidRequest, NotFound, Permanent, StorageFull, TtvError

PROBLEM = {"Content-Type": "application/problem+json"}


@pytest.mark.parametrize(
    ("status", "code", "family"),
    [
        (400, "invalid_request", InvalidRequest),
        (413, "body_too_large", InvalidRequest),
        (401, "unauthorized", AccessDenied),
        (404, "not_found", NotFound),
        (404, "not_ready", ServiceUnavailable),
        (409, "conflict", Conflict),
        (410, "gone", NotFound),
        (429, "too_many_requests", ServiceUnavailable),
        (500, "internal", Permanent),
        (503, "unavailable", ServiceUnavailable),
        (507, "storage_full", StorageFull),
    ],
)
def test_each_kind_of_problem_is_an_error_of_its_family(
    status: int, code: str, family: type[TtvError]
) -> None:
    error = to_error(httpx.Response(status, json=problem(status, code=code), headers=PROBLEM))

    assert type(error) is family
    assert error.message == "size must look like 1280x720."


def test_the_field_to_correct_is_kept() -> None:
    error = to_error(httpx.Response(400, json=problem(400, param="size"), headers=PROBLEM))

    assert isinstance(error, InvalidRequest)
    assert error.param == "size"


@pytest.mark.parametrize(("header", "seconds"), [("2", 2.0), ("", None), ("soon", None)])
def test_the_time_to_come_back_is_kept(header: str, seconds: float | None) -> None:
    response = httpx.Response(503, json=problem(503), headers={**PROBLEM, "Retry-After": header})

    error = to_error(response)

    assert isinstance(error, ServiceUnavailable)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(502, text="<html>Bad gateway</html>"),
        httpx.Response(502, content=b"[]", headers=PROBLEM),
        httpx.Response(502, content=b"{", headers=PROBLEM),
    ],
)
def test_an_answer_of_something_else_on_the_way_is_named_by_its_status(
    response: httpx.Response,
) -> None:
    assert to_error(response).message == ("the service answered 502 Bad Gateway without saying why")
