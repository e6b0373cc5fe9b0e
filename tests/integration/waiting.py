"""Wait for what another process does, which no event tells."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Final

#: Seconds that anything may take on a busy machine. What a test proves is what happened by then.
PATIENCE: Final = 30.0


async def eventually(
    met: Callable[[], bool | Awaitable[bool]], *, seconds: float = PATIENCE
) -> None:
    """Return as soon as a condition holds; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            answer = met()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.01)
