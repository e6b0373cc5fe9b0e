"""The nursery: a process that has loaded what children run, and forks them on request.

It is started with a socket as stdin, on which each request names a module. One that comes
without files only has the module loaded; one with four is for a child: its stdin, stdout and
stderr, and where its life is told: the process on one line, on another its exit status. The
end of the socket means that the parent is gone.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

from ttv.children._child import serve

_REQUEST_BYTES: Final = 1 << 16
_FILES: Final = 4


class _Nursery:
    def __init__(self) -> None:
        #: Where the end of each living child is told.
        self._lives: dict[int, int] = {}

    def serve(self, parent: socket.socket) -> None:
        """Do what the parent asks until it is gone; what it leaves behind is killed."""
        signal.signal(signal.SIGCHLD, self._reap)
        hears = _hear_signals()
        while True:
            # Not in the request itself: a child that ended just before would be heard of with
            # the next request only.
            if parent not in select.select([parent, hears], [], [])[0]:
                hears.recv(_REQUEST_BYTES)
                continue
            line, files, _, _ = socket.recv_fds(parent, _REQUEST_BYTES, _FILES)
            if not line:
                break
            request = json.loads(line)
            _load(request["module"])
            if files:
                self._bear(request, files)
        for pid in list(self._lives):
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)

    def _bear(self, request: dict[str, str], files: Sequence[int]) -> None:
        *streams, life = files
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        try:
            pid = os.fork()
        except OSError:
            os.close(life)  # the parent hears that nobody was born
        else:
            if not pid:
                _live(request, streams)
            self._lives[pid] = life
            with suppress(OSError):
                os.setpgid(pid, pid)  # it does so too: the first to come sees to it
            _tell(life, pid)
        for stream in streams:
            os.close(stream)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _reap(self, _number: int, _frame: FrameType | None) -> None:
        for pid in list(self._lives):
            with suppress(ChildProcessError):  # this call was interrupted by another that saw it
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    life = self._lives.pop(pid)
                    _tell(life, os.waitstatus_to_exitcode(status))
                    os.close(life)


def _hear_signals() -> socket.socket:
    """Give a socket that can be read once a signal has come, whenever that was."""
    hears, told = socket.socketpair()
    hears.settimeout(0)
    told.settimeout(0)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)
    return hears


def _tell(life: int, number: int) -> None:
    with suppress(BrokenPipeError):
        os.write(life, b"%d\n" % number)


def _load(name: str) -> None:
    """Import a module and let it fill its caches; a child meets any error again and tells it."""
    if name not in sys.modules:
        with suppress(Exception):
            module = importlib.import_module(name)
            if hasattr(module, "warm"):
                module.warm()
        gc.freeze()  # a collection in a child would touch, and so copy, what is shared


def _live(request: dict[str, str], streams: Sequence[int]) -> NoReturn:
    """Be the child: keep nothing of the nursery but what it has loaded."""
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(len(streams), os.sysconf("SC_OPEN_MAX"))
        os.chdir(request["folder"])
        serve(importlib.import_module(request["module"]).work)
    except BaseException:  # noqa: BLE001 - the boundary of a process
        sys.excepthook(*sys.exc_info())
    os._exit(1)


if __name__ == "__main__":
    _Nursery().serve(socket.socket(fileno=0))
