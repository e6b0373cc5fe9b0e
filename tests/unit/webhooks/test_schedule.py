from __future__ import annotations

from ttv.webhooks._schedule import WAITS, next_wait

_HOUR = 3_600


def test_the_waits_are_those_of_the_specification() -> None:
    hours = (2, 5, 10, 14, 20, 24)
    assert (5, 300, 1_800, *(hour * _HOUR for hour in hours)) == WAITS
    assert sum(WAITS) == 75 * _HOUR + 35 * 60 + 5


def test_a_wait_is_never_shorter_than_that_and_chance_adds_a_tenth() -> None:
    for tries, wait in enumerate(WAITS, start=1):
        assert next_wait(tries, chance=0) == wait
        assert next_wait(tries, chance=1) == wait * 1.1


def test_after_the_last_wait_there_is_no_other_try() -> None:
    assert next_wait(len(WAITS) + 1, chance=0) is None


def test_a_receiver_may_ask_for_a_longer_wait_of_up_to_a_day() -> None:
    assert next_wait(1, chance=0, asked=600) == 600
    assert next_wait(1, chance=0, asked=1) == 5
    assert next_wait(1, chance=0, asked=10**9) == 24 * _HOUR
