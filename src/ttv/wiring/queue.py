"""Open what keeps jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from ttv import embedded, jobs
from ttv.observability import log
from ttv.settings import Settings


@asynccontextmanager
async def open_jobs(settings: Settings) -> AsyncIterator[jobs.Jobs]:
    """Connect to the configured Redis, or to the embedded server of the data folder."""
    async with AsyncExitStack() as stack:
        if settings.redis_url is None:
            url = await stack.enter_async_context(
                embedded.opened(settings.data_dir, notify=_note_queue_server)
            )
        else:
            url = redis_address(settings.redis_url, settings)
        yield await stack.enter_async_context(
            jobs.opened(
                url,
                lease_seconds=settings.lease_seconds,
                durable=settings.redis_durable,
                limits=jobs.Limits(
                    max_queued=settings.max_queued_jobs,
                    max_running=settings.max_running_jobs,
                    max_queue=settings.max_queue,
                ),
            )
        )


def redis_address(url: str, settings: Settings) -> str:
    """Put the configured password into a URL that has none."""
    parts = urlsplit(url)
    if settings.redis_password is None or parts.password is not None:
        return url
    password = quote(settings.redis_password.get_secret_value(), safe="")
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{host}"))


def _note_queue_server(sentence: str) -> None:
    log.info(sentence, action="queue_server.note")
