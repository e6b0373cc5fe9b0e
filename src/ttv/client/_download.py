"""Bring a file of a film here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Final

import httpx

from ttv.client._http import Http
from ttv.client._part import Part
from ttv.client._problems import ServiceUnavailable
from ttv.errors import Transient

_CHUNK: Final = 1 << 18


async def download(
    http: Http, path: str, part: Part, on_progress: Callable[[int, int], None]
) -> None:
    """Load what is missing of the file at an address, check it and move it to its place."""
    if part.have() < part.size:
        await http.retry(partial(_load, http, path, part, on_progress))
    await asyncio.to_thread(part.finish)


async def _load(http: Http, path: str, part: Part, on_progress: Callable[[int, int], None]) -> None:
    """Load what is missing, as far as the connection holds."""
    have, tag = part.have(), f'"{part.sha256}"'
    headers = {"Range": f"bytes={have}-", "If-Range": tag, "Accept-Encoding": "identity"}
    answer = await http.open(path, headers=headers)
    async with aclosing(answer):
        if answer.headers.get("etag", tag) != tag:
            raise Transient("the film was made anew meanwhile; download it again")
        if answer.status_code != httpx.codes.PARTIAL_CONTENT:
            have = 0  # the whole file comes, whatever was asked for
        with part.opened(start=have) as write, http.connection_errors():
            async for chunk in answer.aiter_bytes(_CHUNK):
                write(chunk)
                have += len(chunk)
                on_progress(have, part.size)
    if have < part.size:
        raise ServiceUnavailable("the download was cut off")
