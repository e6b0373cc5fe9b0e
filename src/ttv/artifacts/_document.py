"""Store values as JSON, and read what is small in one go."""

from __future__ import annotations

import json

from ttv.artifacts._port import Artifact, Store
from ttv.artifacts._types import content_type
from ttv.scratch import scratch


async def put_document(
    store: Store, key: str, document: object, *, if_absent: bool = False
) -> Artifact:
    """Store a value as a JSON file; raises KeyTaken like ``Store.put``."""
    with scratch() as folder:
        path = folder / "document.json"
        path.write_text(json.dumps(document, indent=1))
        return await store.put(key, path, content_type=content_type(key), if_absent=if_absent)


async def contents(store: Store, key: str) -> bytes:
    """Read a small file whole; raises NotFound."""
    return b"".join([chunk async for chunk in store.read(key)])
