"""What webhooks are sent, and its description as OpenAPI has one for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from ttv import jobs
from ttv.api import accept
from ttv.api.schemas import Failure, Links
from ttv.webhooks import PING, Event

#: What a message links to beside the job itself, once there is a film.
_FILM: Final = ("artifact", "video")
_HEADERS: Final = {
    "webhook-id": "Id of the message, the same at every try: who has seen it has it.",
    "webhook-timestamp": "When this try was made, in seconds since 1970; refuse what is old.",
    "webhook-signature": "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body` under the "
    "secret; several, with blanks between them, while a secret is rotated.",
}
_WHEN: Final = {
    Event.STARTED: "The first step of a job was begun.",
    Event.FINISHED: "The film of a job is there.",
    Event.FAILED: "A job failed.",
    Event.CANCELED: "A job was stopped.",
    Event.PAUSED: "No more steps of a job start until it is resumed: somebody paused it, or must "
    "decide how it goes on.",
}
_HOW: Final = (
    "Sent by the spec of Standard Webhooks, at least once. Any answer from 200 to 299 within "
    "20 seconds takes it; redirects are not followed; 410 disables the webhook; 429 and 503 may "
    "say `Retry-After`. Else it is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, "
    "20 h and 24 h. Messages may come in any order."
)


class JobNews(BaseModel):
    """How a job stood as something happened to it."""

    id: str = Field(examples=["job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"])
    status: jobs.State
    stage: jobs.Stage
    attempt: int
    request_id: str | None = Field(
        default=None,
        description="Of the request that the job was made by; left out where none is known.",
        examples=["req_01JZ8Q5W3N6X4T7V9B2C1D0EFG"],
    )
    error: Failure | None = Field(
        default=None, description="Why it failed or is paused; left out otherwise."
    )
    links: dict[str, str] = Field(
        description="Relative to the service.",
        examples=[{"self": "/v1/jobs/job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"}],
    )


class JobMessage(BaseModel):
    """What a webhook is sent of a job."""

    type: Event
    timestamp: datetime = Field(description="When it happened.")
    data: JobNews


class PingData(BaseModel):
    """Which webhook is tried out."""

    id: str = Field(examples=["wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG"])


class PingMessage(BaseModel):
    """What a webhook is sent to try it out."""

    type: Literal["webhook.ping"]
    timestamp: datetime
    data: PingData


#: The documents that no route answers with.
MESSAGES: Final = (JobNews, JobMessage, PingData, PingMessage)


def job_links(job_id: str, status: str) -> Mapping[str, str]:
    """Give the addresses that a message about a job carries."""
    links = Links.of(job_id)
    parts = ("self", *_FILM) if status == jobs.State.FINISHED else ("self",)
    return {part: getattr(links, part) for part in parts}


def described(ref: str) -> dict[str, Any]:
    """Describe every message; ``ref`` is where documents are."""
    told: dict[str, tuple[str, type[BaseModel]]] = {
        event.value: (about, JobMessage) for event, about in _WHEN.items()
    }
    told[PING] = ("Somebody tries the webhook out.", PingMessage)
    return {
        event: _described(event, about, ref + of.__name__) for event, (about, of) in told.items()
    }


def _described(event: str, about: str, ref: str) -> dict[str, Any]:
    headers = [
        {
            "name": name,
            "in": "header",
            "required": True,
            "description": meaning,
            "schema": {"type": "string"},
        }
        for name, meaning in _HEADERS.items()
    ]
    subject, _, verb = event.partition(".")
    operation = {
        "operationId": f"{subject}{verb.capitalize()}",
        "summary": about,
        "description": f"{about} {_HOW}",
        "tags": ["webhooks"],
        "parameters": headers,
        "requestBody": {"required": True, "content": {accept.JSON: {"schema": {"$ref": ref}}}},
        "responses": {"2XX": {"description": "It is yours; it does not come again."}},
    }
    return {"post": operation}
