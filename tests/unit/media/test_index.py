from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer
from av.video.stream import VideoStream

from tests.unit.media.pictures import SMALL, write_clip
from ttv.media import SOUND_RATE, Clip, Coding, Part, Unreadable, _clip, join, probe
from ttv.media._index import Frames


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Give the clip that all clips here begin as."""
    return probe(write_clip(tmp_path_factory.mktemp("other") / "a.mp4", 3))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the names of the clips whose packets are read."""
    names: list[str] = []
    packets = _clip._packets

    def noted(file: InputContainer, stream: VideoStream, most_frames: int) -> Frames:
        names.append(Path(file.name).name)
        return packets(file, stream, most_frames)

    monkeypatch.setattr(_clip, "_packets", noted)
    return names


def remuxed(clip: Path, to: Path, *, later: int = 0, **options: str) -> Path:
    """Copy the packets of a clip into another file, all of them so many frames later."""
    options |= {"avoid_negative_ts": "disabled"}
    with (
        av.open(str(clip)) as source,
        av.open(str(to), "w", container_options=options) as file,
    ):
        stream = file.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.pts is None or packet.dts is None:
                continue
            shift = int(later / SMALL.fps / (packet.time_base or Fraction(1)))
            packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            packet.stream = stream
            file.mux(packet)
    return to


@pytest.mark.parametrize("frames", [1, 2, 3, 49, 130])
def test_a_clip_is_told_by_its_index_as_by_its_packets(
    tmp_path: Path, other: Clip, reads: list[str], frames: int
) -> None:
    path = write_clip(tmp_path / "b.mp4", frames, comment="tag")

    found = probe(path, like=other)

    assert reads == []
    assert found == probe(path)


def test_a_film_with_sound_is_told_by_its_index(
    tmp_path: Path, other: Clip, reads: list[str]
) -> None:
    clip = probe(write_clip(tmp_path / "b.mp4", 60))
    hum = (np.zeros((SOUND_RATE, 2), np.float32) for _ in range(9))

    film = join([Part(clip, 0, 60), Part(other, 0, 3)], tmp_path / "film.mp4", sound=hum)

    assert reads == ["b.mp4"]
    assert film == probe(tmp_path / "film.mp4")


def test_a_clip_that_begins_otherwise_is_told_by_its_packets(
    tmp_path: Path, other: Clip, reads: list[str]
) -> None:
    path = write_clip(tmp_path / "b.mp4", 60, coding=Coding(preset="medium"))

    assert probe(path, like=other) == probe(path)
    assert reads == ["b.mp4"] * 2


@pytest.mark.parametrize(
    ("name", "later", "options"),
    [
        pytest.param("c.mp4", -5, {}, id="an edit cuts its head"),
        pytest.param("c.mp4", 7, {}, id="an edit moves it"),
        pytest.param("c.mp4", 0, {"movflags": "negative_cts_offsets"}, id="shown before decoded"),
        pytest.param("c.mp4", 0, {"movflags": "frag_keyframe+empty_moov"}, id="in fragments"),
        pytest.param("c.mp4", 0, {"movflags": "frag_keyframe"}, id="in fragments after the first"),
        pytest.param("c.mkv", 0, {}, id="in another container"),
    ],
)
def test_a_clip_of_an_odd_index_is_told_as_by_its_packets(
    tmp_path: Path, name: str, later: int, options: dict[str, str]
) -> None:
    whole = write_clip(tmp_path / "b.mp4", 130)
    path = remuxed(whole, tmp_path / name, later=later, **options)
    clip = probe(path)

    assert probe(path, like=clip) == clip


def test_a_clip_that_breaks_off_is_noticed_by_its_index(tmp_path: Path, other: Clip) -> None:
    path = write_clip(tmp_path / "b.mp4", 60)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(Unreadable, match="breaks off"):
        probe(path, like=other)


def test_an_index_of_nonsense_is_refused_or_told_and_nothing_worse(
    tmp_path: Path, other: Clip
) -> None:
    content = write_clip(tmp_path / "b.mp4", 60).read_bytes()
    end = content.index(b"mdat")
    chance = random.Random(1)
    told = 0
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[chance.randrange(end)] = chance.choice((0, 1, 127, 128, 255))
        (tmp_path / "c.mp4").write_bytes(damaged)
        try:
            probe(tmp_path / "c.mp4", like=other, most_frames=1_000)
        except Unreadable:
            continue
        told += 1
    assert 0 < told < 300
