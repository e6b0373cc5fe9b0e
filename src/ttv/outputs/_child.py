"""Make an output in a child process: the clips in it may come from anywhere."""

from __future__ import annotations

from pathlib import Path

from ttv import children
from ttv.children import Message, Report
from ttv.errors import storage_errors
from ttv.media import Transition
from ttv.outputs._port import Shot, Source
from ttv.outputs._room import find


def work(request: Message, report: Report) -> Message:
    """Make the output that the request names."""
    told = request["source"]
    source = Source(
        film=Path(told["film"]),
        fps=told["fps"],
        shots=tuple(
            Shot(**{**shot, "transition": Transition(shot["transition"])}) for shot in told["shots"]
        ),
        clips=tuple(map(Path, told["clips"])),
        tags=told["tags"],
    )
    report.progress(0.0)
    folder = Path(request["folder"])
    with storage_errors(folder):
        find(request["name"]).make(source, folder, report.progress)
    return {}


if __name__ == "__main__":
    children.serve(work)
