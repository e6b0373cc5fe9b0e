"""What is written down of the purchases of one segment, in the store beside its result.

Every note is a file of its own that is made once and never changed, so of two processes that
want to write one, the second hears of it. A purchase is opened by its intent; it goes on with
the provider's answer (a handle, or that nothing was bought) and with what it says at the end.
It is over without a segment when the answer was empty or a note says so. The next try is the
next purchase.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final

from ttv.artifacts import KeyTaken, Store, contents, put_document
from ttv.errors import NotFound
from ttv.pipeline._purse import Purchase

#: How the names of all notes begin, and what the first of a purchase is called.
PURCHASE: Final = "purchase-"
INTENT: Final = "intent"
#: Why there is no segment when nobody wanted it any more.
CALLED_OFF: Final = "canceled"


@dataclass(frozen=True, slots=True)
class Made:
    """What a provider said when it had made a segment."""

    warnings: tuple[str, ...]
    #: What was paid, in millionths of a US dollar.
    cost: int


@dataclass(frozen=True, slots=True)
class Entry:
    """How a purchase stands."""

    purchase: Purchase
    #: The provider's name for it; None while it has not answered, or when it took nothing.
    handle: str | None = None
    #: None while the provider makes it; then its clip is there, or on its way.
    made: Made | None = None
    #: Nothing will come of it.
    over: bool = False
    #: That is because its buyer did not want it any more; else all is paid when it is over.
    called_off: bool = False

    @property
    def next_key(self) -> str:
        """Name the next try to the provider.

        Where it took nothing the key stays: should a request of a process that was thought dead
        still arrive, one of the two is refused.
        """
        if self.handle is None:
            return self.purchase.key
        return sha256(self.purchase.id.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The notes of all tries to buy one segment."""

    store: Store
    #: Key prefix of the segment's result.
    folder: str

    async def last(self) -> Entry | None:
        """Give the newest purchase, the only one that may be open."""
        entry, number = None, 1
        while (found := await self.find(number)) is not None:
            entry, number = found, number + 1
        return entry

    async def find(self, number: int) -> Entry | None:
        """Give a purchase by its number."""
        intent = await self._read(number, INTENT)
        return None if intent is None else await self.read(Purchase.from_json(intent))

    async def read(self, purchase: Purchase) -> Entry:
        """Tell how a purchase stands."""
        answer = await self._read(purchase.number, "answer")
        if answer is None:
            return Entry(purchase)
        if answer["handle"] is None:
            return Entry(purchase, over=True)
        made = await self._read(purchase.number, "made")
        if made is not None:
            return Entry(purchase, answer["handle"], Made(tuple(made["warnings"]), made["cost"]))
        ended = await self._read(purchase.number, "end")
        called_off = ended is not None and ended["reason"] == CALLED_OFF
        return Entry(purchase, answer["handle"], over=ended is not None, called_off=called_off)

    async def open(self, purchase: Purchase) -> bool:
        """Write down that it will be bought; False when another process has opened it first."""
        return await self._write(purchase.number, INTENT, purchase.to_json())

    async def answer(self, purchase: Purchase, handle: str | None) -> Entry:
        """Write down what the provider has answered; gives the first answer that stands."""
        await self._write(purchase.number, "answer", {"handle": handle})
        return await self.read(purchase)

    async def make(self, purchase: Purchase, made: Made) -> None:
        """Write down that the provider has made the segment, which is paid."""
        await self._write(purchase.number, "made", asdict(made))

    def source(self, purchase: Purchase) -> str:
        """Give the key of the clip as the provider delivered it."""
        return f"{self.folder}/{PURCHASE}{purchase.number}-source.mp4"

    async def end(self, purchase: Purchase, reason: str) -> None:
        """Write down why no segment comes of a purchase that the provider had taken."""
        await self._write(purchase.number, "end", {"reason": reason})

    def _key(self, number: int, note: str) -> str:
        return f"{self.folder}/{PURCHASE}{number}-{note}.json"

    async def _read(self, number: int, note: str) -> Mapping[str, Any] | None:
        try:
            written = await contents(self.store, self._key(number, note))
        except NotFound:
            return None
        document: Mapping[str, Any] = json.loads(written)
        return document

    async def _write(self, number: int, note: str, document: Mapping[str, Any]) -> bool:
        try:
            await put_document(self.store, self._key(number, note), document, if_absent=True)
        except KeyTaken:
            return False
        return True
