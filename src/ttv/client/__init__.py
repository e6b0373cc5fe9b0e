"""Speak to a TTV service over HTTP from Python.

::

    async with Client("http://127.0.0.1:8000") as ttv:
        job = await ttv.create({"prompt": "a red fox runs through a snowy forest"})
        job = await ttv.wait(job.id, on_update=lambda job: print(f"{job.progress:.0%}"))
        await ttv.download(job.id, Path("fox.mp4"))
"""

from __future__ import annotations

from ttv.client._changes import Dollars, When
from ttv.client._client import DEFAULT_URL, Client
from ttv.client._costs import Day, Estimate, JobCost, Refusal, ShotPrice, StepCost, Usage
from ttv.client._files import File, FilePage, Files
from ttv.client._problems import AccessDenied, ServiceUnavailable
from ttv.client._retry import Retry
from ttv.client._segments import Regeneration, Segment, SegmentCost
from ttv.client._values import Artifact, Cost, Event, Failure, Job, Output, Page, Step
from ttv.client._webhooks import (
    DeliveryAttempt,
    DeliveryLog,
    NewWebhook,
    SentMessage,
    Webhook,
    WebhookList,
    Webhooks,
)
from ttv.client._workshop import (
    BackEnd,
    BackEnds,
    DeadLetter,
    DeadLetters,
    Engine,
    PoolLoad,
    Queue,
    TenantLoad,
    Worker,
)

__all__ = [
    "DEFAULT_URL",
    "AccessDenied",
    "Artifact",
    "BackEnd",
    "BackEnds",
    "Client",
    "Cost",
    "Day",
    "DeadLetter",
    "DeadLetters",
    "DeliveryAttempt",
    "DeliveryLog",
    "Dollars",
    "Engine",
    "Estimate",
    "Event",
    "Failure",
    "File",
    "FilePage",
    "Files",
    "Job",
    "JobCost",
    "NewWebhook",
    "Output",
    "Page",
    "PoolLoad",
    "Queue",
    "Refusal",
    "Regeneration",
    "Retry",
    "Segment",
    "SegmentCost",
    "SentMessage",
    "ServiceUnavailable",
    "ShotPrice",
    "Step",
    "StepCost",
    "TenantLoad",
    "Usage",
    "Webhook",
    "WebhookList",
    "Webhooks",
    "When",
    "Worker",
]
