"""Wait for what another process does, which no event tells."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable


async def eventually(met: Callable[[], bool | Awaitable[bool]], *, seconds: float = 10) -> None:
    """Return as soon as a condition holds; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            answer = met()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.01)
