"""Remove many files of a store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import Final

from ttv.artifacts._port import Store

#: Files that are removed at once: enough to keep a store across a network busy.
_AT_ONCE: Final = 16


async def clear(store: Store, keys: Iterable[str]) -> None:
    """Remove files, some at a time in the order given; one that is gone is no error.

    Raises the first error of those that were under way, when all of these have ended.
    """
    left = iter(keys)
    while some := tuple(islice(left, _AT_ONCE)):
        outcomes = await asyncio.gather(*map(store.delete, some), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
