"""Counters of all workers together, kept in Redis: a worker has no port to be scraped at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ttv.redis import Connection, answering

_KEY: Final = "ttv:totals"


class Totals:
    """Adds up what workers counted; totals never fall when a worker ends."""

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    async def add(self, increments: Mapping[str, float]) -> None:
        """Add every increment, or none. Raises Unavailable."""
        if not increments:
            return
        with answering():
            async with self._redis.redis.pipeline(transaction=True) as pipe:
                for sample, value in increments.items():
                    pipe.hincrbyfloat(_KEY, sample, value)

    async def read(self) -> dict[str, float]:
        """Give the totals by sample. Raises Unavailable."""
        with answering():
            stored = await self._redis.redis.hgetall(_KEY)
        return {str(sample): float(value) for sample, value in stored.items()}
