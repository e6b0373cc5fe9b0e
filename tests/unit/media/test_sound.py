from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.media.pictures import number, write_clip
from ttv.media import SOUND_RATE, Clip, Format, Part, Sound, join, probe, read_frame


def tone(seconds: float, block: int = 4_800) -> Iterator[Sound]:
    """A tone of 1 kHz on the left and silence on the right."""
    times = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    wave = np.zeros((len(times), 2), np.float32)
    wave[:, 0] = 0.3 * np.sin(2000 * np.pi * times)
    for at in range(0, len(wave), block):
        yield wave[at : at + block]


def film_of(clip: Clip, to: Path, sound: Iterator[Sound]) -> Clip:
    join([Part(clip, 0, clip.frames)] * 2, to, sound=sound)
    return probe(to)


def heard(path: Path) -> Sound:
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.concatenate(frames, axis=1).T.astype(np.float32)


@pytest.mark.parametrize(("fps", "frames"), [(24, 1), (24, 31), (25, 60), (30, 17), (7, 20)])
@pytest.mark.parametrize("seconds", [0.01, 60.0])
def test_sound_is_exactly_as_long_as_the_pictures(
    tmp_path: Path, fps: int, frames: int, seconds: float
) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", frames, fmt=Format(128, 96, fps)))

    film = film_of(clip, tmp_path / "film.mp4", tone(seconds))

    with av.open(str(film.path)) as file:
        sound = file.streams.audio[0]
        assert sound.time_base == Fraction(1, SOUND_RATE)
        assert sound.duration == round(2 * frames * SOUND_RATE / fps)
        assert sound.start_time == file.streams.video[0].start_time == 0
    assert (film.frames, film.steady, film.has_audio) == (2 * frames, True, True)
    assert number(read_frame(film.path, frames - 1)) == frames - 1


def test_sound_starts_with_the_first_picture(tmp_path: Path) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", 24))

    film = film_of(clip, tmp_path / "film.mp4", tone(2))

    left, right = heard(film.path)[:96_000].T
    expected = 0.3 * np.sin(2000 * np.pi * np.arange(96_000) / SOUND_RATE)
    assert np.abs(left[4_800:90_000] - expected[4_800:90_000]).max() < 0.03
    assert np.abs(right).max() < 0.01


def test_equal_pictures_and_sound_give_equal_bytes(tmp_path: Path) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", 24))

    films = [
        film_of(clip, tmp_path / name, tone(2)).path.read_bytes() for name in ("1.mp4", "2.mp4")
    ]

    assert films[0] == films[1]
