from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.access._token import Token

#: What a scanner for leaked secrets looks for.
LOOKS_LIKE_A_KEY = re.compile(r"ttv_live_[0-9a-z]{8}_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}")


def test_a_new_key_is_found_by_a_scanner_and_read_again() -> None:
    token = Token.mint()
    assert LOOKS_LIKE_A_KEY.fullmatch(token.text)
    assert Token.read(token.text) == token


def test_no_key_is_made_twice() -> None:
    assert len({Token.mint().text for _ in range(1_000)}) == 1_000


@given(place=st.integers(0, 66), letter=st.sampled_from("0aA_-z9"))
def test_a_key_with_one_other_character_is_none(place: int, letter: str) -> None:
    text = Token.mint().text
    altered = text[:place] + letter + text[place + 1 :]
    assert altered == text or Token.read(altered) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n",
        lambda text: f" {text}",
        lambda text: text * 2,
        lambda text: text[:-1],
        lambda text: text.replace("live", "test"),
        lambda text: text.upper(),
    ],
)
def test_what_is_written_otherwise_is_no_key(change: object) -> None:
    assert callable(change)
    assert Token.read(change(Token.mint().text)) is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert Token.read(text) is None


def test_the_hash_needs_the_secret() -> None:
    token = Token.mint()
    assert token.digest(b"a" * 32) == token.digest(b"a" * 32)
    assert token.digest(b"a" * 32) != token.digest(b"b" * 32)


def test_a_key_is_not_shown_by_accident() -> None:
    token = Token.mint()
    assert token.text not in repr(token)
