"""Counters of all workers together, kept in Redis: a worker has no port to be scraped at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import coredis
from coredis.exceptions import RedisError

from ttv.errors import Unavailable


class Totals:
    """Adds up what workers counted; totals never fall when a worker ends.

    The client is opened and closed by its owner.
    """

    def __init__(self, client: coredis.Redis[Any], *, key: str = "ttv:totals") -> None:
        self._client = client
        self._key = key

    async def add(self, increments: Mapping[str, float]) -> None:
        """Add every increment, or none. Raises Unavailable."""
        if not increments:
            return
        try:
            async with self._client.pipeline(transaction=True) as pipe:
                for sample, value in increments.items():
                    pipe.hincrbyfloat(self._key, sample, value)
        except (RedisError, OSError) as error:
            raise Unavailable("Redis did not take the workers' counters") from error

    async def read(self) -> dict[str, float]:
        """Give the totals by sample. Raises Unavailable."""
        try:
            stored = await self._client.hgetall(self._key)
        except (RedisError, OSError) as error:
            raise Unavailable("Redis did not give the workers' counters") from error
        return {_text(sample): float(value) for sample, value in stored.items()}


def _text(sample: str | bytes) -> str:
    return sample.decode() if isinstance(sample, bytes) else sample
