"""Follow a job, also through a restart of its service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from typing import Final

import httpx

from ttv.client._events import read_frames
from ttv.client._http import LONG_POLL_SECONDS, POLL_SECONDS, Http, job_path
from ttv.client._retry import Retry
from ttv.client._values import Event, Job

#: How often a service that does not answer is tried: over a minute, for a restart.
PATIENT_ATTEMPTS: Final = 30


async def wait(http: Http, job_id: str, on_update: Callable[[Job], None]) -> Job:
    """Ask for a job again and again, held back by the service until it changes."""
    headers = {"Prefer": f"wait={LONG_POLL_SECONDS}"}
    while True:
        response = await _patiently(http)(
            partial(http.send, "GET", job_path(job_id), headers=dict(headers))
        )
        if response.status_code == httpx.codes.NOT_MODIFIED:
            if "preference-applied" not in response.headers:
                await http.retry.sleep(POLL_SECONDS)
            continue
        job = Job.of(response)
        on_update(job)
        if job.ended or job.undecided:
            return job
        headers["If-None-Match"] = response.headers["etag"]


async def events(http: Http, job_id: str, after: str) -> AsyncIterator[Event | Job]:
    """Read the stream of a job, and take it up where it was cut off."""
    last = after
    while True:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        answer = await _patiently(http)(
            partial(http.open, job_path(job_id, "events"), headers=headers)
        )
        async with aclosing(answer):
            with suppress(httpx.TransportError):
                async for frame in read_frames(answer.aiter_lines()):
                    last = frame.id or last
                    yield frame.news()
                    if frame.kind == "end":
                        return
        await http.retry.sleep(POLL_SECONDS)


def _patiently(http: Http) -> Retry:
    return replace(http.retry, attempts=PATIENT_ATTEMPTS)
