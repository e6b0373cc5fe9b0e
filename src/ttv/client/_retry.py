"""Try again what may work later, without crowding the service."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ttv.client._problems import ServiceUnavailable

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long to try; the waits grow and are drawn by chance (full jitter)."""

    attempts: int = 5
    first_wait_seconds: float = 0.2
    longest_wait_seconds: float = 5.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    #: Draws a number from 0.0 to 1.0.
    chance: Callable[[], float] = field(default=random.random)

    async def __call__(self, call: Callable[[], Awaitable[_Value]]) -> _Value:
        """Call until it does not raise ServiceUnavailable, or raise the last one."""
        for attempt in range(self.attempts - 1):
            try:
                return await call()
            except ServiceUnavailable as error:
                await self.sleep(self._wait(attempt, error))
        return await call()

    def _wait(self, attempt: int, error: ServiceUnavailable) -> float:
        ceiling = min(self.first_wait_seconds * (1 << attempt), self.longest_wait_seconds)
        asked = min(error.retry_after or 0.0, self.longest_wait_seconds)
        return asked + ceiling * self.chance()
