"""Processes of the service by the hundred: forked from one that has loaded all of it.

``python -m tests.chaos.forge`` reads a line of JSON for each process on stdin and answers with
its pid. A process started here runs what the real one runs (see ``roles``), leads a session of
its own, and does not outlive the forge, nor the forge the tests.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_PR_SET_PDEATHSIG: Final = 1


class Hand:
    """A process that was forged; signals reach it alone, whatever its pid is given to later."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid = pid
        self.log = log
        self._file = os.pidfd_open(pid)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended is left alone."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._file, number)

    def kill(self) -> None:
        """End the process as a crash would."""
        self.signal(signal.SIGKILL)

    @property
    def ended(self) -> bool:
        """Tell whether it has ended."""
        return bool(select.select([self._file], [], [], 0)[0])

    async def end(self) -> None:
        """Return when it has ended."""
        while not self.ended:  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.005)

    def said(self, action: str) -> list[dict[str, Any]]:
        """Give the lines of its log with an action."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        entries = [json.loads(line) for line in lines if line.startswith("{")]
        return [entry for entry in entries if entry.get("action") == action]

    def close(self) -> None:
        """Kill it if it runs, and let go of it."""
        self.signal(signal.SIGCONT)
        self.kill()
        os.close(self._file)


@dataclass(frozen=True, slots=True)
class Forge:
    """The process that forks the others."""

    process: subprocess.Popen[str]

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Forge]:
        """Run the forge for a block; what it forged ends with it."""
        with subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.forge", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == "ready\n", "the forge did not start"
                yield cls(process)
            finally:
                process.kill()

    def start(self, role: str, *, log: Path, **arguments: str | float) -> Hand:
        """Start a process of a role; what it says goes to the log."""
        order = {"role": role, "log": str(log), "arguments": arguments}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{json.dumps(order)}\n")
        self.process.stdin.flush()
        return Hand(int(self.process.stdout.readline()), log)


@contextmanager
def held(hand: Hand) -> Iterator[Hand]:
    """Have a process for a block."""
    try:
        yield hand
    finally:
        hand.close()


def _die_with(parent: int) -> None:
    """Be killed with the parent, even when frozen."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _become(order: dict[str, Any], forge: int) -> None:
    from tests.chaos import roles  # noqa: PLC0415 - loaded by the forge, which main imports

    _die_with(forge)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    said = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, said), (2, said)):
        os.dup2(file, number)
    asyncio.run(roles.ROLES[order["role"]](**order["arguments"]))


def main(parent: int) -> None:
    """Fork a process for each line, until the tests end."""
    _die_with(parent)
    from tests.chaos import roles  # noqa: PLC0415 - only the forge needs the whole service

    assert roles.ROLES
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    forge = os.getpid()
    print("ready", flush=True)  # noqa: T201 - to the tests
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                _become(json.loads(line), forge)
            except BaseException:  # noqa: BLE001 - the boundary of a process: it never returns
                traceback.print_exc()
            finally:
                os._exit(0)
        print(pid, flush=True)  # noqa: T201 - the answer to the tests


if __name__ == "__main__":
    main(int(sys.argv[1]))
