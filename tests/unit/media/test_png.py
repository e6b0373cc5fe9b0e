from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.pictures import picture
from ttv.errors import NotFound, StorageUnwritable
from ttv.media import Format, Unreadable, load_png, save_png


@pytest.mark.parametrize("fmt", [Format(128, 96), Format(66, 64)])
def test_a_png_gives_back_every_pixel_and_tag(tmp_path: Path, fmt: Format) -> None:
    drawn = picture(123, fmt)
    drawn[..., :3] ^= np.random.default_rng(1).integers(0, 255, drawn[..., :3].shape, np.uint8)
    tags = {"ttv:frame": "scene=ab seed=1", "Title": "un caf\xe9"}

    save_png(tmp_path / "a.png", drawn, tags)

    back, found = load_png(tmp_path / "a.png")
    assert np.array_equal(back, drawn)
    assert found == tags


def test_letters_that_a_png_has_not_are_question_marks(tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", picture(1), {"comment": "\u72d0 caf\xe9"})

    assert load_png(tmp_path / "a.png")[1] == {"comment": "? caf\xe9"}


def test_equal_pictures_give_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        save_png(tmp_path / name, picture(3), {"k": "v"})

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + b"\xff" * 64]
)
def test_a_broken_png_is_unreadable(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)

    with pytest.raises(Unreadable):
        load_png(tmp_path / "a.png")


def test_a_missing_png_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_png(tmp_path / "a.png")


def test_a_missing_folder_is_called_unwritable(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable):
        save_png(tmp_path / "none" / "a.png", picture(0), {})


def test_a_huge_png_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", picture(0), {})
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    (tmp_path / "a.png").write_bytes(data)

    with pytest.raises(Unreadable, match="50000x50000"):
        load_png(tmp_path / "a.png")
