"""Make a file of a user anew, in a child process of its own."""

from __future__ import annotations

from pathlib import Path

from ttv import children
from ttv.children import Message, Report
from ttv.media._admit_picture import repaint
from ttv.media._admit_sound import rerecord


def work(request: Message, _report: Report) -> Message:
    """Write ``path`` anew to ``to``, as the ``kind`` that it must be."""
    path, to = Path(request["path"]), Path(request["to"])
    if request["kind"] == "image":
        width, height = repaint(path, to)
        return {"width": width, "height": height}
    return {"seconds": rerecord(path, to, most_seconds=request["most_seconds"])}


if __name__ == "__main__":
    children.serve(work)
