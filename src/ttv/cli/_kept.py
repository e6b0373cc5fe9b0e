"""One program, kept running as a child of this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

from ttv.errors import InvalidRequest, StorageFull, StorageUnwritable, TtvError
from ttv.tether import READY_FD, tied

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


def _nobody_told(pid: int) -> None:
    """Take the end of a process as what it is."""


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
    #: Told the id of each of its processes that has ended, however it did.
    ended: Callable[[int], None] = _nobody_told
    #: Replaced, its heir takes work before it stops; else it first ends its work and is gone,
    #: so that no two of them share what one alone fills, such as a graphics card.
    overlaps: bool = False


class Kept:
    """A child that is started again whenever it ends by itself."""

    def __init__(self, child: Child, log: Log) -> None:
        self.child = child
        self.process: asyncio.subprocess.Process | None = None
        self._log = log
        self._stopping = False
        #: Set while its process takes work, by its own word.
        self._ready = asyncio.Event()
        #: Its last complaint as a ``ttv`` command.
        self.complaint: str | None = None
        self.task = asyncio.create_task(self._keep(), name=child.name)

    async def ready(self, *, seconds: float) -> bool:
        """Wait until it takes work; False when it cannot, or not in time."""
        told = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait(
                {told, self.task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            told.cancel()
        return self._ready.is_set()

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
        with os.fdopen(reading, "rb", buffering=0) as output, self._word() as word:
            with os.fdopen(writing, "wb", buffering=0) as mouth, word:
                self.process = process = await asyncio.create_subprocess_exec(
                    *tied(*self.child.command),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=mouth,
                    stderr=asyncio.subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=(*self.child.files, word.fileno()),
                    env={**os.environ, **self.child.environment, READY_FD: str(word.fileno())},
                )
            listening = asyncio.create_task(self._listen(output))
            try:
                code = await process.wait()
                self.child.ended(process.pid)
                await asyncio.wait([listening], timeout=_LAST_WORDS_SECONDS)
                return code
            finally:
                listening.cancel()
                self.process = None

    @contextmanager
    def _word(self) -> Iterator[BinaryIO]:
        """Give the end of a pipe in which a child tells that it takes work."""
        loop = asyncio.get_running_loop()
        reading, writing = os.pipe()

        def hear() -> None:
            if os.read(reading, 1):
                self._ready.set()
            loop.remove_reader(reading)

        loop.add_reader(reading, hear)
        try:
            with os.fdopen(writing, "wb", buffering=0) as word:
                yield word
        finally:
            self._ready.clear()
            loop.remove_reader(reading)
            os.close(reading)

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
