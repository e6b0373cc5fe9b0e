from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.unit.media.pictures import number, write_clip
from ttv.errors import NotFound
from ttv.media import Unreadable, inspect, load_png, probe, save_last_frame


def test_a_clip_is_described_as_by_probing_it_here(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 60, comment="tag")

    assert asyncio.run(inspect(clip)) == probe(clip)


def test_a_last_frame_names_the_clip_and_its_place_in_it(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 60, comment="tag")

    found = asyncio.run(save_last_frame(clip, tmp_path / "last.png"))

    picture, tags = load_png(tmp_path / "last.png")
    assert (found.frames, number(picture)) == (60, 59)
    assert tags == {"comment": "tag", "frame": "59"}


def test_what_is_wrong_with_a_clip_crosses_the_process_boundary(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no clip")

    with pytest.raises(Unreadable, match=r"a\.mp4 cannot be read"):
        asyncio.run(inspect(tmp_path / "a.mp4"))
    with pytest.raises(NotFound):
        asyncio.run(save_last_frame(tmp_path / "b.mp4", tmp_path / "last.png"))
