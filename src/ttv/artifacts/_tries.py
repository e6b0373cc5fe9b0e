"""Try again what may work later: the one policy of the stores that are reached over a network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from ttv.errors import Transient

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Tries:
    """How often and how far apart; the waits grow and are drawn by chance (full jitter).

    Six tries take 6 seconds at the mean, and more than ten only by bad luck.
    """

    attempts: int = 6
    first_wait_seconds: float = 0.4
    longest_wait_seconds: float = 8.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    #: Draws a number from 0.0 to 1.0.
    chance: Callable[[], float] = random.random

    async def __call__(self, call: Callable[[], Awaitable[_Result]]) -> _Result:
        """Call until it does not raise Transient, or raise the last one."""
        for attempt in range(self.attempts - 1):
            try:
                return await call()
            except Transient as error:
                ceiling = min(self.first_wait_seconds * (1 << attempt), self.longest_wait_seconds)
                asked = min(error.retry_after or 0.0, self.longest_wait_seconds)
                await self.sleep(asked + ceiling * self.chance())
        return await call()
