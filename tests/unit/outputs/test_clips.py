from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from tests.unit.media.pictures import write_clip
from tests.unit.outputs.sources import told
from ttv import outputs
from ttv.outputs._names import clip_name


def test_clips_are_stored_byte_by_byte_under_no_time_of_their_own(tmp_path: Path) -> None:
    clips = tuple(
        write_clip(tmp_path / f"{n}.mp4", 6, start=n, comment="a place") for n in range(2)
    )
    source = replace(told("x", "y"), clips=clips, tags={"title": "x"})

    outputs.find("clips").make(source, tmp_path, lambda _: None)

    with zipfile.ZipFile(tmp_path / "clips.zip") as archive:
        assert [entry.date_time for entry in archive.infolist()] == [(1980, 1, 1, 0, 0, 0)] * 2
        assert [archive.read(entry) for entry in archive.infolist()] == [
            clip.read_bytes() for clip in clips
        ]


def test_names_sort_as_the_shots_do() -> None:
    assert [clip_name(number, 3) for number in (1, 2)] == ["shot-01.mp4", "shot-02.mp4"]
    assert clip_name(7, 120) == "shot-007.mp4"
