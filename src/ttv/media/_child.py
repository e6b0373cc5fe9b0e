"""Look into clips that came from elsewhere, in a child process of its own."""

from __future__ import annotations

from pathlib import Path

from ttv import children
from ttv.children import Message, Report
from ttv.media._clip import probe
from ttv.media._frames import frame_of
from ttv.media._png import save_png
from ttv.media._told import told


def work(request: Message, _report: Report) -> Message:
    """Probe ``clip``; where ``last_frame`` names a file, save the clip's last frame there."""
    clip = probe(Path(request["clip"]))
    if request["last_frame"]:
        last = clip.frames - 1
        tags = {"comment": clip.comment, "frame": str(last)}
        save_png(Path(request["last_frame"]), frame_of(clip, last), tags)
    return told(clip)


if __name__ == "__main__":
    children.serve(work)
