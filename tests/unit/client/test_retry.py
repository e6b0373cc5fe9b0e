from __future__ import annotations

import asyncio

import pytest

from ttv.client import Retry, ServiceUnavailable
from ttv.errors import NotFound


class Service:
    """Fails with these errors, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.slept: list[float] = []

    async def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "answer"

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def called(self, *, attempts: int = 5) -> str:
        retry = Retry(attempts=attempts, sleep=self.sleep, chance=lambda: 1.0)
        return asyncio.run(retry(self))


def test_waits_grow_to_a_limit() -> None:
    service = Service(*[ServiceUnavailable() for _ in range(7)])

    assert service.called(attempts=8) == "answer"
    assert service.slept == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_the_time_that_the_service_asks_for_is_added() -> None:
    service = Service(ServiceUnavailable(retry_after=2), ServiceUnavailable(retry_after=3_600))

    assert service.called() == "answer"
    assert service.slept == [2.2, 5.4]


def test_the_last_error_is_raised() -> None:
    service = Service(*[ServiceUnavailable(str(number)) for number in range(3)])

    with pytest.raises(ServiceUnavailable, match="2"):
        service.called(attempts=3)


def test_what_cannot_succeed_later_is_not_tried_again() -> None:
    service = Service(NotFound())

    with pytest.raises(NotFound):
        service.called()
    assert not service.slept
