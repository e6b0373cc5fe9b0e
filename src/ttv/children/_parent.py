"""The parent's side: start a child, follow it, end it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Final, TypeAlias

from ttv.children._start import LINE_BYTES, Forked, start
from ttv.children._wire import Crashed, Limits, Message, OverLimit, revived
from ttv.errors import Cancelled, Transient, TtvError

#: Hears the fraction done and a short text for people.
Listener: TypeAlias = Callable[[float, str], None]

#: Seconds between the polite and the final signal; a cancellation is over within 5.
_GRACE_SECONDS: Final = 3.0
_TAIL_BYTES: Final = 2_000
#: What a child that the kernel ended had too much of.
_OVER: Final = {
    signal.SIGXCPU: "the work took more processor time than it may",
    signal.SIGXFSZ: "the work wrote a larger file than it may",
}


def _deaf(_fraction: float, _text: str) -> None:
    """Listen to nothing."""


async def run(
    module: str, request: Message, *, limits: Limits | None = None, listener: Listener = _deaf
) -> tuple[Message, tuple[str, ...]]:
    """Run a child to its end and return its result and warnings; cancelling ends the child.

    Raises the child's own error, OverLimit when it needed more than it may, Crashed.
    """
    child = await Child.start(module, request, limits=limits, listener=listener)
    try:
        return await child.result(), child.warnings
    finally:
        await child.cancel()


class Child:
    """A running child; whoever starts it awaits its ``result`` or its ``cancel``."""

    def __init__(
        self, process: Process | Forked, listener: Listener, *, wall_seconds: float | None
    ) -> None:
        #: How much of the work is done, from 0.0 to 1.0.
        self.fraction = 0.0
        self.warnings: tuple[str, ...] = ()
        self._process = process
        self._listener = listener
        self._last: Message = {}
        self._cancelled = False
        self._late = False
        self._tail = b""
        self._wall_seconds = wall_seconds
        self._end = asyncio.create_task(self._follow())

    @classmethod
    async def start(
        cls,
        module: str,
        request: Message,
        *,
        limits: Limits | None = None,
        listener: Listener = _deaf,
    ) -> Child:
        """Start a child that does the ``work`` of a module, and hand it the request."""
        limits = limits or Limits()
        line = json.dumps({"limits": asdict(limits), "request": request})
        try:
            process = await start(module)
        except OSError as error:
            raise Transient(f"no child process could be started: {error.strerror}") from error
        child = cls(process, listener, wall_seconds=limits.wall_seconds)
        if process.stdin:
            process.stdin.write(f"{line}\n".encode())
        return child

    @property
    def ended(self) -> bool:
        """Tell whether ``result`` returns or raises at once."""
        return self._end.done()

    async def result(self) -> Message:
        """Wait for the child's result.

        Raises its own error, OverLimit when it needed more than it may, or Crashed with its last
        words as a note: they are for the log, not for users.
        """
        status = await asyncio.shield(self._end)
        if "result" in self._last:
            result: Message = self._last["result"]
            return result
        if "error" in self._last:
            error = revived(self._last["error"])
            if self._cancelled or not isinstance(error, Cancelled):
                raise error
            status = -signal.SIGTERM  # somebody else's, or its nursery ended
        if self._late:
            raise OverLimit("the work took longer than it may")
        crash = _crash(status)
        crash.add_note(self._tail.decode(errors="replace"))
        raise crash

    async def cancel(self) -> None:
        """End the child and all that it started; harmless when it has ended."""
        if self._end.done():
            return
        self._cancelled = True
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait({self._end}, timeout=_GRACE_SECONDS)
        finally:
            self._signal(signal.SIGKILL)
        await asyncio.wait({self._end})

    async def _follow(self) -> int:
        """Hear the child out, end what it left in its group, and return its exit status."""
        tail = asyncio.create_task(self._keep_tail())
        try:
            async with asyncio.timeout(self._wall_seconds):
                await self._listen()
        except TimeoutError:
            self._late = True
        finally:
            self._signal(signal.SIGKILL)
            await asyncio.wait({tail})
        return await self._process.wait()

    async def _listen(self) -> None:
        if not self._process.stdout:
            return
        async for line in self._process.stdout:
            if not line.endswith(b"\n"):
                return  # it was killed in the middle of a word
            self._last = json.loads(line)
            if "warning" in self._last:
                self.warnings = (*self.warnings, self._last["warning"])
            elif "progress" in self._last:
                self.fraction = self._last["progress"]
                self._listener(self.fraction, self._last["text"])

    async def _keep_tail(self) -> None:
        while self._process.stderr and (data := await self._process.stderr.read(LINE_BYTES)):
            self._tail = (self._tail + data)[-_TAIL_BYTES:]

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # the group has ended
            os.killpg(self._process.pid, number)


def _crash(status: int) -> TtvError:
    if status >= 0:
        return Crashed(f"the child process broke off with status {status}")
    number = signal.Signals(-status)
    if number in _OVER:
        return OverLimit(_OVER[number])
    return Crashed(f"the child process was killed by {number.name}", signal=number)
