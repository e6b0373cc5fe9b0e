from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.language import survey
from ttv.animatic.scene import Setting, TimeOfDay


def test_a_subject_is_quoted_as_it_was_said() -> None:
    text = "In the morning two white horses gallop"
    (mention,) = survey(text).mentions
    assert mention.words.text == "two white horses"
    assert text[mention.words.start : mention.words.end] == "two white horses"
    assert (mention.noun, mention.plural, mention.definite, mention.said) == (
        "horse",
        True,
        False,
        "they",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [("the queen", "she"), ("a farmer", "they"), ("a fox", "it"), ("foxes", "they")],
)
def test_a_subject_has_its_pronoun(text: str, said: str) -> None:
    assert survey(text).mentions[0].said == said


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a fox runs through a snowy forest", "in a snowy forest"),
        ("a fox stops by a frozen lake", "by a frozen lake"),
        ("a hut on a windy hill", "on a windy hill"),
        ("fish swim under water", "under water"),
        ("city at night", "in the city"),
        ("a car drives down the road", "on the road"),
        ("she walks down a street in Paris", "in Paris"),
        ("a fox", None),
    ],
)
def test_a_place_is_said_with_words_that_can_be_added_elsewhere(
    text: str, where: str | None
) -> None:
    assert survey(text).where == where


def test_only_what_is_said_is_named() -> None:
    said = survey("a fox")
    assert (said.setting, said.light.time, said.light.weather, said.move) == (
        None,
        None,
        None,
        None,
    )
    named = survey("a fox in a forest at dusk")
    assert (named.setting, named.light.time) == (Setting.FOREST, TimeOfDay.SUNSET)


def test_a_pronoun_for_something_outside_is_found() -> None:
    pronoun = survey("Then it runs away").pronoun
    assert pronoun is not None
    assert (pronoun.text, pronoun.start) == ("it", 5)
    assert survey("A fox stops; it looks up").pronoun is None


@pytest.mark.parametrize(
    ("text", "plural"), [("runs away", False), ("run away", True), ("jumping high", False)]
)
def test_a_verb_without_a_subject_is_found(text: str, plural: bool) -> None:
    said = survey(text)
    assert said.loose_verb is not None
    assert said.loose_plural is plural


@pytest.mark.parametrize(
    ("text", "filming"),
    [
        ("Slow zoom in", True),
        ("Style: watercolor", True),
        ("Cinematic, 4k, highly detailed", True),
        ("Close-up of its eyes", False),
        ("Snow falls", False),
        ("A fox runs", False),
        ("Ein Fuchs rennt", False),
    ],
)
def test_words_about_filming_are_told_from_what_is_filmed(text: str, filming: bool) -> None:
    assert survey(text).filming_only is filming


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_surveyed(text: str) -> None:
    assert survey(text) == survey(text)
