"""Clips that mean harm, or are simply broken, end in a sentence and never in this process."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import av
import pytest

from tests.unit.media.pictures import write_clip
from ttv.errors import Permanent, TtvError
from ttv.media import Unreadable, inspect, probe, save_last_frame


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_clip(tmp_path_factory.mktemp("clip") / "a.mp4", 60).read_bytes()


def box(kind: bytes, body: bytes, *, size: int | None = None) -> bytes:
    return (size if size is not None else len(body) + 8).to_bytes(4, "big") + kind + body


def playlist(link: str) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{link}\n#EXT-X-ENDLIST\n".encode()


HOSTILE = {
    "empty": b"",
    "text": b"<html>not found</html>",
    "playlist of files": playlist("file:///etc/passwd"),
    "playlist of the network": playlist("http://169.254.169.254/latest/meta-data"),
    "list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "picture": b"P6 9999 9999 255\n" + bytes(1000),
    "endless box": box(b"ftyp", b"isom") + box(b"moov", b"", size=0xFFFFFFF0) + bytes(4096),
    "nested boxes": box(b"ftyp", b"isom") + b"\xff\xff\xff\xf0moov" * 5000,
    "no picture": box(b"ftyp", b"isom") + box(b"moov", b""),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_clip_is_unreadable(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(data)

    with pytest.raises(Unreadable):
        asyncio.run(inspect(path))


def test_a_clip_of_more_streams_than_any_clip_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w", format="matroska") as file:
        streams = [file.add_stream("mpeg4", rate=24, width=64, height=64) for _ in range(33)]
        for stream in streams:
            assert isinstance(stream, av.VideoStream)
            file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
            file.mux(stream.encode(None))

    with pytest.raises(Unreadable, match="33 streams"):
        asyncio.run(inspect(path))


def test_a_clip_that_flickers_faster_than_anybody_sees_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=20_000, width=64, height=64)
        assert isinstance(stream, av.VideoStream)
        stream.pix_fmt = "yuv420p"
        for _ in range(30):
            file.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        file.mux(stream.encode(None))

    with pytest.raises(Unreadable, match="frames per second"):
        asyncio.run(inspect(path))


def test_a_clip_that_does_not_end_is_not_read_to_its_end(tmp_path: Path, clip: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip)

    with pytest.raises(Unreadable, match="more than 59 frames"):
        probe(path, most_frames=59)
    assert probe(path, most_frames=60).frames == 60


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_clip_is_refused_or_shorter(tmp_path: Path, clip: bytes, share: float) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip[: int(len(clip) * share)])

    with pytest.raises(Permanent):
        asyncio.run(save_last_frame(path, tmp_path / "last.png"))


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_clip_ends_in_an_error_of_ours_or_in_a_picture(
    tmp_path: Path, clip: bytes, seed: int
) -> None:
    rng = random.Random(seed)
    data = bytearray(clip)
    for _ in range(rng.randint(1, 60)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    path = tmp_path / "a.mp4"
    path.write_bytes(data)

    try:
        asyncio.run(save_last_frame(path, tmp_path / "last.png"))
    except TtvError as error:
        assert error.message
    else:
        assert (tmp_path / "last.png").exists()
