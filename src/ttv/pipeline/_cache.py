"""Step results by content address: what exists in the store is not made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from ttv.artifacts import Store, content_type, contents, put_document
from ttv.pipeline._step import Kind, Result

#: Lies beside the files of a result once all are there.
RECORD_FILE: Final = "result.json"


def address(kind: Kind, **inputs: object) -> str:
    """Hash a step's kind and every input into its content address.

    Inputs are JSON values or frozen values; files are given by their SHA-256.
    """
    canonical = json.dumps(
        {"kind": kind.value, **inputs},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=_plain,
    )
    return sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


@dataclass(frozen=True, slots=True)
class Cache:
    """Keeps step results in the artifact store under ``steps/``."""

    store: Store

    async def find(self, kind: Kind, digest: str) -> Result | None:
        """Give the stored result, or None when any of its files is missing or cut short."""
        record = await self.store.stat(_record(kind, digest))
        if record is None:
            return None
        document = await contents(self.store, record.key)
        result = replace(Result.from_json(json.loads(document)), reused=True, seconds=0.0)
        for file in result.files.values():
            if await self.store.stat(file.key) != file:
                return None
        return result

    async def keep(
        self,
        kind: Kind,
        result: Result,
        files: Mapping[str, Path],
    ) -> Result:
        """Store the files and then the record; a crash in between leaves no record."""
        place = folder(kind, result.address)
        stored = {
            role: await self.store.put(
                f"{place}/{path.name}", path, content_type=content_type(path.name)
            )
            for role, path in files.items()
        }
        complete = replace(result, files=stored)
        await put_document(self.store, _record(kind, result.address), complete.to_json())
        return complete


def folder(kind: Kind, digest: str) -> str:
    """Give the key prefix of all that is kept under a content address."""
    return f"steps/{kind.value}/{digest[:2]}/{digest}"


def is_made_by(kind: Kind, key: str) -> bool:
    """Tell whether a stored file is a result of steps of that kind."""
    return key.startswith(f"steps/{kind.value}/")


def _record(kind: Kind, digest: str) -> str:
    return f"{folder(kind, digest)}/{RECORD_FILE}"
