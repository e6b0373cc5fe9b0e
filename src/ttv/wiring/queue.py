"""Open what keeps jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from ttv import embedded, jobs
from ttv.observability import log
from ttv.settings import Settings


@asynccontextmanager
async def open_jobs(settings: Settings) -> AsyncIterator[jobs.Jobs]:
    """Connect to the configured Redis, or to the embedded server of the data folder."""
    async with (
        open_redis(settings) as url,
        jobs.opened(
            url,
            lease_seconds=settings.lease_seconds,
            durable=settings.redis_durable,
            limits=jobs.Limits(
                max_queued=settings.max_queued_jobs,
                max_running=settings.max_running_jobs,
                max_queue=settings.max_queue,
            ),
        ) as opened,
    ):
        yield opened


@asynccontextmanager
async def open_redis(settings: Settings) -> AsyncIterator[str]:
    """Give the URL of the configured Redis, or of the embedded server, which runs meanwhile."""
    if settings.redis_url is not None:
        yield redis_address(settings.redis_url, settings)
        return
    async with embedded.opened(settings.data_dir, notify=_note_queue_server) as url:
        yield url


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
