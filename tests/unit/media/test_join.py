from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.media.pictures import SMALL, number, write_clip
from ttv.media import (
    SOUND_RATE,
    Clip,
    Coding,
    Part,
    WrongLength,
    join,
    planes,
    probe,
    read_frame,
    signature,
)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    folder = tmp_path_factory.mktemp("clips")
    return [
        probe(write_clip(folder / f"{frames}.mp4", frames, start=frames))
        for frames in (1, 2, 50, 130)
    ]


def numbers(path: Path) -> list[int]:
    clip = probe(path)
    return [number(read_frame(path, index)) for index in range(clip.frames)]


def test_clips_join_without_losing_or_doubling_a_frame(tmp_path: Path, clips: list[Clip]) -> None:
    one, two, fifty, _ = clips
    parts = [Part(clip, 0, clip.frames) for clip in (fifty, one, two, fifty, one)]

    join(parts, tmp_path / "film.mp4", tags={"comment": "film"})

    film = probe(tmp_path / "film.mp4")
    expected = [*range(50, 100), 1, 2, 3, *range(50, 100), 1]
    assert (film.frames, film.steady, film.comment) == (104, True, "film")
    assert film.signature == one.signature
    assert numbers(film.path) == expected


def test_a_film_without_notes_shows_the_same_and_does_not_tell_how_it_was_encoded(
    tmp_path: Path, clips: list[Clip]
) -> None:
    parts = [Part(clip, 0, clip.frames) for clip in clips]
    told, bare = tmp_path / "told.mp4", tmp_path / "bare.mp4"

    join(parts, told)
    join(parts, bare, notes=False)

    assert b"x264" in told.read_bytes()
    assert b"x264" not in bare.read_bytes()
    assert probe(bare).signature == probe(told).signature
    frames = (planes(probe(film), 0, probe(film).frames) for film in (told, bare))
    assert all(np.array_equal(one, two) for one, two in zip(*frames, strict=True))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_groups_of_pictures_join_in_order(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, clips: list[Clip]
) -> None:
    parts = []
    for clip in data.draw(st.lists(st.sampled_from(clips), min_size=1, max_size=5)):
        cuts = [*clip.keyframes, clip.frames]
        start, stop = sorted(
            data.draw(st.lists(st.sampled_from(cuts), min_size=2, max_size=2, unique=True))
        )
        parts.append(Part(clip, start, stop))
    film = tmp_path_factory.mktemp("film") / "film.mp4"

    told = join(parts, film)

    whole = probe(film)
    assert told == whole
    assert whole.steady
    assert whole.frames == sum(part.stop - part.start for part in parts)
    copied = planes(whole, 0, whole.frames)
    for part in parts:
        for original in planes(part.clip, part.start, part.stop):
            assert np.array_equal(next(copied), original)


def test_decoding_times_only_rise(tmp_path: Path, clips: list[Clip]) -> None:
    join([Part(clip, 0, clip.frames) for clip in clips * 2], tmp_path / "film.mp4")

    with av.open(str(tmp_path / "film.mp4")) as file:
        times = [p.dts for p in file.demux(video=0) if p.dts is not None]

    assert times == sorted(set(times))
    assert len({b - a for a, b in pairwise(times)}) == 1


def test_a_part_must_be_whole_groups_of_pictures(clips: list[Clip]) -> None:
    with pytest.raises(ValueError, match="no groups of pictures"):
        Part(clips[3], 3, 48)


def test_a_clip_that_is_shorter_than_was_told_is_refused(tmp_path: Path, clips: list[Clip]) -> None:
    _, two, fifty, _ = clips
    false = replace(fifty, path=two.path)

    with pytest.raises(WrongLength, match=r"2\.mp4 holds 2 frames where 50 were expected"):
        join([Part(fifty, 0, 50), Part(false, 0, 50)], tmp_path / "film.mp4")

    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_shows_a_frame_twice_is_refused(tmp_path: Path, clips: list[Clip]) -> None:
    path = tmp_path / "twice.mp4"
    with (
        av.open(str(clips[0].path)) as source,
        av.open(str(path), "w") as file,
    ):
        stream = file.add_stream_from_template(source.streams.video[0])
        packet = next(source.demux(video=0))
        packet.stream = stream
        for packet.dts in (0, 1):
            packet.pts = 1
            file.mux(packet)
    false = replace(clips[1], path=path)

    with pytest.raises(WrongLength, match=r"twice\.mp4 shows its frame 0 twice"):
        join([Part(false, 0, 2)], tmp_path / "film.mp4")


def test_clips_of_other_settings_do_not_join(tmp_path: Path, clips: list[Clip]) -> None:
    other = probe(write_clip(tmp_path / "b.mp4", 4, fmt=SMALL, coding=Coding(preset="medium")))

    with pytest.raises(ValueError, match="one signature"):
        join([Part(clips[0], 0, 1), Part(other, 0, 4)], tmp_path / "film.mp4")


def test_the_quality_does_not_change_the_signature(tmp_path: Path, clips: list[Clip]) -> None:
    coarse = probe(write_clip(tmp_path / "b.mp4", 90, coding=Coding(crf=35, threads=1)))

    assert coarse.signature == clips[0].signature == signature(SMALL, Coding())


@pytest.mark.parametrize("rounds", [1, 40])
def test_the_index_comes_first_so_that_a_film_plays_while_it_loads(
    tmp_path: Path, clips: list[Clip], rounds: int
) -> None:
    parts = [Part(clip, 0, clip.frames) for clip in clips[:2]] * rounds
    silence = (np.zeros((SOUND_RATE, 2), np.float32) for _ in range(10 * rounds))

    join(parts, tmp_path / "all.mp4", sound=silence, tags={"title": "a" * 9_000})

    content = (tmp_path / "all.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert probe(tmp_path / "all.mp4").frames == sum(part.stop - part.start for part in parts)
