"""Draw and encode one segment of the animatic, in a child process."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ttv import children
from ttv.animatic import Place, Stage, Still, compose, warm
from ttv.children import Message, Report
from ttv.generators._drawing import drawn
from ttv.generators._joins import joined
from ttv.media import Coding, Encoder, Format, blend

__all__ = ["warm", "work"]


def work(request: Message, report: Report) -> Message:
    """Write the clip that the request describes, reporting every frame."""
    fmt, seed, frames = Format(**request["format"]), request["seed"], request["frames"]
    scene = compose(
        request["prompt"], seed=seed, camera=request["camera"], framing=request["framing"]
    )
    take = Place.of(scene, fmt, seed=seed)
    join = joined(request, take, fmt)
    words = scene.understanding.warnings() if join.filmed is None else ()
    for warning in (*words, *join.warnings):
        report.warn(warning)
    if join.filmed is None:
        draw, place = Stage(scene, fmt, seed=seed).frame, str(take.later(join.start))
    else:
        draw, place = Still(join.filmed, scene.camera, fmt).frame, ""
    pictures = drawn(
        draw,
        range(join.start, join.start + frames),
        fmt,
        processes=request["drawers"],
    )
    coding = Coding(**request["coding"])
    with (
        closing(pictures),
        Encoder(Path(request["clip"]), fmt, coding=coding, comment=place) as encoder,
    ):
        for number, picture in enumerate(pictures):
            mix = join.mixes.get(number)
            encoder.write(blend(mix.picture, picture, mix.share) if mix else picture)
            report.progress((number + 1) / frames, f"frame {number + 1} of {frames}")
    return {"place": place}


if __name__ == "__main__":
    children.serve(work)
