"""How many requests a caller may send."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from ttv.redis import Connection

_MICRO: Final = 1_000_000
#: A process takes a hundredth of a quota at a time, but no more than a few requests, and hands
#: them out by itself: a large quota costs few round trips, and is exceeded by at most that in
#: each process; one below 200 is exact.
_SHARES: Final = 100
_MOST_TAKEN: Final = 20
#: Callers whose shares are held; beyond it shares are lost.
_MOST_HELD: Final = 10_000


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


@dataclass(slots=True)
class _Share:
    """Requests that were taken from Redis and not used yet."""

    left: int
    #: What Redis had left beside them, and when all will be free again.
    beside: int
    full_at: float


class Rates:
    """Counts requests in Redis, for all processes together and by its clock."""

    def __init__(
        self, redis: Connection, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._monotonic = monotonic
        self._shares: dict[str, _Share] = {}

    async def count(self, policy: Policy, caller: str) -> Count:
        """Count one request of a caller. Raises Unavailable."""
        name = f"{policy.name}:{caller}"
        share = self._shares.get(name)
        if share is None or not share.left or share.full_at <= self._monotonic():
            taken, beside, full_us, retry_us = await self._redis.script(
                "gcra", name, policy.quota, policy.seconds, _share_of(policy)
            )
            share = self._hold(name, int(taken), int(beside), int(full_us) / _MICRO)
            if not taken and not share.left:
                return self._told(policy, share, retry_after=ceil(int(retry_us) / _MICRO))
        share.left -= 1
        return self._told(policy, share)

    def _hold(self, name: str, taken: int, beside: int, full_after: float) -> _Share:
        """Add a share to what is left of the one before, which others may be taking from."""
        now = self._monotonic()
        before = self._shares.get(name)
        left = before.left if before is not None and before.full_at > now else 0
        if len(self._shares) >= _MOST_HELD:
            self._shares.clear()
        share = self._shares[name] = _Share(left + taken, beside, now + full_after)
        return share

    def _told(self, policy: Policy, share: _Share, *, retry_after: int = 0) -> Count:
        return Count(
            policy=policy,
            allowed=retry_after == 0,
            remaining=share.beside + share.left,
            full_after=max(0, ceil(share.full_at - self._monotonic())),
            retry_after=retry_after,
        )


def _share_of(policy: Policy) -> int:
    """Give how many requests a process takes at a time."""
    return max(1, min(_MOST_TAKEN, policy.quota // _SHARES))
