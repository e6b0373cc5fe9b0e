from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.errors import InvalidRequest
from ttv.media import Format

SIDES = st.integers(32, 2_048).map(lambda half: 2 * half)


@given(SIDES, SIDES, st.integers(1, 60))
def test_a_size_reads_back_as_it_is_written(width: int, height: int, fps: int) -> None:
    picture = Format(width, height, fps)

    assert Format().altered(size=picture.size, fps=fps) == picture


def test_what_is_not_named_stays_as_it_is() -> None:
    assert Format(640, 360, 12).altered() == Format(640, 360, 12)
    assert Format(640, 360, 12).altered(size=" 320X180 ") == Format(320, 180, 12)


@pytest.mark.parametrize("size", ["", "wide", "1280", "1280x", "1280x720x3", "-1x720", "1e3x720"])
def test_what_is_no_size_is_refused_with_an_example(size: str) -> None:
    with pytest.raises(InvalidRequest, match="must look like 1280x720") as caught:
        Format().altered(size=size)
    assert caught.value.param == "size"


@given(st.integers(1, 100_000), st.integers(1, 60))
def test_a_length_is_the_same_number_of_frames_after_a_round_trip(frames: int, fps: int) -> None:
    picture = Format(fps=fps)

    assert picture.frames(picture.seconds(frames)) == frames
