"""Put a finished film where its owner finds it, find it there again, and remove it."""

from __future__ import annotations

import json
from typing import Final

from ttv.artifacts import Store
from ttv.errors import NotFound
from ttv.pipeline._cache import address, content_type
from ttv.pipeline._manifest import MANIFEST_FILE, manifest
from ttv.pipeline._step import Kind, Result
from ttv.pipeline._work import PLAN_FILE, Work

#: The files of a finished film by role, in the order in which they are put at their place.
_DELIVERED: Final = {
    "film": "film.mp4",
    "poster": "poster.png",
    "plan": PLAN_FILE,
    "manifest": MANIFEST_FILE,
}


async def delivery(work: Work) -> Result:
    """Put film, poster, plan and manifest at their final place, the manifest last."""
    destination = work.commission.destination
    path = work.workspace / MANIFEST_FILE
    document = manifest(work.commission, work.order, work.film_plan, work.heads, work.results)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1))
    sources = {
        "film": await work.bring("film", "film"),
        "poster": await work.bring("film", "poster"),
        "plan": await work.bring("plan", "plan"),
        "manifest": path,
    }
    files = {
        role: await work.tools.store.put(
            f"{destination}/{_DELIVERED[role]}", source, content_type=content_type(source)
        )
        for role, source in sources.items()
    }
    return Result(address(Kind.DELIVERY, destination=destination), files)


async def delivered(store: Store, destination: str) -> Result:
    """Give the result of a delivery again, from the files that are there; raises NotFound."""
    files = {role: await store.stat(f"{destination}/{name}") for role, name in _DELIVERED.items()}
    there = {role: file for role, file in files.items() if file is not None}
    if missing := files.keys() - there.keys():
        raise NotFound(f"there is no {', '.join(sorted(missing))} beside the manifest")
    return Result(address(Kind.DELIVERY, destination=destination), there)


async def discard(store: Store, destination: str) -> None:
    """Remove a delivered film, the manifest first: what it does not name is not looked for."""
    for file in reversed(_DELIVERED.values()):
        await store.delete(f"{destination}/{file}")
