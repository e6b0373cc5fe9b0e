from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.pictures import write_clip
from ttv.errors import NotFound
from ttv.media import Clip, Part, Unreadable, copy, fragment, join, planes, probe

SILENCE = np.zeros((48_000 * 10, 2), np.float32)


@pytest.fixture
def film(tmp_path: Path) -> Clip:
    clip = probe(write_clip(tmp_path / "a.mp4", 120, comment="a place"))
    join([Part(clip, 0, 120)], tmp_path / "film.mp4", sound=iter([SILENCE]), tags={"title": "x"})
    return probe(tmp_path / "film.mp4")


def test_a_copy_holds_the_same_frames_under_other_tags(film: Clip, tmp_path: Path) -> None:
    copy(film.path, tmp_path / "copy.mp4", tags={"comment": "another"})

    made = probe(tmp_path / "copy.mp4")
    assert (made.frames, made.has_audio, made.comment) == (120, True, "another")
    assert made.signature == film.signature
    pairs = zip(planes(film, 0, 120), planes(made, 0, 120), strict=True)
    assert all(np.array_equal(one, two) for one, two in pairs)


def test_a_copy_does_not_tell_how_it_was_encoded(film: Clip, tmp_path: Path) -> None:
    assert b"x264" in film.path.read_bytes()

    copy(film.path, tmp_path / "copy.mp4")

    assert b"x264" not in (tmp_path / "copy.mp4").read_bytes()


def test_fragments_lie_one_after_the_other_and_last_as_long_as_the_film(
    film: Clip, tmp_path: Path
) -> None:
    made = fragment(film.path, tmp_path / "film.m4s", seconds=2)

    assert [part.seconds for part in made.fragments] == [2.0, 2.0, 1.0]
    ends = [made.head, *(part.offset + part.size for part in made.fragments)]
    assert [part.offset for part in made.fragments] == ends[:-1]
    assert ends[-1] == (tmp_path / "film.m4s").stat().st_size
    assert probe(tmp_path / "film.m4s").steady


def test_stretches_are_put_together_until_they_are_long_enough(film: Clip, tmp_path: Path) -> None:
    made = fragment(film.path, tmp_path / "film.m4s", seconds=3)

    assert [part.seconds for part in made.fragments] == [4.0, 1.0]


def test_a_film_that_breaks_off_after_its_head_is_unreadable(film: Clip, tmp_path: Path) -> None:
    data = film.path.read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data[: data.index(b"mdat") + 8])

    with pytest.raises(Unreadable):
        fragment(broken, tmp_path / "film.m4s", seconds=2)

    assert not (tmp_path / "film.m4s").exists()


def test_what_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")

    with pytest.raises(Unreadable):
        copy(broken, tmp_path / "copy.mp4")
    with pytest.raises(NotFound):
        fragment(tmp_path / "none.mp4", tmp_path / "film.m4s", seconds=2)

    assert [path.name for path in tmp_path.iterdir()] == ["broken.mp4"]
