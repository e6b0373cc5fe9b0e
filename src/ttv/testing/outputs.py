"""What every output must do; an output's own tests derive from ``OutputContract``."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
import numpy as np
import opentimelineio as otio
import pytest

from ttv import outputs
from ttv.errors import Permanent
from ttv.media import (
    SOUND_RATE,
    Encoder,
    Format,
    Part,
    Sound,
    ToPlanes,
    Transition,
    join,
    probe,
)
from ttv.outputs import Shot, Source

_FORMAT: Final = Format(320, 180, 24)
_LENGTHS: Final = (36, 36, 40)
_OVERLAP: Final = 9
_FRAMES: Final = sum(_LENGTHS) - _OVERLAP
_WORDS: Final = (
    "a red fox runs through a snowy forest at night, and <b>nothing</b> else & nobody moves",
    "an owl --> flies over a meadow",
    "ein Leuchtturm über dem Meer",
)
_TAGS: Final = {"title": "a red fox", "comment": "made by a test"}
_SECRET: Final = b"made by a test"
#: Files of a finished film that no output may be taken for, and their roles.
_TAKEN_NAMES: Final = {"film.mp4", "poster.png", "plan.json", "manifest.json"}
_TAKEN_ROLES: Final = {"film", "poster", "plan", "manifest", "stream", "clip", "video", "artifact"}
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+){1,2}")
_ROLE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: What libav says of the structure of a file, and of the coding of its streams.
_STRUCTURE: Final = {
    *("major_brand", "minor_version", "compatible_brands", "language", "handler_name"),
    *("DURATION", "encoder"),
}
_ENCODER: Final = "Lavf"  # without a version


def source(folder: Path) -> Source:
    """Make a film of three shots: one cut, one cross-fade, and sound."""
    clips = []
    for number, frames in enumerate(_LENGTHS):
        path = folder / f"{number}.mp4"
        _draw(path, frames, hue=number, comment="made by a test of clips")
        clips.append(path)
    _draw(folder / "silent.mp4", _FRAMES, hue=4)
    whole = probe(folder / "silent.mp4")
    join([Part(whole, 0, _FRAMES)], folder / "film.mp4", sound=_hum(), tags=_TAGS)
    cut = _LENGTHS[0] + _LENGTHS[1] - _OVERLAP + _OVERLAP // 2
    fade = Transition.CROSSFADE
    shots = (
        Shot(_WORDS[0], 0, _LENGTHS[0], _LENGTHS[0]),
        Shot(_WORDS[1], _LENGTHS[0], cut - _LENGTHS[0], _LENGTHS[1]),
        Shot(_WORDS[2], cut, _FRAMES - cut, _LENGTHS[2], _OVERLAP // 2, fade, _OVERLAP),
    )
    return Source(folder / "film.mp4", _FORMAT.fps, shots, tuple(clips), _TAGS)


def _draw(path: Path, frames: int, *, hue: int, comment: str = "") -> None:
    """Draw a bright square that crosses a gradient."""
    convert = ToPlanes()
    with Encoder(path, _FORMAT, comment=comment) as encoder:
        for number in range(frames):
            picture = np.full((_FORMAT.height, _FORMAT.width, 4), 60, np.uint8)
            picture[..., hue % 3] = np.linspace(0, 200, _FORMAT.width, dtype=np.uint8)
            left = number * 2
            picture[60:120, left : left + 60] = 240
            encoder.write(convert(picture))


def _hum() -> Iterator[Sound]:
    """Give a tone that grows louder, second by second."""
    for second in range(10):
        times = np.arange(SOUND_RATE) / SOUND_RATE
        wave = 0.05 * (second + 1) * np.sin(2 * np.pi * 220 * times)
        yield np.repeat(wave[:, None], 2, axis=1).astype(np.float32)


def _make(name: str, told: Source, folder: Path) -> Mapping[str, Path]:
    folder.mkdir(exist_ok=True)
    return asyncio.run(outputs.make(name, told, folder, report=lambda _fraction, _text: None))


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    return {role: hashlib.sha256(path.read_bytes()).hexdigest() for role, path in files.items()}


class OutputContract:
    """Derive from it, and give it a fixture ``name``."""

    @pytest.fixture(scope="class")
    @classmethod
    def told(cls, tmp_path_factory: pytest.TempPathFactory) -> Source:
        """Give a film to make outputs of."""
        return source(tmp_path_factory.mktemp("film"))

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Give an empty folder for the output."""
        folder = tmp_path / "made"
        folder.mkdir()
        return folder

    def test_its_files_are_there_can_be_opened_and_fit_the_film(
        self, name: str, told: Source, folder: Path
    ) -> None:
        files = _make(name, told, folder)

        assert sorted(folder.iterdir()) == sorted(files.values())
        assert {role: path.name for role, path in files.items()} == outputs.find(name).files
        for path in files.values():
            assert path.stat().st_size > 0
            if check := _CHECKS.get(path.suffix):
                check(path)

    def test_equal_films_give_equal_bytes(
        self, name: str, told: Source, folder: Path, tmp_path: Path
    ) -> None:
        elsewhere = tmp_path / "elsewhere"
        shutil.copytree(told.film.parent, elsewhere)
        clips = tuple(elsewhere / clip.name for clip in told.clips)
        moved = replace(told, film=elsewhere / told.film.name, clips=clips)

        first = _make(name, told, folder)
        second = _make(name, moved, tmp_path / "second")

        assert _digests(first) == _digests(second)

    def test_a_cancelled_one_leaves_nothing(self, name: str, told: Source, folder: Path) -> None:
        async def scenario() -> None:
            begun = asyncio.Event()
            making = asyncio.create_task(
                outputs.make(name, told, folder, report=lambda _fraction, _text: begun.set())
            )
            await begun.wait()
            making.cancel()
            with pytest.raises(asyncio.CancelledError):
                await making

        asyncio.run(scenario())

        assert list(folder.iterdir()) == []

    def test_a_damaged_film_ends_in_words_and_leaves_nothing(
        self, name: str, told: Source, folder: Path, tmp_path: Path
    ) -> None:
        damaged = tmp_path / "film.mp4"
        damaged.write_bytes(told.film.read_bytes()[:5_000])
        (tmp_path / "clip.mp4").write_bytes(b"no film")
        broken = replace(told, film=damaged, clips=(tmp_path / "clip.mp4",), tags={})

        try:
            _make(name, broken, folder)
        except Permanent:
            left = list(folder.iterdir())
        else:  # it reads the words of the shots only
            left = [] if outputs.find(name).reads_shots else list(folder.iterdir())

        assert left == []

    def test_it_tells_nothing_of_itself_where_metadata_is_stripped(
        self, name: str, told: Source, folder: Path, tmp_path: Path
    ) -> None:
        bare = tmp_path / "film.mp4"
        join([Part(probe(told.film), 0, _FRAMES)], bare, sound=_hum())

        files = _make(name, replace(told, film=bare, tags={}), folder)

        for path in files.values():
            assert _SECRET not in path.read_bytes()
            assert dict(_said(path)) == {}

    def test_its_names_are_its_own_and_safe(self, name: str) -> None:
        one = outputs.find(name)
        others = [outputs.find(other) for other in outputs.names() if other != name]

        assert one.name == name
        assert all(_NAME.fullmatch(file) for file in one.files.values())
        assert all(_ROLE.fullmatch(role) for role in one.files)
        assert one.files.keys().isdisjoint({*_TAKEN_ROLES, *(r for o in others for r in o.files)})
        taken = {*_TAKEN_NAMES, *(file for other in others for file in other.files.values())}
        assert taken.isdisjoint(one.files.values())
        assert one.texts <= one.files.keys()


def _said(path: Path) -> Iterator[tuple[str, str]]:
    """Give what a file says of itself beyond its structure."""
    if path.suffix not in {".mp4", ".webm", ".gif", ".m4s", ".png", ".jpg"}:
        return
    with av.open(str(path)) as file:
        every = [file.metadata, *(stream.metadata for stream in file.streams)]
        if path.suffix in {".png", ".jpg", ".gif"}:
            every += [frame.metadata for frame in file.decode(video=0)]
        for key, value in (item for metadata in every for item in metadata.items()):
            if key not in _STRUCTURE or (key == "encoder" and value != _ENCODER):
                yield key, value


def _check_film(path: Path) -> None:
    film = probe(path)
    assert (film.frames, film.size) == (_FRAMES, _FORMAT.size)
    assert film.steady
    assert film.has_audio
    with av.open(str(path)) as file:
        pictures = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
        assert len(pictures) == _FRAMES
        assert min(float(picture.std()) for picture in pictures) > 5
    with av.open(str(path)) as file:
        heard = np.concatenate(
            [frame.to_ndarray().mean(axis=0) for frame in file.decode(audio=0)], dtype=np.float32
        )
        assert abs(len(heard) / SOUND_RATE - _FRAMES / _FORMAT.fps) < 1 / _FORMAT.fps
        assert float(np.abs(heard).max()) > 0.01
        assert file.duration is not None
        assert abs(file.duration / 1e6 - _FRAMES / _FORMAT.fps) < 1 / _FORMAT.fps


def _check_gif(path: Path) -> None:
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert max(stream.width, stream.height) <= 480
        assert abs(stream.width / stream.height - _FORMAT.width / _FORMAT.height) < 0.02
        assert file.duration is not None
        assert abs(file.duration / 1e6 - _FRAMES / _FORMAT.fps) < 2 / 12
        pictures = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
        assert min(float(picture.std()) for picture in pictures) > 5


def _check_picture(path: Path) -> None:
    with av.open(str(path)) as file:
        (picture,) = (frame.to_ndarray(format="gray") for frame in file.decode(video=0))
    assert min(picture.shape) >= 64
    assert float(picture.std()) > 5


def _check_cues(path: Path) -> None:
    times = re.findall(r"([\d:]+[.,]\d{3}) --> ([\d:]+[.,]\d{3})", path.read_text("utf-8"))
    bounds = [[_moment(time) for time in pair] for pair in times]
    assert bounds[0][0] == 0.0
    assert all(start < end for start, end in bounds)
    assert all(one[1] <= two[0] for one, two in pairwise(bounds))
    assert abs(bounds[-1][1] - _FRAMES / _FORMAT.fps) < 1 / _FORMAT.fps


def _moment(stamp: str) -> float:
    hours, minutes, seconds = stamp.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _check_playlist(path: Path) -> None:
    """Play every entry by itself after the head, as a player does that seeks."""
    text = path.read_text("utf-8")
    assert text.startswith("#EXTM3U\n")
    assert text.endswith("#EXT-X-ENDLIST\n")
    lengths = [float(seconds) for seconds in re.findall(r"#EXTINF:([\d.]+),", text)]
    assert abs(sum(lengths) - _FRAMES / _FORMAT.fps) < 0.001
    (target,) = re.findall(r"#EXT-X-TARGETDURATION:(\d+)", text)
    assert max(map(round, lengths)) <= int(target)
    ranges = [(int(size), int(at)) for size, at in re.findall(r"(\d+)@(\d+)", text)]
    (media,) = set(re.findall(r'^([^#"]+)$', text, re.MULTILINE))
    data = path.with_name(media).read_bytes()
    assert sum(size for size, _ in ranges) == len(data)
    (head, _), *parts = ranges
    frames = 0
    for size, at in parts:
        piece = path.with_name("piece.mp4")
        piece.write_bytes(data[:head] + data[at : at + size])
        with av.open(str(piece)) as file:
            frames += sum(1 for _ in file.decode(video=0))
        piece.unlink()
    assert frames == _FRAMES


def _check_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(_LENGTHS)
        assert all(_NAME.fullmatch(name) for name in names)
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        unpacked = path.with_name("unpacked")
        archive.extractall(unpacked)
    assert [probe(unpacked / name).frames for name in names] == list(_LENGTHS)
    shutil.rmtree(unpacked)


def _check_timeline(path: Path) -> None:
    timeline = otio.adapters.read_from_file(str(path))
    picture, sound = timeline.tracks
    assert timeline.duration().to_frames() == _FRAMES
    assert sound.duration().to_frames() == _FRAMES
    clips = [item for item in picture if isinstance(item, otio.schema.Clip)]
    assert [clip.markers[0].name for clip in clips] == list(_WORDS)
    for clip in clips:
        used, there = clip.source_range, clip.available_range()
        assert there.start_time <= used.start_time
        assert used.end_time_exclusive() <= there.end_time_exclusive()
        assert not clip.media_reference.target_url.startswith(("/", "file:", ".."))
    (fade,) = (item for item in picture if isinstance(item, otio.schema.Transition))
    assert (fade.in_offset + fade.out_offset).to_frames() == _OVERLAP


_CHECKS: Final[Mapping[str, Callable[[Path], None]]] = {
    ".mp4": _check_film,
    ".webm": _check_film,
    ".m4s": _check_film,
    ".gif": _check_gif,
    ".png": _check_picture,
    ".jpg": _check_picture,
    ".vtt": _check_cues,
    ".srt": _check_cues,
    ".m3u8": _check_playlist,
    ".zip": _check_archive,
    ".otio": _check_timeline,
}
