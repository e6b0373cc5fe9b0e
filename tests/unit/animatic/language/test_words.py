from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.language._words import Gap, words


def _keys(text: str) -> list[str]:
    return [word.key for word in words(text)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("A Red Fox", ["a", "red", "fox"]),
        ("a close-up", ["a", "close", "up"]),
        ("the bird's nest", ["the", "bird", "'s", "nest"]),
        ("it doesn\u2019t", ["it", "doesn't"]),
        ("3.5 m, 1,000 foxes", ["3.5", "m", "1.000", "foxes"]),
        ("a caf\u00e9", ["a", "cafe"]),
        ("fox\U0001f98afox", ["fox", "\U0001f98a", "fox"]),
        ("\u72d0\u304c\u8d70\u308b", ["\u72d0\u304c\u8d70\u308b"]),
        ("...", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, keys: list[str]) -> None:
    assert _keys(text) == keys


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("a b", Gap.NONE),
        ("a-b", Gap.NONE),
        ("a, b", Gap.SOFT),
        ("a - b", Gap.SOFT),
        ("a: b", Gap.SOFT),
        ("a. b", Gap.HARD),
        ("a; b", Gap.HARD),
        ("a\nb", Gap.HARD),
        ("a (b", Gap.SOFT),
    ],
)
def test_punctuation_separates_by_its_strength(text: str, gap: Gap) -> None:
    assert words(text)[1].gap is gap


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_words_stand_in_order_where_they_say(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end
        assert text[word.start : word.end] == word.text
        assert word.key
        end = word.end
