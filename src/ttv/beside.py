"""Work that goes on at the same time: beside a block, or some of much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Run coroutines while the block runs; then they are cancelled, and have ended."""
    working = {asyncio.create_task(one) for one in work}
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.wait(working)


async def together(work: Iterable[Awaitable[object]], *, at_once: int) -> None:
    """Do all of it, some at a time in the order given; what is lazy is made when its turn comes.

    Raises the first error of those that were under way, when all of these have ended.
    """
    left = iter(work)
    while some := tuple(islice(left, at_once)):
        for outcome in await asyncio.gather(*some, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
