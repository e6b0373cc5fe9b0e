"""Write a piece of a stream in a child process: clips may come from anywhere."""

from __future__ import annotations

from pathlib import Path

from ttv import children
from ttv.animatic import compose
from ttv.animatic.sound import Section, soundtrack
from ttv.children import Message, Report
from ttv.media import broadcast, probe


def work(request: Message, _report: Report) -> Message:
    """Write the piece that the request describes."""
    cut, fps, seed = request["cut"], request["format"]["fps"], request["seed"]
    clip = probe(Path(cut["clip"]))
    able = clip.codec == "h264" and clip.steady
    if able:
        place = Section(compose(cut["prompt"], seed=seed), cut["frames"])
        sound = soundtrack([place], fps=fps, seed=seed, fades=False)
        broadcast(clip, Path(request["to"]), sound=sound)
    return {"written": able}


if __name__ == "__main__":
    children.serve(work)
