"""Open what lets people in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ttv import access
from ttv.redis import Connection
from ttv.settings import Settings
from ttv.wiring.queue import open_redis


@asynccontextmanager
async def open_access(settings: Settings) -> AsyncIterator[access.Access]:
    """Connect to where the keys are; works before the service has ever run."""
    async with open_redis(settings) as url, Connection(url) as connection:
        yield access.over(connection, settings, host=settings.api_host)
