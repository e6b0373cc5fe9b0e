"""Keep a provider's clip as it was delivered, at once: its address dies within days.

The clip is paid for. Once it is in our store nothing that happens to it here - a fault while it
is conformed, the death of a worker - makes anyone ask the provider again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ttv import media
from ttv.artifacts import Artifact, KeyTaken, Store, content_type
from ttv.errors import Transient
from ttv.generators import Generator
from ttv.media import Unreadable


async def ingest(
    store: Store, key: str, generator: Generator, handle: str, *, to: Path
) -> Artifact:
    """Bring a clip to ``to`` from the store; the first time, from the provider to both.

    Only what is a clip is kept. Raises what ``Generator.download`` raises, and Transient for
    anything else: it is downloaded again.
    """
    if await store.stat(key) is None:
        await generator.download(handle, to)
        await _check(to, generator.capabilities().model)
        with suppress(KeyTaken):  # another process was first: all go on with what is kept
            return await store.put(key, to, content_type=content_type(key), if_absent=True)
    return await store.fetch(key, to)


async def _check(clip: Path, engine: str) -> None:
    """Refuse what is no clip: an error page with a good status, one that breaks off, a bomb."""
    try:
        await media.inspect(clip)
    except Unreadable as error:
        raise Transient(
            f"what {engine} gave as the clip is none ({error.message}); it is downloaded again "
            "by the next try"
        ) from error
