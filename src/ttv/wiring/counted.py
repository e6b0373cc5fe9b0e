"""Engines whose calls to a provider are counted."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ttv.errors import TtvError
from ttv.generators import Generator, SegmentRequest, Status
from ttv.observability import WorkerMetrics
from ttv.pipeline import Pipeline

T = TypeVar("T")


def counted(makes: Pipeline, metrics: WorkerMetrics) -> Pipeline:
    """Give the pipeline with the calls of those of its engines counted that are paid for."""
    engines = {
        name: Counted(engine, metrics) if engine.capabilities().pool == "remote" else engine
        for name, engine in makes.generators.items()
    }
    return replace(makes, generators=engines)


class Counted:
    """An engine that is paid for, with its calls counted by how they ended."""

    def __init__(self, engine: Generator, metrics: WorkerMetrics) -> None:
        self._engine = engine
        self._calls = metrics.provider_calls
        self.capabilities = engine.capabilities

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        """Start a segment."""
        return await self._counted("submit", self._engine.submit(request, key=key))

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        """Look a segment up."""
        return await self._counted("find", self._engine.find(request, key=key))

    async def poll(self, handle: str) -> Status:
        """Ask how a segment stands."""
        return await self._counted("poll", self._engine.poll(handle))

    async def download(self, handle: str, to: Path) -> None:
        """Fetch a finished segment."""
        await self._counted("download", self._engine.download(handle, to))

    async def cancel(self, handle: str) -> None:
        """End a segment."""
        await self._counted("cancel", self._engine.cancel(handle))

    async def _counted(self, call: str, answer: Awaitable[T]) -> T:
        outcome = "cut_off"
        try:
            given = await answer
            outcome = "ok"
        except TtvError as error:
            outcome = error.code
            raise
        finally:
            self._calls.labels(self.capabilities().model, call, outcome).inc()
        return given
