from __future__ import annotations

from enum import StrEnum

from ttv.hints import did_you_mean, nearest


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def test_a_word_that_is_nearly_known_is_named() -> None:
    assert nearest("gren", ("red", "green")) == "green"
    assert did_you_mean("gren", ("red", "green")) == "; did you mean 'green'?"


def test_the_words_of_an_enumeration_are_named_by_their_values() -> None:
    assert did_you_mean("gren", Colour) == "; did you mean 'green'?"


def test_a_word_that_is_like_none_gets_no_hint() -> None:
    assert nearest("zebra", ("red", "green")) is None
    assert did_you_mean("zebra", ("red", "green")) == ""
