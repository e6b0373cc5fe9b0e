"""Paint one still of the animatic, in a child process."""

from __future__ import annotations

from pathlib import Path

from ttv import children
from ttv.animatic import Place, Stage, compose, warm
from ttv.children import Message, Report
from ttv.media import Format, save_png

__all__ = ["warm", "work"]


def work(request: Message, report: Report) -> Message:
    """Write the still, tagged with its place in the take, so that a segment can start at it."""
    fmt, seed = Format(**request["format"]), request["seed"]
    scene = compose(
        request["prompt"], seed=seed, camera=request["camera"], framing=request["framing"]
    )
    for warning in scene.understanding.warnings():
        report.warn(warning)
    place = Place.of(scene, fmt, seed=seed).later(request["frame"])
    picture = Stage(scene, fmt, seed=seed).frame(place.frame)
    save_png(Path(request["to"]), picture, {"comment": str(place), "frame": "0"})
    return {"place": str(place)}


if __name__ == "__main__":
    children.serve(work)
