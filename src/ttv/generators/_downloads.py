"""Fetch finished clips from a provider's addresses, which do not work for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

from ttv.generators._remote import AddressExpired, Api

#: Asks a provider where the clip is.
Address: TypeAlias = Callable[[], Awaitable[str]]

_MOST_BYTES: Final = 1 << 30
_SECONDS: Final = 900.0
#: Those that stall must leave connections to the polls.
_AT_ONCE: Final = 16


class Downloads:
    """Downloads the clips of one provider, a few at a time."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lines = asyncio.Semaphore(_AT_ONCE)

    async def bring(self, address: Address, to: Path) -> None:
        """Write the clip to ``to``, whole or not at all.

        ``address`` is asked anew where the one that it gave has expired. Raises what it
        raises, Transient, and Permanent for a clip that is too large.
        """
        async with self._lines:
            try:
                await self._fetch(address, to)
            except AddressExpired:
                await self._fetch(address, to)

    async def _fetch(self, address: Address, to: Path) -> None:
        await self._api.fetch(await address(), to, most_bytes=_MOST_BYTES, seconds=_SECONDS)
