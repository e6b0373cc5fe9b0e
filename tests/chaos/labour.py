"""The child process that does the work of one step: it waits where the test says, or kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from ttv import children
from ttv.children import Message, Report


def note(folder: Path, **facts: Any) -> None:
    """Write a line into the diary; lines of several processes do not mix."""
    line = f"{json.dumps({**facts, 'at': time.time()})}\n".encode()
    diary = os.open(folder / "diary.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(diary, line)
    os.close(diary)


def work(request: Message, _report: Report) -> Message:
    """Make the file ``to`` for a step, in some seconds, with a child of its own while it waits."""
    folder, step = Path(request["folder"]), request["step"]
    hold = folder / f"hold-{step}"
    with subprocess.Popen(["sleep", "3600"]) if hold.exists() else _nobody() as grandchild:
        facts = {"job": request["job"], "step": step, "worker": request["worker"]}
        note(folder, what="begin", child=os.getpid(), grandchild=grandchild.pid, **facts)
        if request["poison"]:
            os.kill(request["worker"], signal.SIGKILL)
        while hold.exists():
            time.sleep(0.005)
        time.sleep(request["seconds"])
        Path(request["to"]).write_text(step)
        grandchild.kill()
    return {}


class _Nobody:
    """The child that a step without a hold does not have."""

    pid = 0

    def __enter__(self) -> _Nobody:
        return self

    def __exit__(self, *_: object) -> None:
        """Nobody has to be waited for."""

    def kill(self) -> None:
        """Nobody is there to end."""


def _nobody() -> _Nobody:
    return _Nobody()


if __name__ == "__main__":
    children.serve(work)
