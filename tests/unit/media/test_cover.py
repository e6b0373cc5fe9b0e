from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from ttv.media import Format, cover, load_png, save_png

FILM = Format(128, 64, 24)


@pytest.mark.parametrize(
    ("width", "height"), [(256, 128), (64, 32), (256, 512), (900, 70), (16, 16)]
)
def test_a_picture_of_any_shape_covers_the_film(tmp_path: Path, width: int, height: int) -> None:
    grey = np.full((height, width, 4), 128, np.uint8)
    save_png(tmp_path / "a.png", grey, {"comment": "secret"})

    asyncio.run(cover(tmp_path / "a.png", tmp_path / "b.png", FILM))

    picture, tags = load_png(tmp_path / "b.png")
    assert picture.shape == (64, 128, 4)
    assert np.abs(picture[..., :3].astype(int) - 128).max() <= 1
    assert tags == {}


def test_the_middle_of_a_picture_stays(tmp_path: Path) -> None:
    tall = np.zeros((512, 256, 4), np.uint8)
    tall[192:320, :, 1] = 255
    save_png(tmp_path / "a.png", tall, {})

    asyncio.run(cover(tmp_path / "a.png", tmp_path / "b.png", FILM))

    picture, _ = load_png(tmp_path / "b.png")
    assert picture[2:-2, :, 1].min() > 240
