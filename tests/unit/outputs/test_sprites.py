from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.media.pictures import number, write_clip
from tests.unit.outputs.sources import told
from ttv import outputs
from ttv.media import Format, Pixels


def sheet(folder: Path, frames: int, fmt: Format) -> tuple[Pixels, list[list[int]]]:
    film = write_clip(folder / "film.mp4", frames, fmt=fmt)
    outputs.find("sprites").make(replace(told("x"), film=film), folder, lambda _: None)
    with av.open(str(folder / "sprites.jpg")) as file:
        (picture,) = file.decode(video=0)
        track = (folder / "sprites.vtt").read_text()
        places = re.findall(r"sprites\.jpg#xywh=(\d+),(\d+),(\d+),(\d+)", track)
        return np.asarray(picture.to_ndarray(format="bgra")), [list(map(int, p)) for p in places]


def test_each_still_shows_the_middle_of_its_stretch_where_the_track_says(tmp_path: Path) -> None:
    picture, places = sheet(tmp_path, 120, Format(320, 180, 24))

    shown = [number(picture[y : y + height, x : x + width]) for x, y, width, height in places]
    assert shown == [12, 36, 60, 84, 108]


@pytest.mark.parametrize(
    ("fmt", "size"), [(Format(320, 180, 24), [160, 90]), (Format(180, 320, 24), [90, 160])]
)
def test_stills_keep_the_shape_of_the_film(tmp_path: Path, fmt: Format, size: list[int]) -> None:
    _, places = sheet(tmp_path, 24, fmt)

    assert [place[2:] for place in places] == [size]


def test_a_long_film_has_a_hundred_stills(tmp_path: Path) -> None:
    picture, places = sheet(tmp_path, 130, Format(64, 64, 1))

    assert len(places) == 100
    assert picture.shape[:2] == (1600, 1600)
