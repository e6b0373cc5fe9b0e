"""Run the nursery of children and note what the kernel says that each child used.

Started in its place: ``python scales.py NOTES MODULE``. A line of the notes is one child.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path


def _weigh(notes: Path) -> None:
    """Have each child that is waited for weighed."""

    def waitpid(pid: int, options: int) -> tuple[int, int]:
        ended, status, used = os.wait4(pid, options)
        if ended:
            line = {"cpu": used.ru_utime + used.ru_stime, "rss": used.ru_maxrss << 10}
            with notes.open("a") as file:
                print(json.dumps(line), file=file)
        return ended, status

    os.waitpid = waitpid


if __name__ == "__main__":
    _weigh(Path(sys.argv[1]))
    runpy.run_module(sys.argv[2], run_name="__main__")
