from __future__ import annotations

import random

import pytest

from ttv.errors import Transient, Unavailable
from ttv.worker._run import backoff


@pytest.mark.parametrize(("error", "first"), [(Transient(), 1), (Unavailable(), 5)])
def test_retries_wait_longer_at_most_a_minute_and_not_in_step(
    error: Transient, first: float
) -> None:
    chance = random.Random(7)
    for attempt in range(1, 12):
        drawn = [backoff(error, attempt, chance) for _ in range(200)]
        most = min(60, first * 2 ** (attempt - 1))
        assert min(drawn) >= 0
        assert 0.8 * most < max(drawn) <= most
        assert len(set(drawn)) == 200


def test_a_retry_waits_at_least_as_long_as_the_other_side_asks() -> None:
    chance = random.Random(7)
    drawn = [backoff(Transient(retry_after=90), 1, chance) for _ in range(200)]
    assert 90 <= min(drawn) < max(drawn) <= 91
