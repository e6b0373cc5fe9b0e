"""Tie a process to its parent: it gets SIGTERM when the parent ends, even by kill -9.

A parent that wants to know when its child takes work gives it an open pipe, named by READY_FD.

``python -m ttv.tether PARENT COMMAND...`` becomes the command, tied to the process PARENT.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

#: The variable that names the open file in which a child tells that it takes work.
READY_FD: Final = "READY_FD"

_PR_SET_PDEATHSIG: Final = 1
_POLL_SECONDS: Final = 0.2


def tied(*command: str) -> tuple[str, ...]:
    """Give the command line that runs a command tied to this process.

    Start it from the main thread: Linux ties a child to the thread that started it. Modules
    in the working folder are not ours (``-P``).
    """
    return (sys.executable, "-P", "-m", "ttv.tether", str(os.getpid()), *command)


def end_with_parent() -> None:
    """Have the kernel send this process SIGTERM when its parent ends; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def tell_ready() -> None:
    """Tell the parent, if it asked for it, that this process takes work from now on."""
    if number := os.environ.pop(READY_FD, ""):
        with suppress(OSError), os.fdopen(int(number), "wb", buffering=0) as word:
            word.write(b"\n")


def _become(parent: int, command: list[str]) -> None:
    if sys.platform != "linux":
        raise SystemExit(_watch(parent, command))
    end_with_parent()
    if os.getppid() != parent:  # it ended before the signal was armed
        raise SystemExit(1)
    os.execv(command[0], command)  # noqa: S606 - the caller names the program


def _watch(parent: int, command: list[str]) -> int:
    """Run the command where the kernel offers no such signal; return its exit status."""
    with subprocess.Popen(command, close_fds=False) as process:  # noqa: S603 - the caller's own
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while process.poll() is None:
            if os.getppid() != parent:
                process.terminate()
                parent = os.getppid()
            time.sleep(_POLL_SECONDS)
        return process.returncode


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
