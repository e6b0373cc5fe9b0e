from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ttv.animatic import Place, Stage, compose
from ttv.errors import InvalidRequest
from ttv.generators._joins import joined
from ttv.keyframes import KeyframeRequest
from ttv.keyframes.animatic import build
from ttv.media import Format, load_png

SMALL = Format(320, 180, 24)
WANTED = KeyframeRequest("a red fox runs through a snowy forest", SMALL, seed=7, camera="pan left")


def painted(request: KeyframeRequest, to: Path) -> tuple[str, ...]:
    async def scenario() -> tuple[str, ...]:
        async with build({}) as painter:
            return await painter.paint(request, to)

    return asyncio.run(scenario())


def test_a_segment_starts_at_exactly_the_pixels_of_its_still(tmp_path: Path) -> None:
    painted(replace(WANTED, frame=31), tmp_path / "still.png")

    scene = compose(WANTED.prompt, seed=7, camera="pan left")
    request = {
        "frames": 24,
        "first_frame": str(tmp_path / "still.png"),
        "last_frame": None,
        "follows": None,
    }
    start = joined(request, Place.of(scene, SMALL, seed=7), SMALL).start
    still, _ = load_png(tmp_path / "still.png")
    assert start == 31
    assert np.array_equal(Stage(scene, SMALL, seed=7).frame(start), still)


def test_equal_requests_give_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        painted(WANTED, tmp_path / name)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_was_not_drawn_is_told(tmp_path: Path) -> None:
    strange = replace(WANTED, prompt="a xylograph runs through a forest")

    assert any("xylograph" in told for told in painted(strange, tmp_path / "a.png"))


def test_unknown_options_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="brush"):
        build({"brush": "fine"})
