"""What every generator must do; a back end's own tests derive from ``GeneratorContract``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from ttv.errors import InvalidRequest, OutcomeUnknown
from ttv.generators import Generator, HandleLost, SegmentRequest, State, Status
from ttv.media import Format, conform, inspect

_Result = TypeVar("_Result")
Opener = Callable[[], AbstractAsyncContextManager[Generator]]


def _used(opener: Opener, use: Callable[[Generator], Awaitable[_Result]]) -> _Result:
    async def scenario() -> _Result:
        async with opener() as generator:
            return await use(generator)

    return asyncio.run(scenario())


async def finished(generator: Generator, handle: str) -> Status:
    """Poll until the segment is no longer being made."""
    while (status := await generator.poll(handle)).state is State.RUNNING:
        assert status.fraction is None or 0 <= status.fraction <= 1
        await asyncio.sleep(min(generator.capabilities().poll_seconds, 0.05))
    return status


async def taken(
    generator: Generator, handle: str, wanted: SegmentRequest, to: Path
) -> tuple[str, ...]:
    """Download a finished segment and conform it, as a film does; say what had to be done."""
    source = to.with_name(f"{to.name}.source")
    await generator.download(handle, source)
    repeats = generator.capabilities().repeats and wanted.follows is not None
    _, told = await conform(source, to, wanted.format, frames=wanted.frames, leave_out=int(repeats))
    source.unlink(missing_ok=True)
    return told


def new_key() -> str:
    """Name another purchase."""
    return uuid4().hex * 2


def _is_remote(generator: Generator) -> bool:
    return generator.capabilities().pool == "remote"


async def _found(generator: Generator, request: SegmentRequest, key: str) -> str | None:
    """Look a purchase up, with an engine that can."""
    try:
        return await generator.find(request, key=key)
    except OutcomeUnknown:
        pytest.skip("this engine cannot look purchases up, and says so")


class GeneratorContract:
    """Derive from it, and give it a fixture ``opener``; override ``request_`` if need be."""

    @pytest.fixture
    def wanted(self, opener: Opener) -> SegmentRequest:
        """Give the smallest request that the engine takes."""
        fmt = Format(320, 180, 24)

        async def shortest(generator: Generator) -> float:
            engine = generator.capabilities()
            return min(engine.allowed_seconds, default=engine.min_seconds)

        seconds = _used(opener, shortest)
        return SegmentRequest("a red fox runs through a forest", fmt.frames(seconds), fmt, seed=7)

    def test_a_segment_has_the_frames_and_the_size_that_were_asked_for(
        self, opener: Opener, wanted: SegmentRequest, tmp_path: Path
    ) -> None:
        to = tmp_path / "clip.mp4"

        async def use(generator: Generator) -> Status:
            handle = await generator.submit(wanted, key=new_key())
            status = await finished(generator, handle)
            await taken(generator, handle, wanted, to)
            return status

        status = _used(opener, use)

        clip = asyncio.run(inspect(to))
        assert status.state is State.SUCCEEDED
        assert (clip.frames, clip.size, clip.fps) == (
            wanted.frames,
            wanted.format.size,
            wanted.format.fps,
        )

    def test_two_segments_can_be_made_at_once(
        self, opener: Opener, wanted: SegmentRequest, tmp_path: Path
    ) -> None:
        async def use(generator: Generator) -> None:
            handles = [await generator.submit(wanted, key=new_key()) for _ in range(3)]
            assert len(set(handles)) == 3
            for number, handle in enumerate(handles):
                await finished(generator, handle)
                await generator.download(handle, tmp_path / f"{number}.mp4")

        _used(opener, use)

        assert len(list(tmp_path.iterdir())) == 3

    def test_an_engine_with_seeds_gives_the_same_clip_for_the_same_seed(
        self, opener: Opener, wanted: SegmentRequest, tmp_path: Path
    ) -> None:
        async def use(generator: Generator) -> None:
            if not generator.capabilities().seed:
                pytest.skip("this engine takes no seed")
            for name, seed in (("one", 7), ("two", 7), ("other", 8)):
                handle = await generator.submit(replace(wanted, seed=seed), key=new_key())
                await finished(generator, handle)
                await generator.download(handle, tmp_path / name)

        _used(opener, use)

        one, two, other = ((tmp_path / name).read_bytes() for name in ("one", "two", "other"))
        assert one == two
        assert one != other

    def test_a_handle_of_another_time_is_lost(self, opener: Opener, tmp_path: Path) -> None:
        async def poll(generator: Generator) -> None:
            await generator.poll("a handle of another process")

        async def download(generator: Generator) -> None:
            await generator.download("a handle of another process", tmp_path / "clip.mp4")

        for use in (poll, download):
            with pytest.raises(HandleLost):
                _used(opener, use)

    def test_a_cancelled_segment_is_forgotten(self, opener: Opener, wanted: SegmentRequest) -> None:
        async def use(generator: Generator) -> None:
            handle = await generator.submit(wanted, key=new_key())
            await asyncio.wait_for(generator.cancel(handle), timeout=5)
            await generator.cancel(handle)
            if generator.capabilities().cancel:
                with pytest.raises(HandleLost):
                    await generator.poll(handle)

        _used(opener, use)

    def test_what_was_submitted_is_found_by_its_key(
        self, opener: Opener, wanted: SegmentRequest
    ) -> None:
        async def use(generator: Generator) -> None:
            key = new_key()
            handle = await generator.submit(wanted, key=key)
            found = await _found(generator, wanted, key)
            assert found == handle
            assert await generator.submit(wanted, key=key) == handle or not _is_remote(generator)
            await generator.cancel(handle)

        _used(opener, use)

    def test_what_was_not_submitted_is_not_found(
        self, opener: Opener, wanted: SegmentRequest
    ) -> None:
        async def use(generator: Generator) -> None:
            assert await _found(generator, wanted, new_key()) is None

        _used(opener, use)

    def test_a_handle_of_a_remote_engine_is_good_in_another_process(
        self, opener: Opener, wanted: SegmentRequest, tmp_path: Path
    ) -> None:
        async def submit(generator: Generator) -> str:
            if not _is_remote(generator):
                pytest.skip("the work of this engine ends with its process")
            return await generator.submit(wanted, key=new_key())

        handle = _used(opener, submit)

        async def take(generator: Generator) -> State:
            status = await finished(generator, handle)
            await taken(generator, handle, wanted, tmp_path / "clip.mp4")
            return status.state

        assert _used(opener, take) is State.SUCCEEDED
        assert asyncio.run(inspect(tmp_path / "clip.mp4")).frames == wanted.frames

    def test_cancelling_an_unknown_handle_is_no_error(self, opener: Opener) -> None:
        _used(opener, lambda generator: generator.cancel("never heard of"))

    @pytest.mark.parametrize("seconds", [1 / 24, 3600.0])
    def test_a_length_that_the_engine_cannot_make_is_refused(
        self, opener: Opener, wanted: SegmentRequest, seconds: float
    ) -> None:
        frames = wanted.format.frames(seconds)

        async def use(generator: Generator) -> None:
            engine = generator.capabilities()
            if engine.min_seconds <= seconds <= engine.max_seconds and not engine.allowed_seconds:
                pytest.skip("this engine can")
            await generator.submit(replace(wanted, frames=frames), key=new_key())

        with pytest.raises(InvalidRequest) as caught:
            _used(opener, use)
        assert caught.value.param == "seconds"

    def test_capabilities_are_constant_and_make_sense(self, opener: Opener) -> None:
        async def use(generator: Generator) -> None:
            engine = generator.capabilities()
            assert engine == generator.capabilities()
            assert engine.model
            assert engine.version
            assert 0 < engine.min_seconds <= engine.max_seconds
            assert all(
                engine.min_seconds <= one <= engine.max_seconds for one in engine.allowed_seconds
            )
            price = engine.price(engine.min_seconds)
            assert 0 <= price <= engine.price(engine.max_seconds)
            assert price or not _is_remote(generator)

        _used(opener, use)
