from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.api.dollars import amount, dollars
from ttv.api.requests import JobRequest, RegenerateRequest, ResumeRequest, RetryRequest
from ttv.errors import InvalidRequest
from ttv.jobs import Terms
from ttv.settings import Settings

#: 2026-01-01T00:00:00Z.
NOW = 1_767_225_600_000


def terms(**asked: Any) -> Terms:
    return JobRequest.read({"prompt": "a fox", **asked}).terms(now=NOW, key="k", request_id="r")


def refused(**asked: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        terms(**asked)
    return caught.value


def test_a_request_without_terms_has_the_plain_ones() -> None:
    assert terms() == Terms(key="k", request_id="r")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01T00:00:00Z", NOW),
        ("2026-01-01t01:00:00+01:00", NOW),
        ("2025-12-31 22:30:00.5-01:30", NOW + 500),
        ("2026-01-01T00:00:00.123456789Z", NOW + 123),
        ("1969-12-31T23:59:59Z", 1),
    ],
)
def test_a_time_is_read_as_rfc_3339_writes_it(text: str, moment: int) -> None:
    assert terms(start_at=text).start_at == moment


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-01-01", "2026-01-01T00:00Z", "2026-02-30T00:00:00Z"),
        *("20260101T000000Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00+25:00"),
        "\u0662\u0660\u0662\u0666-01-01T00:00:00Z",
    ],
)
def test_another_form_is_refused_without_being_repeated(text: str) -> None:
    error = refused(deadline=text)
    assert error.param == "deadline"
    assert error.message == "deadline must be a time with its offset, such as 2030-01-31T09:00:00Z"


def test_times_counted_from_now_are_moments() -> None:
    told = terms(delay_seconds=0.25, deadline_seconds=60)
    assert (told.start_at, told.deadline) == (NOW + 250, NOW + 60_000)


@pytest.mark.parametrize(("name", "number"), [("low", -1), ("normal", 0), ("high", 1)])
def test_priorities_have_names(name: str, number: int) -> None:
    assert terms(priority=name).priority == number


@given(st.integers(min_value=0, max_value=10**12))
def test_an_amount_is_read_as_it_was_shown(millionths: int) -> None:
    assert amount(dollars(millionths), "max_cost") == millionths


@pytest.mark.parametrize("value", [-1, 1e-7, 1e12, 0.1 + 0.2])
def test_an_amount_that_no_purse_holds_is_refused(value: float) -> None:
    error = refused(max_cost=value)
    assert error.param == "max_cost"
    assert "6 decimals" in error.message


def test_no_amount_stays_none() -> None:
    assert (amount(None, "max_cost"), dollars(None)) == (None, None)


def test_bodies_may_be_empty() -> None:
    assert RetryRequest.read({}).limit is None
    assert ResumeRequest.read({}).buy_again is False
    assert RegenerateRequest.read({}).words(Settings()) is None


def test_a_prompt_is_kept_trimmed() -> None:
    assert RegenerateRequest.read({"prompt": " a den "}).words(Settings()) == "a den"


def test_outputs_are_part_of_the_order() -> None:
    asked = JobRequest.read({"prompt": "a fox", "outputs": ["srt", "gif"], "strip_metadata": True})

    order = asked.order(Settings())

    assert (order.outputs, order.strip_metadata) == (("gif", "srt"), True)


@pytest.mark.parametrize("outputs", [["webn"], [""], ["x" * 64], ["gif", "film"]])
def test_an_output_that_there_is_none_of_is_refused(outputs: list[str]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        JobRequest.read({"prompt": "a fox", "outputs": outputs}).order(Settings())

    assert caught.value.param == "outputs"
