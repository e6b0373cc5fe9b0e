"""The JSON documents about webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from ttv import webhooks
from ttv.api import fields
from ttv.moments import moment
from ttv.webhooks import Event

#: The address of webhooks is here and nowhere else.
WEBHOOKS: Final = "/v1/webhooks"
WEBHOOK: Final = f"{WEBHOOKS}/{{webhook_id}}"
DELIVERIES: Final = f"{WEBHOOK}/deliveries"
_URL: Final = "Where messages are sent: `https`, a public host, port 443 or 8443."
_EVENTS: Final = "What it is told of."
_ABOUT: Final = "What it is for, for people."
_ENABLED: Final = "Whether messages are sent; those that come due meanwhile are given up."


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Check types and names of the fields. Raises InvalidRequest naming them."""
        return fields.read(cls, document)


class WebhookRequest(_Asked):
    """Ask to be told of jobs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://example.com/hooks/films"},
                {"url": "https://example.com/hooks/films", "events": ["job.finished"]},
            ]
        }
    )

    url: str = Field(strict=True, description=_URL)
    events: list[Event] | None = Field(
        default=None, description=f"{_EVENTS[:-1]}; all but `job.started` if unset."
    )
    description: str = Field(default="", strict=True, description=_ABOUT)

    def wish(self) -> webhooks.Wish:
        """Give what the endpoint is to be. Raises InvalidRequest naming the field."""
        return webhooks.Wish(self.url, _events(self.events), self.description)


class WebhookChange(_Asked):
    """What to change of a webhook; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}]})

    url: str | None = Field(default=None, strict=True, description=_URL)
    events: list[Event] | None = Field(default=None, description=_EVENTS)
    description: str | None = Field(default=None, strict=True, description=_ABOUT)
    enabled: bool | None = Field(default=None, strict=True, description=_ENABLED)

    def wish(self) -> webhooks.Wish:
        """Give what the endpoint is to be. Raises InvalidRequest naming the field."""
        return webhooks.Wish(self.url, _events(self.events), self.description, self.enabled)


class Webhook(BaseModel):
    """Where messages about your jobs are sent, without its secret."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG"])
    url: str
    events: list[Event]
    description: str
    enabled: bool
    disabled_because: str | None = Field(
        description="Why it was disabled where nobody asked for it: it answered 410, or nothing "
        "was delivered from the first try of a message to its last, three days later."
    )
    created_at: datetime
    waiting: int = Field(description="Messages that are being sent, or will be tried again.")
    delivered_at: datetime | None = Field(description="When something was last delivered.")
    failing_since: datetime | None = Field(description="Since when nothing was, if that is so.")
    old_secret_until: datetime | None = Field(
        description="Until when messages carry a second signature, by the secret before."
    )

    @classmethod
    def of(cls, endpoint: webhooks.Endpoint) -> Self:
        """Show an endpoint."""
        return cls(**_facts(endpoint))


class NewWebhook(Webhook):
    """A webhook with a new secret."""

    secret: str = Field(
        description="What its messages are signed with; shown this once.", examples=["whsec_..."]
    )

    @classmethod
    def issued(cls, issued: webhooks.Issued) -> Self:
        """Show an endpoint with its secret."""
        return cls(**_facts(issued.endpoint), secret=issued.secret)


class WebhookList(BaseModel):
    """Webhooks, newest first."""

    webhooks: list[Webhook]


class SentMessage(BaseModel):
    """A message that was put in the queue of its webhook."""

    delivery_id: str = Field(
        description="Its `webhook-id`, the same at every try.",
        examples=["msg_01JZ8Q5W3N6X4T7V9B2C1D0EFG_1_finished"],
    )


class DeliveryAttempt(BaseModel):
    """One try to deliver a message."""

    delivery_id: str = Field(examples=["msg_01JZ8Q5W3N6X4T7V9B2C1D0EFG_1_finished"])
    event: str = Field(examples=["job.finished"])
    at: datetime
    attempt: int = Field(description="1 for the first try of the message.")
    status: int | None = Field(description="What the receiver answered with, if it did.")
    duration_ms: int
    error: str | None = Field(description="Why it was not delivered; null where it was.")
    next_at: datetime | None = Field(description="When it is tried again; null for never.")

    @classmethod
    def of(cls, attempt: webhooks.Attempt) -> Self:
        """Show a try."""
        return cls(
            delivery_id=attempt.delivery,
            event=attempt.event,
            at=moment(attempt.at),
            attempt=attempt.number,
            status=attempt.status,
            duration_ms=attempt.milliseconds,
            error=attempt.error,
            next_at=moment(attempt.next_at),
        )


class DeliveryLog(BaseModel):
    """The last hundred tries, newest first."""

    attempts: list[DeliveryAttempt]


def _events(named: list[Event] | None) -> frozenset[Event] | None:
    return None if named is None else frozenset(named)


def _facts(endpoint: webhooks.Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": sorted(endpoint.events),
        "description": endpoint.description,
        "enabled": endpoint.enabled,
        "disabled_because": endpoint.disabled_because,
        "created_at": moment(endpoint.created_at),
        "waiting": endpoint.waiting,
        "delivered_at": moment(endpoint.delivered_at),
        "failing_since": moment(endpoint.failing_since),
        "old_secret_until": moment(endpoint.old_secret_until),
    }
