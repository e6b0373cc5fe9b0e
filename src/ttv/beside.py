"""Work that goes on beside a block, and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
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
