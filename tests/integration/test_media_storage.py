"""Encoding, joining and storing on a disk that is really full."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, write_clip
from ttv.artifacts.disk import build
from ttv.errors import StorageFull
from ttv.media import Coding, Encoder, Part, Pixels, join, probe, save_png

KIB = 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    try:
        yield folder
    finally:
        # libav never closes a file whose header it could not write, so the disk may be busy
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def noise(seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (144, 128), np.uint8)


def encode(to: Path, frames: int) -> None:
    with Encoder(to, SMALL) as encoder:
        for seed in range(frames):
            encoder.write(noise(seed))


def fill(disk: Path, *, leave: int) -> None:
    (disk / "full").write_bytes(bytes(256 * KIB - leave))


def test_a_clip_that_does_not_fit_is_not_there(disk: Path) -> None:
    with pytest.raises(StorageFull):
        encode(disk / "a.mp4", 200)

    assert list(disk.iterdir()) == []


@pytest.mark.parametrize("leave", [0, 4 * KIB, 16 * KIB])
def test_a_clip_that_only_lacks_room_for_its_end_is_not_there(disk: Path, leave: int) -> None:
    fill(disk, leave=leave)

    with pytest.raises(StorageFull):
        encode(disk / "a.mp4", 8)

    assert [path.name for path in disk.iterdir()] == ["full"]


@pytest.mark.parametrize("leave", [0, 32 * KIB, 64 * KIB])
def test_a_film_that_does_not_fit_is_not_there(disk: Path, tmp_path: Path, leave: int) -> None:
    clip = probe(write_clip(tmp_path / "a.mp4", 96, coding=Coding(crf=0)))
    fill(disk, leave=leave)

    with pytest.raises(StorageFull):
        join([Part(clip, 0, clip.frames)] * 8, disk / "film.mp4")

    assert [path.name for path in disk.iterdir()] == ["full"]


def test_a_still_that_does_not_fit_is_not_there(disk: Path) -> None:
    fill(disk, leave=4 * KIB)

    with pytest.raises(StorageFull):
        save_png(
            disk / "a.png", np.random.default_rng(1).integers(0, 255, (96, 128, 4), np.uint8), {}
        )

    assert [path.name for path in disk.iterdir()] == ["full"]


def test_a_store_that_is_full_keeps_what_it_has(disk: Path, tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"s" * 40 * KIB)
    large.write_bytes(b"l" * 400 * KIB)

    async def scenario() -> bytes:
        async with build({"folder": str(disk / "store")}) as store:
            await store.put("a", small, content_type="video/mp4")
            with pytest.raises(StorageFull):
                await store.put("a", large, content_type="video/mp4")
            with pytest.raises(StorageFull):
                await store.put("b", large, content_type="video/mp4")
            assert await store.stat("b") is None
            return b"".join([part async for part in store.read("a")])

    assert asyncio.run(scenario()) == small.read_bytes()
    assert list((disk / "store/.incoming").iterdir()) == []
