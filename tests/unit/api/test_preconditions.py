from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.api.preconditions import (
    allows,
    allows_job,
    job_tag,
    known,
    known_job,
    strong,
    wait_seconds,
)


@pytest.mark.parametrize(
    ("header", "match"),
    [
        (None, False),
        ("", False),
        ('"7"', True),
        ('W/"7"', True),
        ('"6", "7"', True),
        ("*", True),
        ('"6"', False),
        ("7", False),
    ],
)
def test_if_none_match_compares_weakly(header: str | None, match: bool) -> None:
    assert known(header, strong(7)) == match


@pytest.mark.parametrize(
    ("header", "allowed"),
    [(None, True), ('"7"', True), ('W/"7"', False), ('"6", "7"', True), ("*", True), ("", False)],
)
def test_if_match_compares_strongly(header: str | None, allowed: bool) -> None:
    assert allows(header, strong(7)) == allowed


def test_the_tag_of_a_job_holds_its_place_where_one_is_told() -> None:
    assert job_tag(7, None, None) == '"7"'
    assert job_tag(7, 3, 120) == '"7-3-120"'
    assert job_tag(7, None, 60) == '"7--60"'
    assert job_tag(7, 3, None) == '"7-3-"'


@pytest.mark.parametrize("tag", ['"7"', '"7-3-120"', '"7--60"', '"7-3-"', '"6-1-", "7-0-"', "*"])
def test_a_revision_is_known_wherever_the_job_stood(tag: str) -> None:
    assert known_job(tag, 7)
    assert allows_job(tag, 7)


@pytest.mark.parametrize("tag", ['"6-3-120"', '"77"', '"7-x"', '"7-3"', "7-3-120", ""])
def test_another_revision_is_not_taken_for_it(tag: str) -> None:
    assert not known_job(tag, 7)
    assert not allows_job(tag, 7)


def test_a_weak_tag_of_a_job_is_known_and_allows_nothing() -> None:
    assert known_job('W/"7-3-120"', 7)
    assert not allows_job('W/"7-3-120"', 7)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("wait=5", 5),
        ('Wait = "5"', 5),
        ("respond-async, wait=10", 10),
        ("return=minimal; wait=3", 3),
        ("wait=600", 30),
        ("wait=0", 0),
        ("wait=-1", None),
        ("wait=soon", None),
        ("await=5", None),
    ],
)
def test_a_wait_is_granted_up_to_the_limit(header: str | None, seconds: int | None) -> None:
    assert wait_seconds(header) == seconds


@given(st.text())
def test_any_header_is_understood(header: str) -> None:
    known(header, strong(1))
    allows(header, strong(1))
    wait_seconds(header)
