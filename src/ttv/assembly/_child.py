"""Splice in a child process: clips may come from anywhere."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ttv import children
from ttv.assembly._cut import Cut
from ttv.assembly._splice import splice
from ttv.children import Message, Report
from ttv.media import Format, Transition


def work(request: Message, report: Report) -> Message:
    """Make the film that the request describes."""
    cuts = [
        Cut(**{**cut, "clip": Path(cut["clip"]), "transition": Transition(cut["transition"])})
        for cut in request["cuts"]
    ]
    spliced = splice(
        cuts,
        Format(**request["format"]),
        film=Path(request["film"]),
        poster=Path(request["poster"]),
        seed=request["seed"],
        tags=request["tags"],
        recording=Path(request["soundtrack"]) if request["soundtrack"] else None,
        progress=report.progress,
    )
    return asdict(spliced)


if __name__ == "__main__":
    children.serve(work)
