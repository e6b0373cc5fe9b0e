"""A child that does what the test says."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from ttv import children
from ttv.children import Message, Report
from ttv.errors import Cancelled, InvalidRequest, StorageFull

_warmed: list[str] = []


def warm() -> None:
    """Note that caches would have been filled."""
    _warmed.append("once")


def work(request: Message, report: Report) -> Message:
    """Act out ``request["act"]``."""
    if request["act"] in ("wait", "spawn", "stubborn"):
        return _wait(request["act"], report)
    return ACTS[request["act"]](request, report)


def speak(request: Message, report: Report) -> Message:
    os.write(1, b"library chatter on stdout\n")
    report.progress(0.25, "a quarter")
    report.warn("drew a cat for 'lynx'")
    report.progress(1.0, "all")
    return {"echo": request["word"], "group": os.getpgrp() == os.getpid()}


def refuse(_request: Message, _report: Report) -> Message:
    raise InvalidRequest("no such colour", param="prompt")


def fill(_request: Message, _report: Report) -> Message:
    raise StorageFull


def break_(_request: Message, _report: Report) -> Message:
    raise ValueError("a bug of ours")


def crash(_request: Message, _report: Report) -> Message:
    return {"seen": ctypes.string_at(0)}


def secret(_request: Message, _report: Report) -> Message:
    return {"seen": os.environ.get("REDIS_PASSWORD")}


def look(_request: Message, _report: Report) -> Message:
    files = len(list(Path("/proc/self/fd").iterdir()))
    return {
        "parent": os.getppid(),
        "folder": str(Path.cwd()),
        "files": files,
        "warmed": _warmed,
        "signals": [*signal.pthread_sigmask(signal.SIG_BLOCK, ())],
    }


def eat(request: Message, _report: Report) -> Message:
    return {"size": len(bytearray(int(request["megabytes"]) << 20))}


def write(request: Message, _report: Report) -> Message:
    with Path(request["to"]).open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 12))
    return {}


def open_(_request: Message, _report: Report) -> Message:
    with ExitStack() as stack:
        return {"files": [stack.enter_context(Path(__file__).open()).fileno() for _ in range(64)]}


def burn(_request: Message, _report: Report) -> Message:
    while True:
        pass


ACTS: dict[str, Callable[[Message, Report], Message]] = {
    "speak": speak,
    "refuse": refuse,
    "fill": fill,
    "break": break_,
    "crash": crash,
    "secret": secret,
    "look": look,
    "eat": eat,
    "burn": burn,
    "write": write,
    "open": open_,
}


def _wait(act: str, report: Report) -> Message:
    if act == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pids = [os.getpid()]
    if act == "spawn":
        command = (
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        )
        pids.append(subprocess.Popen([sys.executable, "-c", command]).pid)
    try:
        report.progress(0.5, " ".join(map(str, pids)))
        time.sleep(600)
    except Cancelled:
        report.warn("cleaned up")
        raise
    return {}


if __name__ == "__main__":
    children.serve(work)
