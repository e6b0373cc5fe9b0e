"""The pulse of a running step: it keeps the lease alive and carries the progress."""

from __future__ import annotations

import asyncio
from typing import Final

from ttv.errors import Cancelled, LeaseLost, TtvError, Unavailable
from ttv.jobs import Claim, Hold, Leases

#: Seconds between two reports of one step, at least.
_PACE: Final = 0.25


class Pulse:
    """Reports for one claim, at once when there is news and in time when there is none."""

    def __init__(self, leases: Leases, claim: Claim) -> None:
        self._leases = leases
        self._claim = claim
        self._news = asyncio.Event()
        self._fraction: float | None = None
        self._message = ""

    def report(self, fraction: float, message: str) -> None:
        """Take note of how far the step is; of several notes in one moment the last is told."""
        self._fraction, self._message = fraction, message
        self._news.set()

    async def beat(self) -> TtvError:
        """Report until the claim no longer stands; gives the reason, Cancelled or LeaseLost."""
        lease = self._leases.lease_seconds
        while True:
            wait = lease / 3 - _PACE
            self._news.clear()
            try:
                hold = await self._leases.report(
                    self._claim, fraction=self._fraction, message=self._message
                )
            except Unavailable:
                # The work goes on: while Redis is away, no other worker can take the step.
                hold, wait = Hold.HELD, lease / 10
            if hold is Hold.CANCELED:
                return Cancelled()
            if hold is Hold.LOST:
                return LeaseLost()
            await asyncio.sleep(_PACE)
            await self._wait_for_news(wait)

    async def _wait_for_news(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass
