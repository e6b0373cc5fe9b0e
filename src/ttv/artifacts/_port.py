"""The port of the stores: where finished files live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ttv.errors import Conflict, InvalidRequest

#: The longest that a link works: no service signs for longer.
LONGEST_LINK_SECONDS: Final = 7 * 24 * 3600


class KeyTaken(Conflict):
    """A file has this key already."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A stored file: whole, and never changed once it is there."""

    #: Slash-separated path inside the store.
    key: str
    size: int
    #: Hex SHA-256 of the bytes.
    sha256: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored file as a listing names it."""

    key: str
    size: int
    #: Seconds since 1970 when it was put there.
    modified: float


@dataclass(frozen=True, slots=True)
class Offer:
    """How a file is given to who has a link to it. Raises InvalidRequest (``seconds``)."""

    #: How long the link works, in seconds.
    seconds: int
    content_type: str
    #: The Content-Disposition of the answer: as what it is shown or saved.
    disposition: str

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= LONGEST_LINK_SECONDS:
            raise InvalidRequest(
                f"a link works for 1 to {LONGEST_LINK_SECONDS} seconds", param="seconds"
            )


class Store(Protocol):
    """Keeps files by key; a key is written whole or not at all.

    Keys are slash-separated parts of ``[A-Za-z0-9._-]`` that do not start with a dot; anything
    else is refused with InvalidRequest (``checked_key``). Raises StorageFull,
    StorageUnwritable, Unavailable. An async context manager, opened and closed by ``wiring``.
    """

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        """Store a copy of ``source`` durably; an existing key is replaced atomically.

        With ``if_absent`` it is kept instead, and KeyTaken raised: of many writers one wins.
        """

    async def stat(self, key: str) -> Artifact | None:
        """Describe a stored file, or None when the key is free."""

    async def fetch(self, key: str, to: Path) -> Artifact:
        """Copy a stored file to ``to``, whole or not at all; raises NotFound."""

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream bytes ``start`` to ``end`` (exclusive) in chunks; raises NotFound."""

    async def delete(self, key: str) -> None:
        """Remove a stored file; a free key is no error."""

    def listed(self, prefix: str) -> AsyncIterator[Listed]:
        """List the files whose first parts are those of ``prefix``, in the order of their keys."""

    def uri(self, key: str) -> str:
        """Name a file as other programs of this store do: ``gs://bucket/...``, ``file:///...``."""

    async def link(self, key: str, offer: Offer) -> str | None:
        """Give a URL under which anyone may GET the file; the key may be free.

        None where files cannot be had over HTTP without the API. Raises Unavailable where signing
        needs a service.
        """

    async def sweep(self) -> int:
        """Remove what broken uploads left more than a day ago, and count it."""

    async def ping(self) -> None:
        """Return when the store can be written now; raise what ``put`` would raise."""
