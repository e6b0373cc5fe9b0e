"""The port of the stores: where finished files live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ttv.errors import Conflict


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

    def keys(self, prefix: str) -> AsyncIterator[str]:
        """List the keys whose first parts are those of ``prefix``, in their order."""

    async def ping(self) -> None:
        """Return when the store can be written now; raise what ``put`` would raise."""
