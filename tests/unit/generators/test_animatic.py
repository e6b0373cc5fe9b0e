from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from ttv.animatic import Place, Stage, compose
from ttv.errors import InvalidRequest, Transient
from ttv.generators import SegmentRequest, State, Status
from ttv.generators.animatic import Animatic, build
from ttv.media import Format, probe, read_frame, save_last_frame, save_png
from ttv.testing.generators import finished

Result = TypeVar("Result")
SMALL = Format(320, 180, 24)
WANTED = SegmentRequest("a red fox runs through a snowy forest, pan left", 36, SMALL, seed=7)
SHARP: dict[str, object] = {"preset": "ultrafast", "crf": 4, "drawers": 2}


def used(use: Callable[[Animatic], Awaitable[Result]]) -> Result:
    async def scenario() -> Result:
        async with build(SHARP) as generator:
            return await use(generator)

    return asyncio.run(scenario())


async def made(generator: Animatic, request: SegmentRequest, to: Path) -> Status:
    handle = await generator.submit(request, key="k")
    status = await finished(generator, handle)
    await generator.download(handle, to)
    return status


def difference(one: Path, index: int, other: Path, at: int) -> float:
    a, b = read_frame(one, index).astype(int), read_frame(other, at)
    return float(np.abs(a - b).mean())


def test_a_segment_that_follows_another_goes_on_where_it_ended(tmp_path: Path) -> None:
    whole, head, tail = (tmp_path / f"{name}.mp4" for name in ("whole", "head", "tail"))

    async def use(generator: Animatic) -> Status:
        await made(generator, replace(WANTED, frames=60), whole)
        await made(generator, replace(WANTED, frames=24), head)
        await save_last_frame(head, tmp_path / "last.png")
        follows = replace(WANTED, follows=tmp_path / "last.png")
        return await made(generator, follows, tail)

    status = used(use)

    assert status.warnings == ()
    assert difference(whole, 23, head, 23) < 1.5
    assert difference(whole, 24, tail, 0) < 1.5
    assert difference(whole, 59, tail, 35) < 1.5
    assert difference(whole, 23, tail, 0) > difference(whole, 24, tail, 0)


def test_a_segment_names_its_place_in_the_take(tmp_path: Path) -> None:
    scene = compose(WANTED.prompt, seed=7)
    place = Place.of(scene, SMALL, seed=7).later(100)
    save_png(tmp_path / "a.png", Stage(scene, SMALL, seed=7).frame(100), {"comment": str(place)})
    first = replace(WANTED, frames=12, first_frame=tmp_path / "a.png")

    used(lambda generator: made(generator, first, tmp_path / "a.mp4"))

    assert Place.read(probe(tmp_path / "a.mp4").comment) == place


def test_a_segment_starts_and_ends_at_pictures_of_another_origin(tmp_path: Path) -> None:
    grey = np.full((180, 320, 4), 128, np.uint8)
    grey[..., 3] = 255
    save_png(tmp_path / "grey.png", grey, {})
    between = replace(WANTED, first_frame=tmp_path / "grey.png", last_frame=tmp_path / "grey.png")

    status = used(lambda generator: made(generator, between, tmp_path / "a.mp4"))

    assert len(status.warnings) == 2
    for picture in (
        read_frame(tmp_path / "a.mp4", 0),
        read_frame(tmp_path / "a.mp4", WANTED.frames - 1),
    ):
        assert np.abs(picture.astype(int) - grey).max() < 6


def test_progress_rises_with_every_frame() -> None:
    async def use(generator: Animatic) -> list[float | None]:
        handle = await generator.submit(replace(WANTED, frames=24), key="k")
        heard: list[float | None] = []
        while (status := await generator.poll(handle)).state is State.RUNNING:
            heard.append(status.fraction)
            await asyncio.sleep(0)
        return heard

    heard = [fraction for fraction in used(use) if fraction is not None]

    assert heard == sorted(heard)
    assert any(0 < fraction < 1 for fraction in heard)


def test_what_was_not_drawn_is_told() -> None:
    strange = replace(WANTED, prompt="a xylograph runs through a forest", frames=12)

    async def use(generator: Animatic) -> Status:
        return await finished(generator, await generator.submit(strange, key="k"))

    assert any("xylograph" in warning for warning in used(use).warnings)


def test_a_killed_segment_is_transient() -> None:
    async def use(generator: Animatic) -> None:
        handle = await generator.submit(replace(WANTED, frames=1440), key="k")
        os.killpg(generator._segments[handle].child._process.pid, signal.SIGKILL)
        await finished(generator, handle)

    with pytest.raises(Transient, match="SIGKILL"):
        used(use)


def test_closing_ends_what_is_being_drawn() -> None:
    async def use(generator: Animatic) -> int:
        handle = await generator.submit(replace(WANTED, frames=1440), key="k")
        while (status := await generator.poll(handle)).state is State.RUNNING:
            if status.fraction:
                break
            await asyncio.sleep(0.01)
        return generator._segments[handle].child._process.pid

    pid = used(use)

    with pytest.raises(ProcessLookupError):
        os.killpg(pid, 0)


PARENT = """
import asyncio
from ttv.generators import SegmentRequest
from ttv.generators.animatic import build
from ttv.media import Format

async def main():
    async with build({"drawers": 2}) as generator:
        request = SegmentRequest("a fox runs", 1440, Format(320, 180), seed=1)
        handle = await generator.submit(request, key="k")
        while not (await generator.poll(handle)).fraction:
            await asyncio.sleep(0.01)
        print(generator._segments[handle].child._process.pid, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


def group(leader: int) -> list[int]:
    """List the living processes of a group."""
    members = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, number, *_ = status.read_text().rpartition(")")[2].split()
            if int(number) == leader and state not in "ZX":
                members.append(int(status.parts[2]))
    return members


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_drawing_ends_when_the_worker_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        leader = int(worker.stdout.readline())
        at_work = group(leader)
        worker.kill()

    assert len(at_work) == 3
    deadline = time.monotonic() + 5
    while group(leader) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert group(leader) == []


@pytest.mark.parametrize(
    ("options", "field"),
    [({"preset": "best"}, "preset"), ({"crf": 99}, "crf"), ({"quality": 1}, "quality")],
)
def test_options_are_checked(options: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        build(options)

    assert caught.value.param == field


def test_options_that_change_the_bytes_change_the_version() -> None:
    versions = {
        build(options).capabilities().version
        for options in ({}, {"crf": 21}, {"preset": "fast"}, {"threads": 3})
    }

    assert len(versions) == 4
    assert build({"drawers": 1}).capabilities() == build({"drawers": 3}).capabilities()
