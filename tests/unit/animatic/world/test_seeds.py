from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.world._seeds import Floats, Seeds, peaks, scatter, terrain

#: What blake2 gives for seed 1 and "trees".
KEY = 12348784352863887435


def test_a_stream_depends_on_seed_and_name_only() -> None:
    assert Seeds(5).rng("trees").random() == Seeds(5).rng("trees").random()
    assert Seeds(5).rng("trees").random() != Seeds(5).rng("birds").random()
    assert Seeds(5).rng("trees").random() != Seeds(6).rng("trees").random()


def test_a_key_is_the_same_on_every_machine() -> None:
    assert Seeds(1).key("trees") == KEY


@given(st.integers(0, 2**64 - 1), st.integers(-(10**9), 10**9))
def test_scattered_numbers_are_at_home_in_their_cells(key: int, first: int) -> None:
    cells = np.arange(first, first + 32)
    numbers = scatter(key, cells)
    assert ((numbers >= 0.0) & (numbers < 1.0)).all()
    assert (scatter(key, cells[7:9]) == numbers[7:9]).all()


@given(st.floats(-1e5, 1e5))
def test_land_is_the_same_wherever_a_window_begins(start: float) -> None:
    places: Floats = (start + np.arange(50) * 0.125).astype(np.float64)
    assert np.allclose(terrain(9, places)[20:30], terrain(9, places[20:30]))
    assert np.allclose(peaks(9, places)[20:30], peaks(9, places[20:30]))
