"""Bring a film here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Final

import httpx

from ttv.client._http import Http, job_path
from ttv.client._part import Part
from ttv.client._problems import ServiceUnavailable

_CHUNK: Final = 1 << 18


async def download(
    http: Http, job_id: str, part: Part, on_progress: Callable[[int, int], None]
) -> None:
    """Load what is missing of a film, check it and move it to its place."""
    if part.have() < part.film.size:
        await http.retry(partial(_load, http, job_id, part, on_progress))
    await asyncio.to_thread(part.finish)


async def _load(
    http: Http, job_id: str, part: Part, on_progress: Callable[[int, int], None]
) -> None:
    """Load what is missing, as far as the connection holds."""
    have = part.have()
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
    answer = await http.open(job_path(job_id, "video"), headers=headers)
    async with aclosing(answer):
        if answer.status_code != httpx.codes.PARTIAL_CONTENT:
            have = 0  # the whole film comes, whatever was asked for
        with part.opened(start=have) as write, http.connection_errors():
            async for chunk in answer.aiter_bytes(_CHUNK):
                write(chunk)
                have += len(chunk)
                on_progress(have, part.film.size)
    if have < part.film.size:
        raise ServiceUnavailable("the download was cut off")
