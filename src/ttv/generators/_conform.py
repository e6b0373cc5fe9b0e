"""Bring a provider's clip to the frames and the format that were asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeAlias

from ttv import children
from ttv.children import Limits
from ttv.generators._remote import AddressExpired, Api
from ttv.generators._ticket import Ticket
from ttv.media import Coding

#: Part of the version of every engine that conforms its clips.
VERSION: Final = "1"

#: Asks a provider where the clip is.
Address: TypeAlias = Callable[[], Awaitable[str]]

_LIMITS: Final = Limits(memory_bytes=4 << 30, cpu_seconds=600)
_MOST_BYTES: Final = 1 << 30
_DOWNLOAD_SECONDS: Final = 900.0
#: Those that stall must leave connections to the polls.
_DOWNLOADS_AT_ONCE: Final = 16
#: Clean enough that the second encoding of a clip does not show.
_CODING: Final = Coding(crf=17)


class Delivery:
    """Downloads clips, and conforms them in child processes: as many at a time as cores."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lines = asyncio.Semaphore(_DOWNLOADS_AT_ONCE)
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def bring(self, address: Address, ticket: Ticket, to: Path) -> tuple[str, ...]:
        """Write the clip to ``to`` as its ticket says, and tell what was done to it.

        ``address`` is asked anew where the one that it gave has expired. Raises what it
        raises, Transient, and Permanent (also for what is no video or too short).
        """
        raw = to.with_name(f".{to.name}.raw")
        try:
            async with self._lines:
                await self._fetch(address, raw)
            async with self._cores:
                _, told = await children.run(
                    "ttv.generators._conform_child",
                    {
                        "raw": str(raw),
                        "to": str(to),
                        "format": asdict(ticket.format),
                        "frames": ticket.frames,
                        "leave_out": int(ticket.follows),
                        "coding": asdict(_CODING),
                    },
                    limits=_LIMITS,
                )
            return told
        finally:
            raw.unlink(missing_ok=True)

    async def _fetch(self, address: Address, to: Path) -> None:
        try:
            await self._fetch_once(address, to)
        except AddressExpired:
            await self._fetch_once(address, to)

    async def _fetch_once(self, address: Address, to: Path) -> None:
        await self._api.fetch(
            await address(), to, most_bytes=_MOST_BYTES, seconds=_DOWNLOAD_SECONDS
        )
