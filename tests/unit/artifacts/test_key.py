from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.artifacts import checked_key
from ttv.errors import InvalidRequest

ESCAPES = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../a",
    "a/../b",
    "a/..",
    "a/./b",
    ".",
    ".facts/a",
    "a/.hidden",
    "a//b",
    "a/",
    "a\\b",
    "..\\a",
    "C:/a",
    "a\0b",
    "a\n",
    "a b",
    "a%2e%2e/b",
    "%2e%2e/a",
    "\uff0e\uff0e/a",
    "a/\u2025/b",
    "caf\xe9",
    "\u0661",
    "~root/a",
    "a;b",
    "a" * 129,
    "/".join("a" * 300),
]


@pytest.mark.parametrize("key", ESCAPES)
def test_a_key_that_could_leave_the_store_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        checked_key(key)

    assert caught.value.param == "key"


@pytest.mark.parametrize("key", ["a", "films/2026-11/job_01.mp4/poster.png", "A-b_c.d..e", "-x"])
def test_an_ordinary_key_is_taken_as_it_is(key: str) -> None:
    assert checked_key(key) == key


@given(st.text(alphabet="ab./\\\0 \u2024", max_size=12))
def test_what_is_taken_never_holds_a_step_up(key: str) -> None:
    try:
        parts = checked_key(key).split("/")
    except InvalidRequest:
        return
    assert all(part and not part.startswith(".") for part in parts)
