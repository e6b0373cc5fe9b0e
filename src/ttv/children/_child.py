"""The child's side: read the request, work, report, and end with the parent."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from types import FrameType
from typing import TextIO

from ttv.children._wire import Limits, Message, told
from ttv.errors import Cancelled, TtvError
from ttv.tether import end_with_parent


class Report:
    """Tells the parent how the work goes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def progress(self, fraction: float, text: str = "") -> None:
        """Tell how much is done, from 0.0 to 1.0, with a short text for people."""
        self.say({"progress": round(fraction, 4), "text": text})

    def warn(self, text: str) -> None:
        """Tell the user, in a sentence, what could not be done as asked."""
        self.say({"warning": text})

    def say(self, message: Message) -> None:
        """Send one message; a parent that is gone is no error here."""
        with suppress(BrokenPipeError):
            print(json.dumps(message), file=self._out, flush=True)


def serve(work: Callable[[Message, Report], Message]) -> None:
    """Do one piece of work for the parent process, then leave.

    An error of our families goes to the parent as it is; any other ends the process with a
    traceback, whose tail the parent sees. SIGTERM raises Cancelled in ``work``.
    """
    # Open until the process has ended: the parent takes the end of our words for our end.
    report = Report(os.fdopen(os.dup(1), "w", closefd=False))
    os.dup2(2, 1)  # what libraries print must not fall between our lines
    signal.signal(signal.SIGTERM, _stop)
    try:
        request = _request()
        report.say({"result": work(request, report)})
    except TtvError as error:
        report.say({"error": told(error)})
    _end_group()


def _request() -> Message:
    line = sys.stdin.buffer.readline()
    if not line:
        raise Cancelled  # the parent was gone before it spoke
    envelope = json.loads(line)
    _die_with_parent()
    _limit(Limits(**envelope["limits"]))
    request: Message = envelope["request"]
    return request


def _die_with_parent() -> None:
    """Watch stdin, and where the kernel offers it be told: another process may hold the pipe."""
    end_with_parent()
    Thread(target=_watch_stdin, daemon=True).start()


def _watch_stdin() -> None:
    while os.read(0, 1):
        pass
    _end_group()


def _end_group() -> None:
    """Leave at once with everything that was started: there may be no parent to see to it."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)  # started by hand: the group is not ours to kill


def _stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not break the clean-up
    raise Cancelled


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
    ):
        if most is not None:
            with suppress(ValueError, OSError):  # not on this system
                resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
