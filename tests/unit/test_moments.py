from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from ttv.moments import moment, rfc3339


def test_milliseconds_are_a_moment_in_utc() -> None:
    assert moment(1_893_488_400_250) == datetime(2030, 1, 1, 9, 0, 0, 250_000, tzinfo=UTC)


def test_no_time_is_no_moment() -> None:
    assert moment(None) is None


def test_a_moment_is_written_in_utc_to_the_millisecond() -> None:
    berlin = timezone(timedelta(hours=1))

    assert rfc3339(datetime(2030, 1, 1, 10, tzinfo=berlin)) == "2030-01-01T09:00:00.000Z"
