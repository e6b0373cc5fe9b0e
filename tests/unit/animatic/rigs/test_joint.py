from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.rigs._joint import bend

_place = st.floats(-100, 100)


@given(_place, _place, st.floats(5, 40), st.floats(5, 40), st.booleans())
def test_bones_keep_their_lengths_and_reach_what_they_can(
    x: float, y: float, upper: float, lower: float, forward: bool
) -> None:
    joint, end = bend((0.0, 0.0), (x, y), upper, lower, forward=forward)
    assert math.dist((0, 0), joint) == pytest.approx(upper)
    assert math.dist(joint, end) == pytest.approx(lower, abs=1e-3)
    away = math.hypot(x, y)
    if abs(upper - lower) + 0.01 < away < upper + lower - 0.01:
        assert end == pytest.approx((x, y), abs=1e-6)


def test_the_joint_of_a_hanging_limb_points_where_it_should() -> None:
    knee, _ = bend((0, 50), (0, 10), 25, 25, forward=True)
    elbow, _ = bend((0, 50), (0, 10), 25, 25, forward=False)
    assert knee[0] > 0 > elbow[0]
