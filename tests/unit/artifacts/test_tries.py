from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from ttv.artifacts._tries import Tries
from ttv.errors import StorageUnwritable, Transient, Unavailable


class _Service:
    """Fails with the given errors, one after another, then answers; its chance is always one."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.calls = 0
        self.slept: list[float] = []

    async def __call__(self) -> str:
        self.calls += 1
        if self._errors:
            raise self._errors.pop(0)
        return "done"

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def tried(self) -> str:
        return asyncio.run(_call(self))


async def _call(service: _Service) -> str:
    return await Tries(sleep=service.sleep, chance=lambda: 1.0)(service)


def _waits(errors: Sequence[Exception]) -> list[float]:
    service = _Service(*errors)
    assert service.tried() == "done"
    return service.slept


def test_the_waits_double_up_to_a_limit() -> None:
    assert _waits([Transient()] * 5) == [0.4, 0.8, 1.6, 3.2, 6.4]


def test_a_wait_that_the_service_asks_for_comes_first_within_the_limit() -> None:
    assert _waits([Unavailable(retry_after=2), Unavailable(retry_after=900)]) == [2.4, 8.8]


def test_the_last_of_six_errors_is_raised() -> None:
    errors = [Transient(str(number)) for number in range(7)]
    service = _Service(*errors)
    with pytest.raises(Transient) as raised:
        service.tried()
    assert raised.value is errors[5]


def test_what_cannot_work_later_is_not_tried_again() -> None:
    service = _Service(StorageUnwritable())
    with pytest.raises(StorageUnwritable):
        service.tried()
    assert service.calls == 1
