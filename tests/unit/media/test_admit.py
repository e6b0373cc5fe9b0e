from __future__ import annotations

import asyncio
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
import skia

from tests.unit.media.pictures import write_clip
from tests.unit.media.sounds import write_sound
from ttv.errors import InvalidRequest
from ttv.media import (
    SOUND_RATE,
    Picture,
    Pixels,
    Recording,
    admit_audio,
    admit_image,
    kind_of,
    load_png,
)

LIMIT = 30.0


def image(path: Path, to: Path) -> Picture:
    return asyncio.run(admit_image(path, to))


def audio(path: Path, to: Path) -> Recording:
    return asyncio.run(admit_audio(path, to, most_seconds=LIMIT))


def corners(width: int = 64, height: int = 32) -> Pixels:
    """Draw a picture whose four quarters differ: red, green, blue, white."""
    picture = np.zeros((height, width, 4), np.uint8)
    picture[..., 3] = 255
    picture[: height // 2, : width // 2, 2] = 255
    picture[: height // 2, width // 2 :, 1] = 255
    picture[height // 2 :, : width // 2, 0] = 255
    picture[height // 2 :, width // 2 :] = 255
    return picture


def encoded(kind: skia.EncodedImageFormat, picture: Pixels | None = None) -> bytes:
    shown = corners() if picture is None else picture
    drawn = skia.Image.fromarray(shown, colorType=skia.kBGRA_8888_ColorType)
    return bytes(drawn.encodeToData(kind, 100))


PNG, JPEG, WEBP = (
    encoded(kind)
    for kind in (
        skia.EncodedImageFormat.kPNG,
        skia.EncodedImageFormat.kJPEG,
        skia.EncodedImageFormat.kWEBP,
    )
)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def turned(jpeg: bytes, orientation: int) -> bytes:
    """Give a JPEG the note that a camera makes when it is held in another way."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + entry + b"\0\0\0\0"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


@pytest.mark.parametrize("data", [PNG, JPEG, WEBP])
def test_an_image_is_told_by_its_bytes_and_made_anew_as_png(tmp_path: Path, data: bytes) -> None:
    source = written(tmp_path / "notes.txt", data)

    found = image(source, tmp_path / "to.png")

    picture, tags = load_png(tmp_path / "to.png")
    assert kind_of(source) == "image"
    assert found == Picture(64, 32)
    assert np.abs(picture.astype(int) - corners()).mean() < 8
    assert tags == {}


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (2, corners()[:, ::-1]),
        (3, np.rot90(corners(), 2)),
        (4, corners()[::-1]),
        (5, np.rot90(corners()[:, ::-1], 1)),
        (6, np.rot90(corners(), -1)),
        (7, np.rot90(corners()[:, ::-1], -1)),
        (8, np.rot90(corners(), 1)),
    ],
)
def test_a_photo_is_turned_upright(tmp_path: Path, orientation: int, expected: Pixels) -> None:
    image(written(tmp_path / "a.jpg", turned(JPEG, orientation)), tmp_path / "to.png")

    picture, _ = load_png(tmp_path / "to.png")
    assert picture.shape == expected.shape
    assert np.abs(picture.astype(int) - expected).mean() < 8


def test_what_a_file_says_of_its_maker_or_hides_behind_its_end_is_gone(tmp_path: Path) -> None:
    spoken = PNG[:33] + chunk(b"tEXt", b"Author\0Eve of 12 Hill Road") + PNG[33:]

    image(written(tmp_path / "a.png", spoken + b"PK\x03\x04 a hidden archive"), tmp_path / "to.png")

    kept = (tmp_path / "to.png").read_bytes()
    assert b"Eve" not in kept
    assert b"archive" not in kept
    assert kept.endswith(chunk(b"IEND", b""))


def test_transparent_parts_become_black(tmp_path: Path) -> None:
    clear = corners()
    clear[:16, :, 3] = 0

    image(
        written(tmp_path / "a.png", encoded(skia.EncodedImageFormat.kPNG, clear)),
        tmp_path / "to.png",
    )

    picture, _ = load_png(tmp_path / "to.png")
    assert picture[:16, :, :3].max() == 0
    assert picture[20, 50, :3].min() == 255


def test_an_image_larger_than_any_film_is_scaled_down(tmp_path: Path) -> None:
    wide = written(
        tmp_path / "a.png", encoded(skia.EncodedImageFormat.kPNG, corners(width=8192, height=64))
    )

    assert image(wide, tmp_path / "to.png") == Picture(4096, 32)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"GIF89a" + bytes(40), "no PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or WebP"),
        (PNG[: len(PNG) // 2], "damaged|cut short"),
        (JPEG[: len(JPEG) // 2], "damaged|cut short"),
        (WEBP[: len(WEBP) // 2], "damaged|cut short"),
        (PNG[:8] + bytes(64), "damaged"),
        (png(60_000, 60_000, chunk(b"IDAT", zlib.compress(bytes(99)))), "60000x60000"),
        (png(16_384, 16_384, chunk(b"IDAT", zlib.compress(bytes(99)))), "50 million pixels"),
        (png(15, 2000, chunk(b"IDAT", zlib.compress(bytes(99)))), "shorter than 16"),
        (png(64, 64, chunk(b"acTL", bytes(8)), chunk(b"IDAT", b"")), "moves"),
        (b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(4) + b"\x02" + bytes(9), "moves"),
    ],
)
def test_what_is_no_single_sound_picture_is_refused_in_a_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence) as caught:
        image(written(tmp_path / "a.png", data), tmp_path / "to.png")

    assert caught.value.param == "file"
    assert not (tmp_path / "to.png").exists()


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    large = tmp_path / "a.png"
    with large.open("wb") as file:
        file.write(PNG)
        file.truncate(10 * (1 << 20) + 1)

    with pytest.raises(InvalidRequest, match="10,485,760"):
        image(large, tmp_path / "to.png")


@pytest.mark.parametrize("form", ["wav", "flac", "mp3", "ogg", "m4a", "aac"])
def test_audio_is_told_by_its_bytes_and_made_anew_as_flac(tmp_path: Path, form: str) -> None:
    source = write_sound(tmp_path / "notes.txt", form, seconds=3)

    found = audio(source, tmp_path / "to.flac")

    assert kind_of(source) == "audio"
    assert found.seconds == pytest.approx(3, abs=0.1)
    with av.open(str(tmp_path / "to.flac")) as file:
        (stream,) = file.streams
        assert isinstance(stream, av.AudioStream)
        assert (stream.codec_context.name, stream.codec_context.sample_rate) == ("flac", SOUND_RATE)
        assert stream.codec_context.layout.name == "stereo"
        frames = [frame.to_ndarray() for frame in file.decode(stream)]
        assert sum(frame.shape[1] // 2 for frame in frames) == round(found.seconds * SOUND_RATE)
        assert "title" not in {key.lower() for key in file.metadata}
    assert b"Eve" not in (tmp_path / "to.flac").read_bytes()


def test_audio_keeps_its_loudness_and_pitch(tmp_path: Path) -> None:
    audio(write_sound(tmp_path / "a.wav", "wav", seconds=2, rate=44_100), tmp_path / "to.flac")

    with av.open(str(tmp_path / "to.flac")) as file:
        left = np.concatenate([f.to_ndarray().reshape(-1, 2)[:, 0] for f in file.decode(audio=0)])
    second = left[SOUND_RATE // 2 : SOUND_RATE // 2 + SOUND_RATE] / 32768
    assert int(np.abs(np.fft.rfft(second)).argmax()) == 440
    assert np.abs(second).max() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("form", ["wav", "flac", "mp3", "m4a"])
def test_audio_longer_than_a_film_may_be_is_refused(tmp_path: Path, form: str) -> None:
    with pytest.raises(InvalidRequest, match="longer than 30 seconds"):
        audio(write_sound(tmp_path / "a", form, seconds=32), tmp_path / "to.flac")

    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_a_video_is_no_audio(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="is a video"):
        audio(write_clip(tmp_path / "a.mp4", 12), tmp_path / "to.flac")


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(40),
        b"fLaC" + bytes(100),
        b"OggS" + bytes(100),
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(100),
        b"\0\0\0\x20ftypM4A " + bytes(100),
        b"\xff\xfb\x90\x00" + bytes(500),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_broken_audio_and_playlists_are_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InvalidRequest) as caught:
        audio(written(tmp_path / "a.wav", data), tmp_path / "to.flac")

    assert caught.value.param == "file"
    assert not (tmp_path / "to.flac").exists()


def test_a_header_that_lies_about_the_length_deceives_nobody(tmp_path: Path) -> None:
    """The packets of AAC last as long as they do, whatever the index says of them."""
    source = write_sound(tmp_path / "a.m4a", "m4a", seconds=40)
    data = bytearray(source.read_bytes())
    at = data.index(b"stts")
    count = struct.unpack_from(">I", data, at + 8)[0]
    for entry in range(count):
        struct.pack_into(">I", data, at + 16 + 8 * entry, 2)
    source.write_bytes(data.replace(b"edts", b"free"))

    with pytest.raises(InvalidRequest, match="longer than 30 seconds"):
        audio(source, tmp_path / "to.flac")


def test_a_picture_may_have_a_profile_and_texts_and_be_cut_into_small_pieces(
    tmp_path: Path,
) -> None:
    """Refused is only what no program writes."""
    rows = zlib.compress(bytes(64 * (64 * 3 + 1)))
    pieces = [chunk(b"IDAT", rows[at : at + 1]) for at in range(len(rows))]
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 20)))
    plain = chunk(b"iTXt", b"Title\0\0\0en\0\0a fox")
    unfit = chunk(b"iCCP", b"profile\0\0no zlib")
    source = written(tmp_path / "a.png", png(64, 64, unfit, text, plain, *pieces))

    assert image(source, tmp_path / "to.png") == Picture(64, 64)
