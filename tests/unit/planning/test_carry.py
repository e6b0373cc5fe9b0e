from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.language import compose
from ttv.planning._beats import Beat, split
from ttv.planning._carry import prompts


def _last(*beats: str) -> str:
    return prompts([Beat(beat) for beat in beats])[-1]


@pytest.mark.parametrize(
    ("beats", "prompt"),
    [
        (("A red fox sleeps", "it wakes up"), "The red fox wakes up."),
        (("A red fox sleeps", "runs away"), "The red fox runs away."),
        (("A red fox sleeps", "the fox wakes up"), "The red fox wakes up."),
        (("Two foxes sleep", "they run away"), "The two foxes run away."),
        (("Two foxes sleep", "run away"), "The two foxes run away."),
        (("A man and a woman dance", "they kiss"), "The man and the woman kiss."),
        (("A man and a woman dance", "she leaves"), "The woman leaves."),
        (("A queen meets a farmer", "he bows"), "The farmer bows."),
        (("Alice reads", "she sleeps"), "Alice sleeps."),
        (("An astronaut waves", "she sleeps"), "The astronaut sleeps."),
        (("A scientist waves", "she sleeps"), "The scientist sleeps."),
        (("A glimmering zorp dances", "it stops"), "The glimmering zorp stops."),
        (("A wolf walks", "close-up of its eyes"), "Close-up of the wolf's eyes."),
        (("A fox runs", "snow begins to fall"), "Snow begins to fall, with the fox."),
        (("A fox runs", "a bear sleeps"), "A bear sleeps."),
        (("A fox runs", "they howl"), "They howl."),
    ],
)
def test_a_beat_names_its_subject_in_full(beats: tuple[str, ...], prompt: str) -> None:
    assert _last(*beats) == prompt


@pytest.mark.parametrize(
    ("beats", "prompt"),
    [
        (("A fox runs through a snowy forest", "it stops"), "The fox stops in a snowy forest."),
        (
            ("A fox runs in a forest", "it stops by a frozen lake", "it drinks"),
            "The fox drinks by a frozen lake.",
        ),
        (("A fox runs in a forest", "a beach at sunset"), "A beach at sunset."),
        (
            ("A fox in a forest", "it runs, camera pans left"),
            "The fox runs in a forest, camera pans left.",
        ),
    ],
)
def test_the_place_lasts_until_another_is_named(beats: tuple[str, ...], prompt: str) -> None:
    assert _last(*beats) == prompt


@pytest.mark.parametrize(
    ("beats", "prompt"),
    [
        (("A fox runs at night", "a bear sleeps"), "A bear sleeps at night."),
        (("A fox runs at night", "at dawn it sleeps"), "At dawn the fox sleeps."),
        (("The moon rises over a castle", "a bear sleeps"), "A bear sleeps at night."),
        (("A fox runs in the rain", "it stops"), "The fox stops in the rain."),
        (("A city in the rain", "a cat in the desert"), "A cat in the desert."),
        (("A fox runs in autumn", "it stops"), "The fox stops in autumn."),
    ],
)
def test_the_light_lasts_until_it_changes(beats: tuple[str, ...], prompt: str) -> None:
    assert _last(*beats) == prompt


def test_one_look_holds_for_the_whole_film() -> None:
    written = prompts([Beat("A fox runs"), Beat("a bear sleeps", note="Style: watercolor.")])
    assert written == ["A fox runs, watercolor.", "A bear sleeps. Style: watercolor."]


def test_every_shot_of_a_story_shows_who_where_and_when() -> None:
    brief = "A red fox sleeps in a forest at night. It wakes up, then runs. It jumps."
    for prompt in prompts(split(brief).beats):
        scene = compose(prompt, seed=1)
        assert (scene.subjects[0].noun, scene.subjects[0].colour) == ("fox", "red")
        assert (scene.setting.value, scene.time.value) == ("forest", "night")


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=6))
def test_any_beat_becomes_one_sentence_of_its_own(texts: list[str]) -> None:
    written = prompts([Beat(text) for text in texts])
    assert len(written) == len(texts)
    assert all(prompt.rstrip()[-1] in ".!?" for prompt in written)
