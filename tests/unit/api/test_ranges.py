from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.api.problems import RangeNotSatisfiable
from ttv.api.ranges import Span, holds, parse


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=2-5", 2, 6),
        ("bytes=2-", 2, 10),
        ("bytes=2-99", 2, 10),
        ("bytes=-3", 7, 10),
        ("bytes=-99", 0, 10),
        ("BYTES= 2-5 ", 2, 6),
    ],
)
def test_one_range_gives_its_bytes(header: str, start: int, end: int) -> None:
    assert parse(header, 10) == Span(start, end, 10)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=-",
        "bytes=5-2",
        "bytes=0-1,4-5",
        "items=0-1",
        "bytes 0-1",
        "bytes=a-b",
        "bytes=" + "9" * 5_000 + "-",
        "bytes=\u0661-\u0662",
    ],
)
def test_what_is_not_one_byte_range_gives_the_whole_file(header: str | None) -> None:
    assert parse(header, 10) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)]
)
def test_a_range_without_a_byte_of_the_file_is_refused(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse(header, size)


def test_a_span_describes_itself() -> None:
    span = Span(2, 6, 10)
    assert span.length == 4
    assert span.content_range == "bytes 2-5/10"


@given(header=st.text() | st.from_regex(r"bytes=\d{0,25}-\d{0,25}"), size=st.integers(0, 2**40))
def test_any_header_gives_bytes_of_the_file_or_all_of_it_or_a_refusal(
    header: str, size: int
) -> None:
    try:
        span = parse(header, size)
    except RangeNotSatisfiable:
        return
    assert span is None or 0 <= span.start < span.end <= size


@pytest.mark.parametrize(
    ("if_range", "same"),
    [
        (None, True),
        ('"a"', True),
        ('W/"a"', False),
        ('"b"', False),
        ("Sun, 31 Aug 2025 12:34:56 GMT", False),
    ],
)
def test_a_range_holds_only_for_the_file_it_names(if_range: str | None, same: bool) -> None:
    assert holds(if_range, '"a"') == same
