from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, picture
from ttv.animatic import Place, Scene, Setting
from ttv.children import Message
from ttv.errors import InvalidRequest
from ttv.generators._joins import Joined, joined
from ttv.media import Format, ToPlanes, save_png

TAKE = Place.of(Scene(Setting.FOREST), SMALL, seed=1)
OTHER = Place.of(Scene(Setting.BEACH), SMALL, seed=1)


def still(folder: Path, name: str, place: Place | None, frame: str = "0") -> str:
    tags = {"comment": str(place), "frame": frame} if place else {}
    save_png(folder / name, picture(3), tags)
    return str(folder / name)


def request(frames: int = 48, **pictures: str) -> Message:
    return {"frames": frames, "first_frame": None, "last_frame": None, "follows": None, **pictures}


def test_a_segment_without_pictures_starts_with_its_take() -> None:
    assert joined(request(), TAKE, SMALL) == Joined(0)


def test_a_first_frame_of_the_take_is_frame_zero(tmp_path: Path) -> None:
    first = still(tmp_path, "a.png", TAKE.later(70))

    assert joined(request(first_frame=first), TAKE, SMALL) == Joined(70)


def test_a_segment_goes_on_one_frame_after_what_it_follows(tmp_path: Path) -> None:
    last = still(tmp_path, "a.png", TAKE.later(70), frame="29")

    assert joined(request(follows=last), TAKE, SMALL) == Joined(100)


def test_a_segment_that_arrives_by_itself_is_left_alone(tmp_path: Path) -> None:
    pictures = {
        "follows": still(tmp_path, "a.png", TAKE.later(9)),
        "last_frame": still(tmp_path, "b.png", TAKE.later(57)),
    }

    assert joined(request(48, **pictures), TAKE, SMALL) == Joined(10)


def test_a_picture_of_another_take_dissolves_into_the_scene(tmp_path: Path) -> None:
    join = joined(request(first_frame=still(tmp_path, "a.png", OTHER.later(70))), TAKE, SMALL)

    assert join.start == 0
    assert [round(mix.share * 12, 6) for mix in join.mixes.values()] == list(range(12))
    assert list(join.mixes) == list(range(12))
    assert np.array_equal(join.mixes[0].picture, ToPlanes()(picture(3)))
    assert join.warnings == ("the first picture is of another scene: it dissolves over 12 frames",)


def test_a_picture_from_elsewhere_is_filmed_instead_of_the_scene(tmp_path: Path) -> None:
    join = joined(request(first_frame=still(tmp_path, "a.png", None)), TAKE, SMALL)

    assert join.filmed is not None
    assert np.array_equal(join.filmed, picture(3))
    assert join.mixes == {}
    assert join.warnings == (
        "the camera moves over the picture that the shot begins with; nothing else is drawn",
    )


def test_a_filmed_picture_goes_over_into_the_scene_that_comes_next(tmp_path: Path) -> None:
    pictures = {
        "first_frame": still(tmp_path, "a.png", None),
        "last_frame": still(tmp_path, "b.png", TAKE.later(47)),
    }

    join = joined(request(48, **pictures), TAKE, SMALL)

    assert join.filmed is not None
    assert sorted(join.mixes) == list(range(36, 48))
    assert join.mixes[47].share == 0


def test_what_follows_another_picture_does_not_show_it_again(tmp_path: Path) -> None:
    join = joined(request(follows=still(tmp_path, "a.png", None)), TAKE, SMALL)

    assert join.mixes[0].share == pytest.approx(1 / 13)
    assert join.mixes[11].share == pytest.approx(12 / 13)


@pytest.mark.parametrize("place", [None, OTHER, TAKE.later(3)])
def test_a_segment_arrives_exactly_at_another_picture(tmp_path: Path, place: Place | None) -> None:
    join = joined(request(48, last_frame=still(tmp_path, "a.png", place)), TAKE, SMALL)

    assert sorted(join.mixes) == list(range(36, 48))
    assert join.mixes[47].share == 0
    assert join.mixes[36].share == pytest.approx(11 / 12)
    assert join.warnings == ("the last picture is of another scene: it dissolves over 12 frames",)


def test_the_dissolves_of_a_short_segment_do_not_meet(tmp_path: Path) -> None:
    pictures = {name: still(tmp_path, name, OTHER) for name in ("first_frame", "last_frame")}

    join = joined(request(13, **pictures), TAKE, SMALL)

    assert sorted(join.mixes) == [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
    assert (join.mixes[0].share, join.mixes[12].share) == (0, 0)


def test_a_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    first = still(tmp_path, "a.png", TAKE)

    with pytest.raises(InvalidRequest, match="first_frame is 128x96, not 64x64") as caught:
        joined(request(first_frame=first), TAKE, Format(64, 64))

    assert caught.value.param == "first_frame"


@pytest.mark.parametrize("frame", ["", "-1", "x", "\xb2"])
def test_a_broken_tag_is_no_place(tmp_path: Path, frame: str) -> None:
    join = joined(request(first_frame=still(tmp_path, "a.png", TAKE, frame)), TAKE, SMALL)

    assert join.filmed is not None
