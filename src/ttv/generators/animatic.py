"""The built-in engine: draws the animatic of a shot in a child process on this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Final, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from ttv.animatic import VERSION, warm
from ttv.backends import checked
from ttv.children import Child, Limits
from ttv.errors import storage_errors
from ttv.generators._check import check
from ttv.generators._errors import HandleLost
from ttv.generators._port import Capabilities, SegmentRequest, State, Status
from ttv.media import Coding, Preset
from ttv.scratch import scratch

__all__ = ["Animatic", "Options", "build", "warm"]

_MEMORY_BYTES: Final = 8 << 30
_START_SECONDS: Final = 60
_SECONDS_PER_FRAME: Final = 2
#: More than a minute of the largest picture takes.
_OUTPUT_BYTES: Final = 8 << 30
_MOST_DRAWERS: Final = 4
_PICTURES: Final = ("first_frame", "last_frame", "follows")


class Options(BaseModel):
    """Options of the animatic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: Preset = "veryfast"
    crf: Annotated[int, Field(ge=0, le=51)] = 20
    #: Threads of the encoder; another number gives other bytes.
    threads: Annotated[int, Field(ge=1, le=16)] = 2
    #: Processes that draw one segment. By default its share of half the cores, at most four:
    #: encoding takes about as much time as drawing.
    drawers: Annotated[int, Field(ge=1, le=64)] | None = None


def build(options: Mapping[str, object]) -> Animatic:
    """Build the engine from its options."""
    return Animatic(checked(Options, options))


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment that is being drawn, or waits for its download."""

    child: Child
    clip: Path


class Animatic:
    """The animatic as Generator; handles die with the process that gave them."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._coding = Coding(options.preset, options.crf, options.threads)
        self._segments: dict[str, _Segment] = {}
        self._open = ExitStack()
        self._folder: Path | None = None

    async def __aenter__(self) -> Self:
        self._folder = self._open.enter_context(scratch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        async with asyncio.TaskGroup() as group:
            for handle in list(self._segments):
                group.create_task(self.cancel(handle))
        self._open.close()

    def capabilities(self) -> Capabilities:
        options = self._options
        return Capabilities(
            model="animatic",
            version=f"{VERSION}-{options.preset}-crf{options.crf}-{options.threads}",
            pool="cpu",
            min_seconds=0.5,
            max_seconds=60.0,
            trained=False,
            first_frame=True,
            last_frame=True,
            follows=True,
            seed=True,
            poll_seconds=0.1,
        )

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        check(request, self.capabilities())
        if not self._folder:
            raise RuntimeError("the animatic is not open")
        handle = f"{key}-{uuid4().hex}"
        clip = self._folder / f"{uuid4().hex}.mp4"
        message = {
            **asdict(request),
            **{name: _text(getattr(request, name)) for name in _PICTURES},
            "clip": str(clip),
            "coding": asdict(self._coding),
            "drawers": self._options.drawers or self._share(),
        }
        seconds = _START_SECONDS + _SECONDS_PER_FRAME * request.frames
        limits = Limits(
            _MEMORY_BYTES, seconds, wall_seconds=4.0 * seconds, output_bytes=_OUTPUT_BYTES
        )
        child = await Child.start("ttv.generators._animatic_child", message, limits=limits)
        self._segments[handle] = _Segment(child, clip)
        return handle

    async def find(self, _request: SegmentRequest, *, key: str) -> str | None:
        return next((handle for handle in self._segments if handle.startswith(f"{key}-")), None)

    async def poll(self, handle: str) -> Status:
        segment = self._segment(handle)
        if not segment.child.ended:
            return Status(State.RUNNING, segment.child.fraction, warnings=segment.child.warnings)
        await segment.child.result()
        return Status(State.SUCCEEDED, 1.0, warnings=segment.child.warnings)

    async def download(self, handle: str, to: Path) -> None:
        segment = self._segment(handle)
        await segment.child.result()
        with storage_errors(to.parent):
            await asyncio.to_thread(shutil.move, segment.clip, to)
        del self._segments[handle]

    async def cancel(self, handle: str) -> None:
        segment = self._segments.pop(handle, None)
        if segment:
            await segment.child.cancel()
            segment.clip.unlink(missing_ok=True)

    def _share(self) -> int:
        """Give the number of drawing processes for one more segment."""
        segments = 1 + sum(not segment.child.ended for segment in self._segments.values())
        return max(1, min(_MOST_DRAWERS, (os.cpu_count() or 1) // 2 // segments))

    def _segment(self, handle: str) -> _Segment:
        try:
            return self._segments[handle]
        except KeyError:
            raise HandleLost from None


def _text(path: Path | None) -> str | None:
    return str(path) if path else None
