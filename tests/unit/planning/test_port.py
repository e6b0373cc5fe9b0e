from __future__ import annotations

import pytest

from ttv.errors import InvalidRequest
from ttv.planning import ShotLimits


@pytest.mark.parametrize(
    ("least", "most", "allowed"),
    [(0, 10, ()), (11, 10, ()), (1, 10, (5, 3)), (1, 10, (0, 3))],
)
def test_lengths_that_no_engine_can_have_are_refused(
    least: int, most: int, allowed: tuple[int, ...]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ShotLimits(least, most, allowed)
    assert refused.value.param == "limits"


def test_seconds_that_round_to_the_same_frames_are_legal_lengths() -> None:
    assert ShotLimits(1, 10, (5, 5, 9)).allowed == (5, 5, 9)
