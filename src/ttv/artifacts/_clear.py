"""Remove many files of a store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ttv.artifacts._port import Store
from ttv.beside import together

#: Files that are removed at once: enough to keep a store across a network busy.
_AT_ONCE: Final = 16


async def clear(store: Store, keys: Iterable[str]) -> None:
    """Remove files, some at a time in the order given; one that is gone is no error.

    Raises the first error of those that were under way, when all of these have ended.
    """
    await together(map(store.delete, keys), at_once=_AT_ONCE)
