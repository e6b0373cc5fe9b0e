from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, number, picture, write_clip
from ttv.errors import StorageFull, StorageUnwritable
from ttv.media import Encoder, Format, ToPlanes, probe, read_frame


@pytest.mark.parametrize("frames", [1, 2, 3, 47, 48, 49, 100])
def test_a_clip_holds_every_frame_once_and_in_order(tmp_path: Path, frames: int) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", frames, comment="tag"))

    assert (clip.frames, clip.width, clip.height, clip.fps) == (frames, 128, 96, 24)
    assert (clip.codec, clip.pixel_format, clip.comment) == ("h264", "yuv420p", "tag")
    assert clip.steady
    assert not clip.has_audio
    assert {0, *range(0, frames, 48)} <= set(clip.keyframes)
    shown = [number(read_frame(clip.path, index)) for index in {0, frames // 2, frames - 1}]
    assert shown == list({0, frames // 2, frames - 1})


def test_equal_pictures_give_equal_bytes(tmp_path: Path) -> None:
    one, two = (write_clip(tmp_path / f"{name}.mp4", 60).read_bytes() for name in "ab")

    assert one == two


def test_colours_come_back_as_they_were_drawn(tmp_path: Path) -> None:
    bars = np.zeros((96, 128, 4), np.uint8)
    bars[..., 3] = 255
    for index, colour in enumerate([(0, 0, 255), (0, 255, 0), (255, 0, 0), (200, 120, 40)]):
        bars[:, index * 32 : index * 32 + 32, :3] = colour
    with Encoder(tmp_path / "a.mp4", SMALL) as encoder:
        encoder.write(ToPlanes()(bars))

    back = read_frame(tmp_path / "a.mp4", 0)

    for index in range(4):
        middle = slice(index * 32 + 8, index * 32 + 24)
        difference = back[:, middle].astype(int) - bars[:, middle]
        assert np.abs(difference).max() <= 4


def test_a_clip_is_tagged_as_bt709_in_the_limited_range(tmp_path: Path) -> None:
    with av.open(str(write_clip(tmp_path / "a.mp4", 2))) as file:
        codec = file.streams.video[0].codec_context

        assert (codec.color_range, codec.colorspace) == (1, 1)
        assert (codec.color_primaries, codec.color_trc) == (1, 1)


def test_a_clip_can_be_played_while_it_loads(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a.mp4", 50).read_bytes()

    assert data.index(b"moov") < data.index(b"mdat")


def test_a_picture_may_be_reused_after_a_write(tmp_path: Path) -> None:
    planes, convert = ToPlanes()(picture(0)), ToPlanes()
    with Encoder(tmp_path / "a.mp4", SMALL) as encoder:
        for index in range(30):
            planes[:] = convert(picture(index))
            encoder.write(planes)

    assert [number(read_frame(tmp_path / "a.mp4", index)) for index in (0, 7, 29)] == [0, 7, 29]


@pytest.mark.parametrize(("width", "height"), [(64, 66), (66, 64), (160, 90), (66, 70), (98, 130)])
def test_every_even_size_keeps_its_colours_in_place(
    tmp_path: Path, width: int, height: int
) -> None:
    fmt = Format(width, height)
    drawn = picture(7, fmt)
    write_clip(tmp_path / "a.mp4", 2, fmt=fmt, start=7)

    back = read_frame(tmp_path / "a.mp4", 0)

    assert back.shape == drawn.shape
    assert np.abs(back.astype(int) - drawn).mean() < 3


def test_an_error_while_drawing_leaves_no_file(tmp_path: Path) -> None:
    def draw_one_then_fail() -> None:
        with Encoder(tmp_path / "a.mp4", SMALL) as encoder:
            encoder.write(ToPlanes()(picture(0)))
            raise RuntimeError("the pen broke")

    with pytest.raises(RuntimeError, match="the pen broke"):
        draw_one_then_fail()

    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="64x64 picture for 128x96"),
        Encoder(tmp_path / "a.mp4", SMALL) as encoder,
    ):
        encoder.write(ToPlanes()(picture(0, Format(64, 64))))


def test_a_missing_folder_is_called_unwritable(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable):
        write_clip(tmp_path / "none" / "a.mp4", 60)


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="needs /dev/full")
def test_a_full_disk_is_called_full(tmp_path: Path) -> None:
    (tmp_path / ".a.mp4.part").symlink_to("/dev/full")

    with pytest.raises(StorageFull):
        write_clip(tmp_path / "a.mp4", 400)

    assert list(tmp_path.iterdir()) == []
