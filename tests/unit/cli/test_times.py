from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ttv.cli._times import seconds, when
from ttv.errors import InvalidRequest

DAY = 86_400


@pytest.mark.parametrize(
    ("span", "length"), [("45s", 45), ("30min", 1_800), ("12h", 43_200), ("2d", 2 * DAY)]
)
def test_a_span_is_read(span: str, length: int) -> None:
    assert seconds(span, param="--expires") == length


@pytest.mark.parametrize("span", ["", "2", "h", "-2h", "2 weeks", "٣h"])
def test_what_is_no_span_is_refused_by_its_option(span: str) -> None:
    with pytest.raises(InvalidRequest, match="--expires must be a time such as 90d"):
        seconds(span, param="--expires")


def test_a_time_is_a_moment_or_how_long_from_now() -> None:
    assert when(None, param="--deadline") is None
    assert when("2h", param="--deadline") == timedelta(hours=2)
    assert when("2030-01-31T09:00:00Z", param="--deadline") == datetime(2030, 1, 31, 9, tzinfo=UTC)


def test_a_moment_without_a_zone_is_by_the_clock_of_this_machine() -> None:
    moment = when("2030-01-31 09:00", param="--deadline")

    assert isinstance(moment, datetime)
    assert moment.tzinfo is not None
    assert (moment.hour, moment.minute) == (9, 0)


@pytest.mark.parametrize("text", ["", "tomorrow", "25:00", "0001-01-01T00:00+23:59"])
def test_what_is_no_time_is_refused_by_its_option(text: str) -> None:
    with pytest.raises(InvalidRequest, match="--deadline must be a time such as 2030-01-31T09:00"):
        when(text, param="--deadline")
