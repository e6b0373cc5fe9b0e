"""Speak to a TTV service over HTTP from Python.

::

    async with Client("http://127.0.0.1:8000") as ttv:
        job = await ttv.create({"prompt": "a red fox runs through a snowy forest"})
        job = await ttv.wait(job.id, on_update=lambda job: print(f"{job.progress:.0%}"))
        await ttv.download(job.id, Path("fox.mp4"))
"""

from __future__ import annotations

from ttv.client._client import DEFAULT_URL, Client
from ttv.client._problems import AccessDenied, ServiceUnavailable
from ttv.client._retry import Retry
from ttv.client._values import Artifact, Event, Failure, Job, Page, Step

__all__ = [
    "DEFAULT_URL",
    "AccessDenied",
    "Artifact",
    "Client",
    "Event",
    "Failure",
    "Job",
    "Page",
    "Retry",
    "ServiceUnavailable",
    "Step",
]
