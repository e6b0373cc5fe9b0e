from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.media import Transition
from ttv.planning._beats import split


def _texts(brief: str) -> list[str]:
    return [beat.text for beat in split(brief).beats]


@pytest.mark.parametrize(
    ("brief", "texts"),
    [
        ("A fox runs. It stops! Why? It sleeps", ["A fox runs", "It stops!", "Why?", "It sleeps"]),
        ("A fox wakes up, then runs", ["A fox wakes up", "runs"]),
        ("a fox runs and then jumps", ["a fox runs", "jumps"]),
        ("A man eats, after that he sleeps", ["A man eats", "he sleeps"]),
        ("A man eats and finally sleeps", ["A man eats", "sleeps"]),
        ("First, a fox sleeps. Later, it wakes", ["a fox sleeps", "it wakes"]),
        ("a car drives; it stops", ["a car drives", "it stops"]),
        ("a fox\na bear", ["a fox", "a bear"]),
        ("1. A fox runs\n2. It stops", ["A fox runs", "It stops"]),
        ("1) A fox runs 2) It stops", ["A fox runs", "It stops"]),
        ("- a cat\n* a dog\n\u2022 a bird", ["a cat", "a dog", "a bird"]),
        ("Scene 1: a wood. Scene 2: a city.", ["a wood", "a city"]),
        ("SHOT 1 - a wood\nShot two: a city", ["a wood", "a city"]),
        ("A fox. CUT TO: a castle", ["A fox", "a castle"]),
        ("A fox runs, cut to a bear", ["A fox runs", "a bear"]),
        (
            "\u5c71\u306b\u96ea\u3002\u72d0\u304c\u8d70\u308b",
            ["\u5c71\u306b\u96ea", "\u72d0\u304c\u8d70\u308b"],
        ),
    ],
)
def test_a_brief_is_split_where_something_new_happens(brief: str, texts: list[str]) -> None:
    assert _texts(brief) == texts


@pytest.mark.parametrize(
    "brief",
    [
        "two horses gallop across a meadow, a bird sings and a dog barks, camera pans left",
        "Dr. Smith walks 3.5 m past Mt. Fuji, e.g. at dawn",
        "J. R. Smith waits... and smiles",
        "He waits\u2026 and smiles",
        'He says "Hello. How are you?" and waves',
        "if it rains then it pours",
        "she has since then slept",
        "every now and then a bird sings",
        "next to a house, a cat sleeps",
        "the fog dissolves into nothing",
        "a first kiss",
        "A long line of text that an editor wrapped\nin the middle of the sentence",
        "",
        "...",
    ],
)
def test_one_sentence_stays_one_beat(brief: str) -> None:
    assert len(_texts(brief)) == 1


@pytest.mark.parametrize(
    ("brief", "transitions"),
    [
        ("A boat. Fade to a beach", [Transition.CUT, Transition.FADE]),
        ("A boat sails, fades into a beach", [Transition.CUT, Transition.FADE]),
        ("A boat. The scene dissolves to a beach", [Transition.CUT, Transition.CROSSFADE]),
        ("A boat. Cross-fade to: a beach", [Transition.CUT, Transition.CROSSFADE]),
        ("A boat. Fade to black. A beach", [Transition.CUT, Transition.FADE]),
        ("Fade in: a boat", [Transition.FADE]),
        ("A boat. Hard cut to a beach", [Transition.CUT, Transition.CUT]),
    ],
)
def test_words_for_a_transition_become_one(brief: str, transitions: list[Transition]) -> None:
    assert [beat.transition for beat in split(brief).beats] == transitions


def test_a_fade_after_the_last_beat_is_told_apart() -> None:
    script = split("A boat. Fade to black.")
    assert (len(script.beats), script.closing) == (1, Transition.FADE)


@given(st.text(max_size=200))
def test_any_brief_has_a_beat(brief: str) -> None:
    assert split(brief).beats
