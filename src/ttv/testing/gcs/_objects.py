"""The objects of a bucket, and what is told about each."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import google_crc32c

from ttv.testing.gcs._http import Refused


@dataclass(frozen=True, slots=True)
class Draft:
    """An object that is about to be made."""

    name: str
    content_type: str
    metadata: Mapping[str, str]
    #: Hashes that the bytes must have, as base64; by ``crc32c`` and ``md5``.
    hashes: Mapping[str, str]
    #: The generation it replaces: 0 means none, None any.
    wanted_generation: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """An object: its bytes never change."""

    name: str
    data: bytes = field(repr=False)
    content_type: str
    metadata: Mapping[str, str]
    generation: int
    created: datetime
    metageneration: int = 1
    #: Hashes of the bytes, as base64.
    hashes: Mapping[str, str] = field(default_factory=dict)

    def resource(self, bucket: str) -> dict[str, Any]:
        """Describe the object as the API does; numbers of 64 bits are texts there."""
        moment = f"{self.created:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        return {
            "kind": "storage#object",
            "id": f"{bucket}/{self.name}/{self.generation}",
            "name": self.name,
            "bucket": bucket,
            "generation": str(self.generation),
            "metageneration": str(self.metageneration),
            "contentType": self.content_type,
            "metadata": dict(self.metadata),
            "size": str(len(self.data)),
            "crc32c": self.hashes["crc32c"],
            "md5Hash": self.hashes["md5"],
            "timeCreated": moment,
            "updated": moment,
            "etag": self.etag,
        }

    @property
    def etag(self) -> str:
        """Give the mark of this version."""
        return f"{self.generation}-{self.metageneration}"


class Shelf:
    """The objects of one bucket; only the newest generation of each is kept."""

    def __init__(self) -> None:
        self._objects: dict[str, Stored] = {}
        self._generation = 0

    def put(self, draft: Draft, data: bytes, *, check: bool = True) -> Stored:
        """Make an object. Raises Refused where a condition or a hash does not hold."""
        self.require(draft.name, draft.wanted_generation)
        hashes = hashes_of(data)
        for kind, expected in draft.hashes.items() if check else ():
            if hashes[kind] != expected:
                raise Refused(
                    400,
                    f"Provided {kind.upper()} '{expected}' doesn't match calculated "
                    f"{kind.upper()} '{hashes[kind]}'.",
                )
        now = datetime.now(tz=UTC)
        self._generation = max(self._generation + 1, int(now.timestamp() * 1_000_000))
        stored = Stored(
            draft.name,
            data,
            draft.content_type,
            draft.metadata,
            self._generation,
            now,
            hashes=hashes,
        )
        self._objects[draft.name] = stored
        return stored

    def get(self, name: str, generation: int | None = None) -> Stored:
        """Give an object. Raises Refused where there is none, or not in this generation."""
        stored = self._objects.get(name)
        if stored is None or generation not in (None, stored.generation):
            raise Refused(404, f"No such object: {name}")
        return stored

    def note(self, name: str, metadata: Mapping[str, str | None]) -> Stored:
        """Change what is written beside the bytes; None removes an entry."""
        stored = self.get(name)
        merged = {**stored.metadata, **metadata}
        kept = {key: value for key, value in merged.items() if value is not None}
        noted = replace(stored, metadata=kept, metageneration=stored.metageneration + 1)
        self._objects[name] = noted
        return noted

    def delete(
        self, name: str, *, wanted: int | None = None, generation: int | None = None
    ) -> None:
        """Remove an object. Raises Refused."""
        self.get(name, generation)
        self.require(name, wanted)
        del self._objects[name]

    def require(self, name: str, wanted: int | None) -> None:
        """Raise Refused unless the object has the generation that is wanted."""
        stored = self._objects.get(name)
        if wanted is not None and wanted != (stored.generation if stored else 0):
            raise Refused(412, "At least one of the pre-conditions you specified did not hold.")

    def listed(self, prefix: str, after: str, most: int) -> tuple[list[Stored], str | None]:
        """Give a page of objects by name, and where the next one starts."""
        names = sorted(name for name in self._objects if name.startswith(prefix) and name > after)
        page = [self._objects[name] for name in names[:most]]
        return page, page[-1].name if len(names) > most else None


def hashes_of(data: bytes) -> dict[str, str]:
    """Give both hashes of bytes as the API writes them."""
    crc = google_crc32c.value(data).to_bytes(4, "big")
    md5 = hashlib.md5(data, usedforsecurity=False).digest()
    return {"crc32c": base64.b64encode(crc).decode(), "md5": base64.b64encode(md5).decode()}
