from __future__ import annotations

import random

from ttv.worker._run import backoff


def test_retries_wait_longer_at_most_a_minute_and_not_in_step() -> None:
    chance = random.Random(7)
    waits = {attempt: [backoff(attempt, chance) for _ in range(200)] for attempt in range(1, 12)}
    for attempt, drawn in waits.items():
        assert min(drawn) >= 0
        assert max(drawn) <= min(60, 2 ** (attempt - 1))
        assert len(set(drawn)) == 200
    assert max(waits[11]) > 50
