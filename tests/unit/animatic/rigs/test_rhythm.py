from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.rigs._rhythm import ease, eyelid, pulse, scatter, wander, wave, window

_time = st.floats(0, 1e4)


@given(_time, st.floats(0, 10))
def test_rhythms_stay_in_their_range(t: float, seed: float) -> None:
    assert -1 <= wander(t, seed) <= 1
    assert -1 <= wave(t) <= 1
    assert 0 <= eyelid(t, seed) <= 1
    assert 0 <= ease(t) <= 1
    assert 0 <= pulse(t, 0.2) <= 1
    assert 0 <= window(t, 0.2, 0.6) <= 1


def test_a_window_opens_and_closes() -> None:
    assert window(0.1, 0.2, 0.6) == 0
    assert window(0.4, 0.2, 0.6) == 1
    assert window(1.4, 0.2, 0.6) == 1


def test_scattered_numbers_are_fixed_and_spread() -> None:
    drawn = [scatter(at, 0.3) for at in range(50)]
    assert drawn == [scatter(at, 0.3) for at in range(50)]
    assert min(drawn) < 0.15
    assert max(drawn) > 0.85
    assert all(0 <= value < 1 for value in drawn)


def test_eyes_are_open_most_of_the_time_and_blink() -> None:
    lids = [eyelid(at / 60, 0.4) for at in range(1200)]
    assert sum(lid > 0.8 for lid in lids) > 10
    assert sum(lid < 0.1 for lid in lids) > 1000
