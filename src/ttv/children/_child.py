"""The child's side: read the request, work, report, and end with the parent."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TextIO

from ttv.children._wire import Limits, Message, OverLimit, told
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
    except MemoryError:
        report.say({"error": told(OverLimit("the work needs more memory than it may"))})
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
    memory, cpu = limits.memory_bytes, limits.cpu_seconds
    for kind, most in (
        (resource.RLIMIT_AS, memory and memory + _address_space()),
        (resource.RLIMIT_CPU, cpu and cpu + int(time.process_time())),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ):
        if most is not None:
            with suppress(ValueError, OSError):  # not on this system
                resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
    # Python ignores it, and a full disk could not be told from a file that grew too large.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def _address_space() -> int:
    """Give the bytes of address space that this process has; 0 where it is not told."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()
