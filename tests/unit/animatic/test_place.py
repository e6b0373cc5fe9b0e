from __future__ import annotations

from dataclasses import replace

import pytest

from ttv.animatic import Place, Scene, Setting, TimeOfDay, Understanding
from ttv.media import Format

SCENE = Scene(Setting.FOREST)
PLACE = Place.of(SCENE, Format(), seed=1)


def test_a_place_reads_back_from_its_text() -> None:
    assert Place.read(str(PLACE.later(120))) == PLACE.later(120)


def test_the_same_scene_in_other_words_is_the_same_take() -> None:
    other = replace(SCENE, understanding=Understanding(understood=("wood",)))

    assert Place.of(other, Format(), seed=1) == PLACE


@pytest.mark.parametrize(
    ("scene", "fmt", "seed"),
    [
        (replace(SCENE, time=TimeOfDay.NIGHT), Format(), 1),
        (SCENE, Format(640, 360), 1),
        (SCENE, Format(fps=25), 1),
        (SCENE, Format(), 2),
    ],
)
def test_what_gives_other_pictures_is_another_take(scene: Scene, fmt: Format, seed: int) -> None:
    assert Place.of(scene, fmt, seed=seed).take != PLACE.take


@pytest.mark.parametrize(
    "text", ["", "a film", "ttv-animatic", "ttv-animatic xyz 3", f"{PLACE} 4", f"{PLACE}\n"]
)
def test_another_text_is_no_place(text: str) -> None:
    assert Place.read(text) is None
