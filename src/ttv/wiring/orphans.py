"""Call off at their providers what dead workers were buying for films that nobody wants."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final

from ttv import jobs
from ttv.beside import beside
from ttv.errors import TtvError
from ttv.observability import log
from ttv.pipeline import Order, Pipeline

#: Seconds between two looks.
_LOOK: Final = 5.0


def looked_after(makes: Pipeline, opened: jobs.Jobs) -> AbstractAsyncContextManager[None]:
    """Look for orphans while the block runs."""
    return beside(_look(makes, opened))


async def _look(makes: Pipeline, opened: jobs.Jobs) -> None:
    while True:
        try:
            orphans = await opened.spend.orphans()
        except TtvError as error:
            log.warning("Orphans not told", action="orphan.untold", error=error.message)
            orphans = ()
        for orphan in orphans:
            await _end(makes, opened, orphan)
        await asyncio.sleep(_LOOK)


async def _end(makes: Pipeline, opened: jobs.Jobs, orphan: jobs.Orphan) -> None:
    """End one purchase; where that fails, it is told again."""
    try:
        await call_off(makes, opened, orphan)
    except TtvError as error:
        log.warning(
            "Orphan left alone", action="orphan.left", job_id=orphan.job, error=error.message
        )


async def call_off(makes: Pipeline, opened: jobs.Jobs, orphan: jobs.Orphan) -> None:
    """End one purchase, or give back what was set aside for one that was never made."""
    order = Order.from_json(orphan.request)
    cost = await makes.call_off(order, orphan.paid.id, buyer=orphan.job)
    if cost is None:
        await opened.spend.release(orphan.job, orphan.paid)
    else:
        await opened.spend.charge(orphan.job, orphan.step, orphan.paid, cost)
        log.info("Purchase called off", action="orphan.called_off", job_id=orphan.job)
