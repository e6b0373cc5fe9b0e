from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, number, picture, write_clip
from ttv.errors import NotFound
from ttv.media import (
    Format,
    Unreadable,
    WrongLength,
    fitted,
    planes,
    probe,
    read_frame,
)


def luma(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> float:
    return float(picture[8:24, 8:24].mean())


def test_a_range_starts_and_ends_where_it_says(tmp_path: Path) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", 130))
    every = [luma(frame) for frame in planes(clip, 0, 130)]

    for start, stop in [(0, 1), (47, 49), (60, 110), (129, 130)]:
        assert [luma(frame) for frame in planes(clip, start, stop)] == every[start:stop]


def test_the_last_frame_can_be_read(tmp_path: Path) -> None:
    assert number(read_frame(write_clip(tmp_path / "a.mp4", 121), 120)) == 120


def test_a_frame_after_the_end_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 5)

    with pytest.raises(WrongLength, match="5 frames where 6 were expected"):
        read_frame(clip, 5)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        probe(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 4096,
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"P6 64 64 255\n" + bytes(64 * 64 * 3),
    ],
)
def test_what_is_no_video_is_unreadable(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(data)

    with pytest.raises(Unreadable):
        probe(path)


def test_a_clip_that_breaks_off_is_unreadable(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 100)
    clip = probe(path)
    path.write_bytes(path.read_bytes()[:-4000])

    with pytest.raises(Unreadable):
        list(planes(clip, 0, 100))


@pytest.mark.parametrize(
    ("source", "frames"),
    [
        (Format(128, 96, 24), 48),
        (Format(256, 256, 24), 48),
        (Format(64, 128, 30), 60),
        (Format(128, 96, 12), 24),
        (Format(128, 96, 25), 50),
    ],
)
def test_a_foreign_clip_is_fitted_to_size_and_rate(
    tmp_path: Path, source: Format, frames: int
) -> None:
    path = write_clip(tmp_path / "a.mp4", frames, fmt=source)

    fit = list(fitted(path, SMALL, 48))

    assert len(fit) == 48
    assert all(picture.shape == (144, 128) for picture in fit)


def test_a_fitted_picture_keeps_its_shape_between_black_bars(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 3, fmt=Format(64, 96))

    (first, *_) = fitted(path, SMALL, 3)

    assert int(first[:96, :30].max()) <= 17
    assert int(first[:96, 98:].max()) <= 17
    assert int(first[40:60, 80:90].min()) > 30


def test_a_picture_of_nearly_the_same_shape_is_stretched_by_a_hair(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 3, fmt=Format(636, 360))

    (first, *_) = fitted(path, Format(320, 180), 3)

    assert int(first[:180, :1].min()) > 30
    assert int(first[:180, -1:].min()) > 30


def test_a_clip_that_is_a_little_short_holds_its_last_frame(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 20)

    fit = list(fitted(path, SMALL, 24))

    assert len(fit) == 24
    assert np.array_equal(fit[19], fit[23])


def test_a_clip_that_is_much_too_short_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 20)

    with pytest.raises(WrongLength, match="20 frames where 48 were expected"):
        list(fitted(path, SMALL, 48))


def test_reading_counts_frames_as_they_are_shown(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 40)

    assert [number(read_frame(path, index)) for index in (0, 13, 39)] == [0, 13, 39]
    assert number(picture(39)) == 39
