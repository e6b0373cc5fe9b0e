from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.planning.strategies import CHOICES, LIMITS
from ttv.planning import ShotLimits
from ttv.planning._lengths import Lengths


@given(LIMITS, st.integers(1, 2_000), st.data())
def test_a_possible_total_is_split_exactly_into_legal_lengths(
    limits: ShotLimits, total: int, data: st.DataObject
) -> None:
    lengths = Lengths(limits)
    counts = lengths.counts(total)
    if not counts:
        return
    count = data.draw(st.sampled_from(counts))
    weights = data.draw(st.lists(st.floats(0.5, 5), min_size=count, max_size=count))
    split = lengths.split(total, weights)
    assert (len(split), sum(split)) == (count, total)
    assert all(limits.allow(length) for length in split)


@given(LIMITS, st.integers(1, 2_000))
def test_an_impossible_total_has_possible_neighbours(limits: ShotLimits, total: int) -> None:
    lengths = Lengths(limits)
    if lengths.counts(total):
        return
    for near in lengths.neighbours(total):
        assert lengths.counts(near)
    assert lengths.neighbours(total)[-1] > total


@given(CHOICES, st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_every_sum_of_allowed_lengths_is_possible(limits: ShotLimits, times: list[int]) -> None:
    total = sum(length * n for length, n in zip(limits.allowed, times, strict=False))
    count = sum(times[: len(limits.allowed)])
    if count:
        assert count in Lengths(limits).counts(total)


def test_what_weighs_more_lasts_longer() -> None:
    assert Lengths(ShotLimits(24, 240)).split(240, [1, 3]) == [60, 180]
    assert Lengths(ShotLimits(48, 144, (48, 96, 144))).split(192, [1, 3]) == [48, 144]


@pytest.mark.parametrize(
    ("limits", "wish", "nearest"),
    [
        (ShotLimits(24, 240), 100.4, 100),
        (ShotLimits(24, 240), 5, 24),
        (ShotLimits(24, 240), 500, 240),
        (ShotLimits(96, 192, (96, 144, 192)), 120, 96),
        (ShotLimits(96, 192, (96, 144, 192)), 130, 144),
    ],
)
def test_a_wish_becomes_the_nearest_legal_length(
    limits: ShotLimits, wish: float, nearest: int
) -> None:
    assert Lengths(limits).nearest(wish) == nearest
