from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ttv.errors import InvalidRequest
from ttv.generators import Capabilities, SegmentRequest, check
from ttv.generators._check import native_size
from ttv.media import Format

NATIVE = ((1280, 720), (720, 1280), (1920, 1080))
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
        (WANTED, replace(ENGINE, sizes=((960, 960), (720, 1280))), "size"),
        (replace(WANTED, format=Format(640, 480)), replace(ENGINE, sizes=NATIVE), "size"),
        (replace(WANTED, prompt="a" * 21), ENGINE, "prompt"),
        (
            replace(WANTED, prompt="\N{FOX FACE}" * 11),
            replace(ENGINE, prompt_unit="UTF-16 units"),
            "prompt",
        ),
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


@pytest.mark.parametrize(
    ("picture", "native"),
    [
        (Format(320, 180), (1280, 720)),
        (Format(854, 480), (1280, 720)),
        (Format(1280, 720), (1280, 720)),
        (Format(1282, 722), (1920, 1080)),
        (Format(360, 640), (720, 1280)),
    ],
)
def test_a_picture_is_made_in_the_smallest_size_of_its_shape_that_loses_nothing(
    picture: Format, native: tuple[int, int]
) -> None:
    engine = replace(ENGINE, sizes=NATIVE, max_width=1920, max_height=1280)

    assert native_size(picture, engine) == native


def test_an_engine_without_sizes_of_its_own_makes_the_size_that_is_asked_for() -> None:
    assert native_size(Format(642, 360), ENGINE) == (642, 360)
