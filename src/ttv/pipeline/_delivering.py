"""Put a finished film where its owner finds it, find it there again, and remove it.

Every attempt at a job delivers to a place of its own, and a file that is there is never replaced:
a worker that was thought dead can do no harm to what another has delivered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ttv.artifacts import Artifact, KeyTaken, Store, clear, content_type, contents
from ttv.errors import Conflict, NotFound
from ttv.pipeline._cache import address, is_made_by
from ttv.pipeline._makers import makers
from ttv.pipeline._manifest import MANIFEST_FILE, Unreadable, manifest, tells_of, told_files
from ttv.pipeline._step import Kind, Result
from ttv.pipeline._work import Work
from ttv.provenance import Claim


class _AnotherFilm(Conflict):
    """Another film lies where this attempt delivers; a retry has a place of its own."""


async def delivery(work: Work) -> Result:
    """Put the film and all that goes with it at its final place, the manifest last.

    The manifest tells of the files that are there. Where there is one, all is delivered. Raises
    Conflict where that is another film: a Redis that was put back from a backup counts attempts
    again that had been made before.
    """
    store, destination = work.tools.store, work.commission.destination
    key = f"{destination}/{MANIFEST_FILE}"
    if await store.stat(key) is None:
        files = {
            role: await _put(work, role, source, f"{destination}/{Path(source.key).name}")
            for role, source in _sources(work.results).items()
        }
        path = work.workspace / MANIFEST_FILE
        document = manifest(
            work.commission,
            work.order,
            work.film_plan,
            work.heads,
            work.results,
            files=files,
            first=work.first_plan,
            made_with=makers(work.tools),
        )
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1))
        with suppress(KeyTaken):
            await store.put(key, path, content_type=content_type(key), if_absent=True)
    result, written = await delivered(store, destination)
    if not tells_of(written, work.results):
        raise _AnotherFilm
    return result


def _sources(results: Mapping[str, Result]) -> dict[str, Artifact]:
    """Name what is delivered by its role: film, poster, plan, and all outputs that were made."""
    outputs = {
        role: file
        for result in results.values()
        for role, file in result.files.items()
        if is_made_by(Kind.OUTPUT, file.key)
    }
    film, plan = results["film"].files, results["plan"].files
    return {"plan": plan["plan"], "poster": film["poster"], "film": film["film"], **outputs}


async def _put(work: Work, role: str, source: Artifact, key: str) -> Artifact:
    """Copy a file to a place where there is none; what is there stays, and is given.

    It is the same, for an attempt is made of the same whoever delivers it. Only a signed film
    is another each time. Raises Conflict for any other that differs.
    """
    store = work.tools.store
    found = await store.stat(key)
    if found is None:
        path = work.workspace / Path(key).name
        await store.fetch(source.key, path)
        if role == "film":
            path = await _signed(work, path)
        try:
            return await store.put(key, path, content_type=source.content_type, if_absent=True)
        except KeyTaken:
            found = await store.stat(key)
            if found is None:
                raise
    if found.sha256 != source.sha256 and (role != "film" or work.tools.provenance is None):
        raise _AnotherFilm
    return found


async def _signed(work: Work, film: Path) -> Path:
    """Give the film with a claim inside of where it comes from, where the operator signs any.

    It is the last change. The manifest has both: this one beside it, and that of the film step,
    which is the same whenever it is made from the same.
    """
    if work.tools.provenance is None:
        return film
    signed = film.with_name(f"signed-{film.name}")
    claim = Claim(work.commission.buyer, trained=work.tools.engine.trained)
    await work.tools.provenance.sign(film, signed, claim)
    return signed


async def delivered(store: Store, destination: str) -> tuple[Result, bytes]:
    """Give the result of a delivery again, from the files that are there, and its manifest.

    Raises NotFound, and Unreadable where the manifest tells of other files.
    """
    key = f"{destination}/{MANIFEST_FILE}"
    document = await contents(store, key)
    files = {}
    for role, told in told_files(document).items():
        found = await store.stat(f"{destination}/{told.name}")
        if found is None:
            raise NotFound(f"there is no {role} beside the manifest")
        if told.sha256 not in {None, found.sha256}:
            raise Unreadable(f"the {role} beside the manifest is another one")
        files[role] = found
    written = await store.stat(key)
    if written is None:
        raise NotFound("there is no manifest any more")
    files["manifest"] = written
    uri = {"uri": store.uri(files["film"].key)} if "film" in files else {}
    return Result(address(Kind.DELIVERY, destination=destination), files, facts=uri), document


async def discard(store: Store, home: str) -> None:
    """Remove all that was delivered there or below."""
    await remove_films(store, [listed.key async for listed in store.listed(home)])


async def remove_films(store: Store, keys: Sequence[str]) -> None:
    """Remove delivered files, manifests first: what none tells of is not looked for."""
    manifests = [key for key in keys if key.endswith(f"/{MANIFEST_FILE}")]
    await clear(store, manifests)
    await clear(store, (key for key in keys if key not in manifests))
