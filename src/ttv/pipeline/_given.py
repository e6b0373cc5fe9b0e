"""Given: a file of the user's own that a film is made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from ttv import media
from ttv.artifacts import Store
from ttv.errors import NotFound
from ttv.media import Format
from ttv.pipeline._cache import address
from ttv.pipeline._step import Kind


class Gone(NotFound):
    """A file that the film is made with is not kept any more."""

    code: ClassVar[str] = "gone"


@dataclass(frozen=True, slots=True)
class Given:
    """A file by its id among those of who ordered the film, and by what it holds."""

    id: str
    #: Hex SHA-256 of its bytes; part of the address of what is made with it.
    sha256: str

    def to_json(self) -> dict[str, str]:
        """Give the JSON form."""
        return {"id": self.id, "sha256": self.sha256}

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> Self | None:
        """Read the JSON form; None where none was given."""
        return cls(document["id"], document["sha256"]) if document else None


@dataclass(frozen=True, slots=True)
class Cupboard:
    """The files that an order names, where its commission says that they are."""

    store: Store
    #: Keys by the ids of the files.
    keys: Mapping[str, str]

    async def check(self, given: Given) -> str:
        """Give the key of a file. Raises Gone."""
        key = self.keys.get(given.id)
        there = await self.store.stat(key) if key else None
        if there is None or there.sha256 != given.sha256:
            raise Gone(
                f"the file {given.id} that the film is made with is not kept any more; "
                "upload it again, then retry"
            )
        return there.key

    async def fetch(self, given: Given, to: Path) -> None:
        """Copy a file to a path. Raises Gone."""
        await self.store.fetch(await self.check(given), to)


def opening(picture: Given, fmt: Format) -> str:
    """Address a picture as a film opens on it: cut to its shape."""
    return address(Kind.KEYFRAME, covering=media.COVERING, picture=picture.sha256, format=fmt)
