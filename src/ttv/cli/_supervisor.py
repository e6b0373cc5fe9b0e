"""Keep programs running as children of this process, and stop them in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

from ttv.errors import InvalidRequest, StorageFull, StorageUnwritable, TtvError
from ttv.tether import tied

#: A child that ran this long starts again at once; one that keeps failing waits ever longer.
STEADY_SECONDS: Final = 30.0
FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 10.0
#: What a restart cannot mend, by the exit status of a ``ttv`` command.
_HOPELESS: Final[dict[int, type[TtvError]]] = {
    family.exit_code: family for family in (InvalidRequest, StorageFull, StorageUnwritable)
}
_COMPLAINT: Final = "ttv: "
#: How long an ended child is listened to, should one of its own children hold its pipe.
_LAST_WORDS_SECONDS: Final = 1.0
_CHUNK: Final = 65_536


class Log(Protocol):
    """Where children and their supervisor are heard."""

    def line(self, component: str, line: str) -> None:
        """Take one line that a child wrote."""

    def note(self, component: str, sentence: str) -> None:
        """Take a sentence about a component."""


@dataclass(frozen=True, slots=True)
class Child:
    """A program to keep running."""

    name: str
    command: tuple[str, ...]
    #: How long it may take to finish its work after SIGTERM.
    stop_seconds: float = 10.0
    #: Open files that it inherits, under the same numbers.
    files: tuple[int, ...] = ()
    #: Variables of its own, beside those of this process.
    environment: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """Runs children until ``stop``; what ends by itself is started again.

    Each child has its own session, so that Ctrl-C reaches only this process, and it ends when
    this process is killed.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: list[_Kept] = []
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, child: Child) -> None:
        """Run a child from now on."""
        kept = _Kept(child, self._log)
        kept.task.add_done_callback(self._note_end)
        self._kept.append(kept)

    async def failed(self) -> None:
        """Wait until a child fails in a way that no restart can mend, and raise its error."""
        await asyncio.shield(self._failure)

    async def stop(self) -> None:
        """Ask children to finish, one after another in the order of their start."""
        for kept in self._kept:
            await kept.stop()

    def kill(self) -> None:
        """End every child at once."""
        for kept in self._kept:
            kept.kill()

    def pids(self) -> dict[str, int]:
        """Name the running processes."""
        return {kept.child.name: kept.process.pid for kept in self._kept if kept.process}

    def complaint(self) -> str | None:
        """Give what a child last complained of as a ``ttv`` command."""
        return next((kept.complaint for kept in self._kept if kept.complaint), None)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error and not self._failure.done():
            self._failure.set_exception(error)
            self._failure.exception()  # nobody may be waiting for it


class _Kept:
    """One child, started again whenever it ends."""

    def __init__(self, child: Child, log: Log) -> None:
        self.child = child
        self.process: asyncio.subprocess.Process | None = None
        self._log = log
        self._stopping = False
        #: Its last complaint as a ``ttv`` command.
        self.complaint: str | None = None
        self.task = asyncio.create_task(self._keep(), name=child.name)

    async def stop(self) -> None:
        """Ask it to finish; end it when it takes too long."""
        self._stopping = True
        if self.process is None:
            self.task.cancel()
        else:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
        await asyncio.wait([self.task], timeout=self.child.stop_seconds)
        if not self.task.done():
            seconds = f"{self.child.stop_seconds:g} s"
            self._log.note(self.child.name, f"did not stop in {seconds}; ending it")
            self.kill()
            await asyncio.wait([self.task])

    def kill(self) -> None:
        """End it and every process of its group at once."""
        self._stopping = True
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def _keep(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            started = time.monotonic()
            code = await self._run()
            if self._stopping:
                return
            if code in _HOPELESS:
                why = self.complaint or f"{self.child.name} ended with status {code}"
                raise _HOPELESS[code](why)
            if time.monotonic() - started > STEADY_SECONDS:
                wait = FIRST_WAIT_SECONDS
            cause = f"signal {-code}" if code < 0 else f"status {code}"
            self._log.note(self.child.name, f"ended ({cause}); starting again in {wait:g} s")
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def _run(self) -> int:
        """Run it once and give its exit status."""
        # A pipe of our own: asyncio's would make us wait for all who hold its other end.
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as output:
            with os.fdopen(writing, "wb", buffering=0) as mouth:
                self.process = process = await asyncio.create_subprocess_exec(
                    *tied(*self.child.command),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=mouth,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=self.child.files,
                    env={**os.environ, **self.child.environment},
                )
            listening = asyncio.create_task(self._listen(output))
            try:
                code = await process.wait()
                await asyncio.wait([listening], timeout=_LAST_WORDS_SECONDS)
                return code
            finally:
                listening.cancel()
                self.process = None

    async def _listen(self, output: BinaryIO) -> None:
        self.complaint = None
        async for line in _lines(output):
            if line.startswith(_COMPLAINT):
                self.complaint = line.removeprefix(_COMPLAINT)
            self._log.line(self.child.name, line)


async def _lines(output: BinaryIO) -> AsyncIterator[str]:
    """Give the lines of a pipe, however long they are."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), output
    )
    with contextlib.closing(transport):
        rest = b""
        while chunk := await reader.read(_CHUNK):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace")
        if rest:
            yield rest.decode(errors="replace")
