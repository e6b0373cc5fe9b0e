"""What steps made, as it lies in the store, and how it is let go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from ttv.artifacts import Folder, Store, clear, folders, put_document
from ttv.pipeline._cache import RECORD_FILE
from ttv.pipeline._ledger import INTENT, PURCHASE, Ledger

#: Where all of it lies, and how many parts the key of one result has.
_STEPS: Final = "steps"
_PARTS: Final = 4
#: Lies in place of its record in a folder that nobody finds any more.
_MARK: Final = "unused.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is stored under one content address."""

    folder: Folder

    @property
    def key(self) -> str:
        """Name the folder, as keys of its files begin."""
        return self.folder.key

    @property
    def complete(self) -> bool:
        """Tell whether it is a whole result, which the next film uses."""
        return self._modified(RECORD_FILE) is not None

    @property
    def retired(self) -> float | None:
        """Tell since when nobody finds it any more."""
        return self._modified(_MARK)

    @property
    def written(self) -> float:
        """Tell when something was last written that a step made or bought."""
        times = [file.modified for file in self.folder.files if _name(file.key) != _MARK]
        return max(times, default=self.folder.modified)

    def _modified(self, name: str) -> float | None:
        times = (file.modified for file in self.folder.files if _name(file.key) == name)
        return next(times, None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The results of steps in a store."""

    store: Store

    @staticmethod
    def folder_of(key: str) -> str:
        """Name the folder of the result that a file belongs to."""
        return "/".join(key.split("/")[:_PARTS])

    async def all(self) -> AsyncIterator[Kept]:
        """Give all that is kept, one at a time."""
        async for folder in folders(self.store, _STEPS, parts=_PARTS):
            yield Kept(folder)

    async def buyer(self, kept: Kept) -> str | None:
        """Name who is buying what is not there yet; None where nobody is."""
        if kept.complete or not any(_is_note(file.key) for file in kept.folder.files):
            return None
        entry = await Ledger(self.store, kept.key).last()
        return None if entry is None or entry.over else entry.purchase.buyer

    async def retire(self, kept: Kept) -> None:
        """Let nobody find a whole result any more; its files stay for those who found it.

        What was noted of its purchase goes first: nobody must follow it once the clip is lost.
        """
        await put_document(self.store, f"{kept.key}/{_MARK}", {})
        await clear(self.store, (file.key for file in kept.folder.files if _is_note(file.key)))
        await self.store.delete(f"{kept.key}/{RECORD_FILE}")

    async def remove(self, kept: Kept) -> bool:
        """Remove all of it; False when something was written since it was looked at."""
        now = [listed async for listed in self.store.listed(kept.key)]
        if tuple(now) != kept.folder.files:
            return False
        # A purchase whose intent is gone is none, whatever else is left of it.
        keys = [file.key for file in now]
        await clear(self.store, (key for key in keys if _is_note(key) and INTENT in key))
        await clear(self.store, keys)
        return True


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _is_note(key: str) -> bool:
    return _name(key).startswith(PURCHASE)
