from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, number, write_clip
from ttv.assembly import Cut, stream
from ttv.errors import StorageUnwritable
from ttv.media import Coding, Recoding, probe, recode
from ttv.media._planes import to_bgra

WORDS = "rain falls on a city street"


def written(clip: Path, frames: int, to: Path) -> bool:
    return asyncio.run(stream(Cut(clip, frames, prompt=WORDS), SMALL, to, seed=1))


def test_a_piece_shows_every_frame_of_its_shot_with_the_sound_of_its_place(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 60, coding=Coding())

    assert written(clip, 60, tmp_path / "a.ts")

    with av.open(str(tmp_path / "a.ts")) as piece:
        assert piece.format.name == "mpegts"
        shown = [number(to_bgra(frame)) for frame in piece.decode(video=0)]
    with av.open(str(tmp_path / "a.ts")) as piece:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in piece.decode(audio=0)])
    assert shown == list(range(60))
    assert abs(len(heard) / 48_000 - 2.5) < 0.05
    assert float(np.abs(heard).max()) > 0.01


def test_the_sound_of_a_piece_goes_on_to_its_ends_where_others_follow(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 60, coding=Coding())

    assert written(clip, 60, tmp_path / "a.ts")

    with av.open(str(tmp_path / "a.ts")) as piece:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in piece.decode(audio=0)])
    parts = [float(np.sqrt(np.mean(part**2))) for part in np.array_split(heard, 20)]
    assert min(parts[1], parts[-2]) > 0.5 * float(np.median(parts))


def test_equal_shots_give_equal_pieces(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 30, coding=Coding())
    pieces = [tmp_path / "1.ts", tmp_path / "2.ts"]

    assert all(written(clip, 30, piece) for piece in pieces)

    assert len({hashlib.sha256(piece.read_bytes()).digest() for piece in pieces}) == 1


def test_a_clip_in_another_codec_is_in_no_stream(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 30)
    other = tmp_path / "b.mp4"
    recode(clip, other, Recoding("libsvtav1", {"preset": "12"}), progress=lambda _: None)

    assert not written(other, 30, tmp_path / "b.ts")

    assert probe(other).frames == 30
    assert not (tmp_path / "b.ts").exists()


def test_a_folder_that_is_not_there_is_unwritable(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", 12, coding=Coding())

    with pytest.raises(StorageUnwritable):
        written(clip, 12, tmp_path / "none" / "a.ts")
