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
    """Make the file ``to`` for a step, in some seconds; held, with a child of its own."""
    folder, step = Path(request["folder"]), request["step"]
    hold = folder / f"hold-{step}"
    grandchild = subprocess.Popen(["sleep", "3600"]) if hold.exists() else None
    note(
        folder,
        what="begin",
        job=request["job"],
        step=step,
        worker=request["worker"],
        child=os.getpid(),
        grandchild=grandchild.pid if grandchild else None,
    )
    if request["poison"]:
        os.kill(request["worker"], signal.SIGKILL)
    while hold.exists():
        time.sleep(0.005)
    time.sleep(request["seconds"])
    Path(request["to"]).write_text(step)
    return {}


if __name__ == "__main__":
    children.serve(work)
