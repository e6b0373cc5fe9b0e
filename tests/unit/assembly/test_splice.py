from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, number, write_clip
from ttv.assembly import Cut
from ttv.assembly._splice import Spliced, splice
from ttv.errors import InvalidRequest
from ttv.media import (
    Coding,
    Format,
    Transition,
    Unreadable,
    WrongLength,
    load_png,
    planes,
    probe,
    read_frame,
)


def spliced(folder: Path, cuts: list[Cut], fmt: Format = SMALL) -> tuple[Spliced, list[float]]:
    heard: list[float] = []
    made = splice(
        cuts,
        fmt,
        film=folder / "film.mp4",
        poster=folder / "poster.png",
        seed=1,
        tags={},
        progress=heard.append,
    )
    return made, heard


def shot(folder: Path, name: str, frames: int, start: int, fmt: Format = SMALL) -> Path:
    return write_clip(folder / name, frames, start=start, fmt=fmt, coding=Coding())


def numbers(path: Path, indexes: list[int]) -> list[int]:
    return [number(read_frame(path, index)) for index in indexes]


def test_hard_cuts_copy_every_frame(tmp_path: Path) -> None:
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 60, 0), 60),
        Cut(shot(tmp_path, "b.mp4", 30, 100), 30, Transition.CONTINUE),
        Cut(shot(tmp_path, "c.mp4", 1, 200), 1),
    ]

    made, _ = spliced(tmp_path, cuts)

    film = probe(tmp_path / "film.mp4")
    assert made == Spliced(frames=91, copied_frames=91)
    assert (film.frames, film.steady, film.has_audio) == (91, True, True)
    assert numbers(film.path, [0, 59, 60, 89, 90]) == [0, 59, 100, 129, 200]
    copied = list(planes(film, 0, 60))
    original = list(planes(probe(cuts[0].clip), 0, 60))
    assert all(np.array_equal(a, b) for a, b in zip(copied, original, strict=True))


def test_a_cross_fade_overlaps_its_shots_and_touches_nothing_else(tmp_path: Path) -> None:
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 120, 0), 120),
        Cut(shot(tmp_path, "b.mp4", 120, 200), 120, Transition.CROSSFADE, 10),
    ]

    made, progress = spliced(tmp_path, cuts)

    film = probe(tmp_path / "film.mp4")
    assert (film.frames, film.steady) == (230, True)
    assert made == Spliced(frames=230, copied_frames=96 + 72)
    assert numbers(film.path, [0, 95, 96, 109, 120, 157, 158, 229]) == [
        *(0, 95, 96, 109),
        *(210, 247, 248, 319),
    ]
    assert progress == sorted(progress)
    assert 0 < progress[0] < progress[-1] <= 1


def test_a_cross_fade_goes_evenly_from_one_shot_to_the_other(tmp_path: Path) -> None:
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 20, 0), 20),
        Cut(shot(tmp_path, "b.mp4", 20, 30), 20, Transition.CROSSFADE, 9),
    ]

    spliced(tmp_path, cuts)

    film = probe(tmp_path / "film.mp4")
    levels = [float(picture[8:24, 8:24].mean()) for picture in planes(film, 10, 21)]
    steps = np.diff(levels)
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.min()


def test_a_fade_goes_through_black_and_keeps_every_frame(tmp_path: Path) -> None:
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 30, 10), 30, Transition.FADE, 5),
        Cut(shot(tmp_path, "b.mp4", 30, 10), 30, Transition.FADE, 8),
    ]

    made, _ = spliced(tmp_path, cuts)

    film = probe(tmp_path / "film.mp4")
    dark = [float(picture[:96].max()) < 20 for picture in planes(film, 0, 60)]
    assert made.frames == 60
    assert [index for index, black in enumerate(dark) if black] == [0, 29, 30]
    assert numbers(film.path, [15]) == [25]


def test_a_foreign_clip_joins_the_others(tmp_path: Path) -> None:
    foreign = shot(tmp_path, "b.mp4", 60, 100, Format(256, 192, 30))
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 50, 0), 50),
        Cut(foreign, 48, Transition.CROSSFADE, 6),
        Cut(shot(tmp_path, "c.mp4", 50, 0), 50),
    ]

    made, _ = spliced(tmp_path, cuts)

    film = probe(tmp_path / "film.mp4")
    assert (film.frames, film.steady, film.width) == (142, True, 128)
    assert made.copied_frames == 50
    assert numbers(film.path, [0, 43, 92, 141]) == [0, 43, 0, 49]
    assert numbers(film.path, [91])[0] in (158, 159)


def test_clips_of_one_foreign_kind_are_copied_where_nothing_must_be_encoded(
    tmp_path: Path,
) -> None:
    paths = [
        write_clip(tmp_path / name, 30, coding=Coding(preset="ultrafast")) for name in ("a", "b")
    ]

    made, _ = spliced(tmp_path, [Cut(path, 30) for path in paths])

    assert made == Spliced(frames=60, copied_frames=60)


def test_sound_is_as_long_as_the_film(tmp_path: Path) -> None:
    spliced(tmp_path, [Cut(shot(tmp_path, "a.mp4", 31, 0), 31, prompt="waves on a beach")])

    with av.open(str(tmp_path / "film.mp4")) as file:
        assert file.streams.audio[0].duration == 31 * 2000


def test_the_poster_shows_the_middle_of_the_first_shot(tmp_path: Path) -> None:
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 30, 0), 30, Transition.FADE, 10),
        Cut(shot(tmp_path, "b.mp4", 30, 100), 30),
    ]

    spliced(tmp_path, cuts)

    picture, _ = load_png(tmp_path / "poster.png")
    assert number(picture) == 20


def test_equal_clips_give_equal_films(tmp_path: Path) -> None:
    cuts = [
        Cut(shot(tmp_path, "a.mp4", 60, 0), 60, prompt="a dog in the rain"),
        Cut(shot(tmp_path, "b.mp4", 60, 0), 60, Transition.CROSSFADE, 7),
    ]

    films = []
    for _ in range(2):
        spliced(tmp_path, cuts)
        films.append((tmp_path / "film.mp4").read_bytes())

    assert films[0] == films[1]


def test_a_damaged_clip_is_named_by_its_shot(tmp_path: Path) -> None:
    broken = tmp_path / "b.mp4"
    broken.write_bytes(b"no clip")

    with pytest.raises(Unreadable, match=r"shot 2: b\.mp4 cannot be read"):
        spliced(tmp_path, [Cut(shot(tmp_path, "a.mp4", 5, 0), 5), Cut(broken, 5)])


def test_a_clip_with_too_few_frames_is_named_by_its_shot(tmp_path: Path) -> None:
    with pytest.raises(WrongLength, match=r"shot 1: .*10 frames where 48"):
        spliced(tmp_path, [Cut(shot(tmp_path, "a.mp4", 10, 0), 48)])


def test_a_failed_film_leaves_nothing_behind(tmp_path: Path) -> None:
    clip = shot(tmp_path, "a.mp4", 10, 0)

    with pytest.raises(WrongLength):
        spliced(tmp_path, [Cut(clip, 10), Cut(clip, 48)])

    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_impossible_transitions_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        spliced(tmp_path, [Cut(tmp_path / "none.mp4", 10, Transition.CROSSFADE, 5)])
