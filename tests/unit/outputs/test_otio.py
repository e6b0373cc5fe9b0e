from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from tests.unit.media.pictures import write_clip
from tests.unit.outputs.sources import joined
from ttv import outputs
from ttv.media import Transition


def timeline(folder: Path, transition: Transition, frames: int) -> Any:
    film = write_clip(folder / "film.mp4", 12)
    source = replace(joined(transition, frames), film=film, tags={"title": "two shots"})
    outputs.find("otio").make(source, folder, lambda _: None)
    return otio.adapters.read_from_file(str(folder / "film.otio"))


def test_a_cross_fade_lies_around_the_cut_and_has_the_frames_it_needs(tmp_path: Path) -> None:
    made = timeline(tmp_path, Transition.CROSSFADE, 9)

    first, fade, second = made.tracks[0]
    assert fade.transition_type == "SMPTE_Dissolve"
    assert (fade.in_offset.value, fade.out_offset.value) == (4, 5)
    assert (first.source_range.start_time.value, first.source_range.duration.value) == (0, 25)
    assert (second.source_range.start_time.value, second.source_range.duration.value) == (4, 26)
    assert first.available_range().duration.value - 25 == fade.out_offset.value
    assert second.source_range.start_time.value == fade.in_offset.value
    assert made.duration().value == 51


def test_a_fade_is_as_long_on_both_sides_of_the_cut(tmp_path: Path) -> None:
    made = timeline(tmp_path, Transition.FADE, 6)

    _, fade, second = made.tracks[0]
    assert (fade.name, fade.transition_type) == ("fade through black", "Custom_Transition")
    assert (fade.in_offset.value, fade.out_offset.value) == (6, 6)
    assert second.source_range.start_time.value == 0
    assert made.duration().value == 60


@pytest.mark.parametrize("transition", [Transition.CUT, Transition.CONTINUE])
def test_shots_that_follow_at_once_have_nothing_between_them(
    tmp_path: Path, transition: Transition
) -> None:
    made = timeline(tmp_path, transition, 0)

    assert made.name == "two shots"
    assert [clip.media_reference.target_url for clip in made.tracks[0]] == [
        "clips/shot-01.mp4",
        "clips/shot-02.mp4",
    ]


def test_a_silent_film_has_no_sound_track(tmp_path: Path) -> None:
    made = timeline(tmp_path, Transition.CUT, 0)

    assert [track.kind for track in made.tracks] == ["Video"]
