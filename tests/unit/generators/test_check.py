from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ttv.errors import InvalidRequest
from ttv.generators import Capabilities, SegmentRequest, check
from ttv.media import Format

ENGINE = Capabilities(
    "toy", "1", "cpu", min_seconds=1, max_seconds=10, max_width=1280, max_height=720, max_prompt=20
)
WANTED = SegmentRequest("a dog", 48, Format(), seed=1)
PICTURE = Path("a.png")


@pytest.mark.parametrize(
    ("wanted", "engine", "field"),
    [
        (replace(WANTED, frames=23), ENGINE, "seconds"),
        (replace(WANTED, frames=241), ENGINE, "seconds"),
        (WANTED, replace(ENGINE, allowed_seconds=(5.0, 10.0)), "seconds"),
        (replace(WANTED, format=Format(1282, 720)), ENGINE, "size"),
        (replace(WANTED, format=Format(720, 1280)), ENGINE, "size"),
        (replace(WANTED, prompt="a" * 21), ENGINE, "prompt"),
        (replace(WANTED, first_frame=PICTURE), ENGINE, "first_frame"),
        (replace(WANTED, last_frame=PICTURE), ENGINE, "last_frame"),
        (replace(WANTED, follows=PICTURE), ENGINE, "follows"),
    ],
)
def test_what_an_engine_cannot_do_is_refused_by_its_field(
    wanted: SegmentRequest, engine: Capabilities, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(wanted, engine)

    assert caught.value.param == field


@pytest.mark.parametrize("frames", [24, 48, 240])
def test_what_an_engine_can_do_is_taken(frames: int) -> None:
    able = replace(
        ENGINE, allowed_seconds=(1.0, 2.0, 10.0), first_frame=True, last_frame=True, follows=True
    )

    check(
        replace(WANTED, frames=frames, first_frame=PICTURE, last_frame=PICTURE, follows=PICTURE),
        able,
    )
