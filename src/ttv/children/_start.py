"""Start child processes: forked by a nursery where that can be, and cold elsewhere."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from asyncio import StreamReader, StreamReaderProtocol, WriteTransport
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

#: The longest line of a child.
LINE_BYTES: Final = 1 << 20
#: A nursery that takes longer hangs; loading its modules takes about one second.
_BIRTH_SECONDS: Final = 30.0
#: What a child may know of our environment: no secrets.
_ENVIRONMENT: Final = ("PATH", "HOME", "LANG", "TMPDIR", "TZ")
_ENVIRONMENT_PREFIXES: Final = ("PYTHON", "LC_", "LD_", "DYLD_")
_PYTHON: Final = (sys.executable, "-P", "-m")
_NURSERY: Final = "ttv.children._nursery"


@dataclass(frozen=True, slots=True)
class Forked:
    """A child that the nursery forked, as far as asyncio's Process is used here."""

    pid: int
    stdin: WriteTransport
    stdout: StreamReader
    stderr: StreamReader
    life: StreamReader

    async def wait(self) -> int:
        """Return the exit status; a child does not outlive its nursery."""
        status = await self.life.read()
        self.stdin.close()
        return int(status or -signal.SIGKILL)


async def start(module: str) -> Process | Forked:
    """Start a child that runs a module; OSError when there is no process to be had."""
    return await _forked(module) or await asyncio.create_subprocess_exec(
        *(*_PYTHON, module),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        limit=LINE_BYTES,
        env=dict(_environment()),
    )


def warm(module: str) -> None:
    """Have a module ready for the children that will run it; elsewhere than on Linux do nothing.

    The nursery imports it, and calls its ``warm()`` where it has one, while the caller goes on.
    """
    NURSERY.ask(module)


class Nursery:
    """The nursery of this process: started when first asked, and again when it has ended."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._environment: dict[str, str] = {}
        self._wire: socket.socket

    def ask(self, module: str, files: Sequence[FileIO] = ()) -> bool:
        """Ask for a module to be loaded, and with files for a child; tell whether it was heard."""
        if sys.platform != "linux":
            return False  # elsewhere system libraries break in forked processes
        environment = dict(_environment())
        try:
            if self.process is None or self.process.poll() is not None:
                self.stop()
                self._start(environment)
            if environment != self._environment:
                return False
            request = json.dumps({"module": module, "folder": str(Path.cwd())})
            socket.send_fds(self._wire, [request.encode()], [file.fileno() for file in files])
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """End the nursery, and with it the children that it forked."""
        if self.process:
            self._wire.close()
            self.process.kill()
            self.process.wait()
            self.process = None

    def _start(self, environment: dict[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(0.0)  # a full wire must not hold up the event loop
        with theirs, ExitStack() as unless_started:
            unless_started.callback(ours.close)
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                (*_PYTHON, _NURSERY),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
            unless_started.pop_all()
        self._wire, self._environment = ours, environment


NURSERY: Final = Nursery()
atexit.register(NURSERY.stop)


async def _forked(module: str) -> Forked | None:
    """Have the nursery fork a child; None when it cannot, and the child has to start cold.

    A child whose birth is not awaited finds its stdin at an end, and leaves.
    """
    with ExitStack() as held:
        (theirs, to_child), *heard = (_pipe(held) for _ in range(4))
        files = (theirs, *(end for _, end in heard))
        if not NURSERY.ask(module, files):
            return None
        for file in files:
            file.close()
        stdin, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.Protocol, to_child)
        held.callback(stdin.close)
        stdout, stderr, life = [await _stream(end, held) for end, _ in heard]
        with suppress(TimeoutError):
            async with asyncio.timeout(_BIRTH_SECONDS):
                if born := await life.readline():
                    held.pop_all()
                    return Forked(int(born), stdin, stdout, stderr, life)
                return None
        NURSERY.stop()
    return None


def _pipe(held: ExitStack) -> tuple[FileIO, FileIO]:
    taken, given = os.pipe()
    return held.enter_context(FileIO(taken, "r")), held.enter_context(FileIO(given, "w"))


async def _stream(file: FileIO, held: ExitStack) -> StreamReader:
    stream = StreamReader(limit=LINE_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: StreamReaderProtocol(stream), file
    )
    held.callback(transport.close)
    return stream


def _environment() -> Iterator[tuple[str, str]]:
    for name, value in os.environ.items():
        if name in _ENVIRONMENT or name.startswith(_ENVIRONMENT_PREFIXES):
            yield name, value
