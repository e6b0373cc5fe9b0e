"""How many requests a caller may send."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from ttv.redis import Connection

_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests in so many seconds: all of them at once, then at the even pace of it."""

    name: str
    quota: int
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Count:
    """How a caller stands with a policy after a request."""

    policy: Policy
    allowed: bool
    #: Requests that he may send now.
    remaining: int
    #: Seconds until he has all of them again.
    full_after: int
    #: Seconds until he may send the next one; 0 for an allowed request.
    retry_after: int


class Rates:
    """Counts requests in Redis, for all processes together and by its clock."""

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    async def count(self, policy: Policy, caller: str) -> Count:
        """Count one request of a caller. Raises Unavailable."""
        allowed, remaining, full_us, retry_us = await self._redis.script(
            "gcra", f"{policy.name}:{caller}", policy.quota, policy.seconds
        )
        return Count(
            policy=policy,
            allowed=allowed == 1,
            remaining=int(remaining),
            full_after=ceil(int(full_us) / _MICRO),
            retry_after=ceil(int(retry_us) / _MICRO),
        )
