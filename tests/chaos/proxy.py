"""A proxy that tells of every piece of bytes, before and after it has passed: a place to kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

#: Opens a connection to the server behind the proxy.
Reach: TypeAlias = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
#: Hears the number of a piece, and whether it has passed.
Tap: TypeAlias = Callable[[int, bool], None]


class Proxy:
    """Passes pieces both ways, and counts them while somebody listens."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._tap: Tap | None = None
        self._pieces = 0
        self._passing: set[asyncio.Task[None]] = set()

    def listen(self, tap: Tap | None) -> None:
        """Tell ``tap`` of the pieces from now on, the first of them number 1."""
        self._tap, self._pieces = tap, 0

    @asynccontextmanager
    async def at_socket(self, path: str) -> AsyncIterator[None]:
        """Answer at a unix socket."""
        async with await asyncio.start_unix_server(self._meet, path):
            yield
            self._end()

    @asynccontextmanager
    async def at_port(self, port: int) -> AsyncIterator[None]:
        """Answer at a port of this machine."""
        async with await asyncio.start_server(self._meet, "127.0.0.1", port):
            yield
            self._end()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._passing.add(task)
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await self._reach()
            there = asyncio.create_task(self._pass(reader, far_writer))
            back = asyncio.create_task(self._pass(far_reader, writer))
            try:
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in (there, back):
                    way.cancel()
                far_writer.close()
        writer.close()
        self._passing.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                self._pieces += 1
                number = self._pieces
                self._tell(number, passed=False)
                writer.write(data)
                await writer.drain()
                self._tell(number, passed=True)

    def _tell(self, number: int, *, passed: bool) -> None:
        if self._tap:
            self._tap(number, passed)

    def _end(self) -> None:
        for task in self._passing:
            task.cancel()
