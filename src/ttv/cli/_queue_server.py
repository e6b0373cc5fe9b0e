"""The queue server of a process: the configured one, or the one of the data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ttv import embedded
from ttv.observability import log
from ttv.settings import Settings


@asynccontextmanager
async def with_queue_server(settings: Settings) -> AsyncIterator[Settings]:
    """Give settings whose ``redis_url`` is set, as long as the block runs.

    Without one configured, the server of the data folder is started or, where another process
    keeps it already, shared.
    """
    if settings.redis_url is not None:
        yield settings
        return

    def notify(sentence: str) -> None:
        log.info(sentence, action="queue_server.changed")

    async with embedded.opened(settings.data_dir, notify=notify) as url:
        yield settings.model_copy(update={"redis_url": url})
