"""Call off at their providers what dead workers were buying for films that nobody wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ttv import jobs
from ttv.errors import TtvError
from ttv.observability import log
from ttv.pipeline import Order, Pipeline
from ttv.wiring.runner import JobPurse

#: Seconds between two looks.
_LOOK: Final = 5.0


@asynccontextmanager
async def looked_after(makes: Pipeline, opened: jobs.Jobs) -> AsyncIterator[None]:
    """Look for orphans while the block runs."""
    looking = asyncio.create_task(_look(makes, opened))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait({looking})


async def _look(makes: Pipeline, opened: jobs.Jobs) -> None:
    while True:
        try:
            for orphan in await opened.spend.orphans():
                await call_off(makes, opened, orphan)
        except TtvError as error:
            log.warning("Orphans left alone", action="orphan.left", error=error.message)
        await asyncio.sleep(_LOOK)


async def call_off(makes: Pipeline, opened: jobs.Jobs, orphan: jobs.Orphan) -> None:
    """End one purchase, or give back what was set aside for one that was never made."""
    job = await opened.store.get(orphan.job)
    purse = JobPurse(opened.spend, job, job.step(orphan.step))
    order = Order.from_json(job.request)
    if await makes.call_off(order, orphan.paid.id, purse):
        log.info("Purchase called off", action="orphan.called_off", job_id=orphan.job)
    else:
        await opened.spend.release(orphan.job, orphan.paid)
