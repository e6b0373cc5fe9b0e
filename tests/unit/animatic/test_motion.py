from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic._motion import Course, strayed


@given(st.floats(-500, 500), st.floats(1.0, 400.0), st.floats(0.0, 600.0), st.floats(-9e4, 9e4))
def test_nobody_strays_out_of_the_room_it_has(
    speed: float, room: float, t: float, travelled: float
) -> None:
    assert abs(strayed(Course(speed, 1.0, room), 1.0, t, travelled)) <= room


def test_what_stands_in_the_world_passes_with_it() -> None:
    assert strayed(Course(0.0, 1.0, math.inf), 0.5, 3.0, 200.0) == -100.0


def test_feet_that_keep_pace_with_the_camera_stay_in_place() -> None:
    assert strayed(Course(120.0, 1.0, 80.0), 1.0, 7.0, 840.0) == 0.0
