from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ttv.seeds import MAX_SEED, derive


@given(st.integers(), st.lists(st.text(st.characters())))
def test_a_stream_is_a_seed_every_engine_takes(seed: int, names: list[str]) -> None:
    assert 0 <= derive(seed, *names) <= MAX_SEED


def test_a_stream_is_the_same_in_every_process() -> None:
    assert derive(7, "shot", "1") == 3112377465


def test_streams_of_other_names_or_seeds_differ() -> None:
    streams = {derive(7), derive(8), derive(7, "a"), derive(7, "a", "b"), derive(7, "ab")}
    assert len(streams) == 5
