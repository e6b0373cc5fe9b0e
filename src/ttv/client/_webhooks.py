"""Webhooks: who is told of the jobs of your tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import quote

from ttv.client._changes import body, remove
from ttv.client._document import Document
from ttv.client._http import Http

_WEBHOOKS: Final = "/v1/webhooks"


@dataclass(frozen=True, slots=True)
class Webhook(Document):
    """Where messages about your jobs are sent."""

    id: str
    url: str
    #: "job.finished" and so on.
    events: tuple[str, ...]
    description: str
    enabled: bool
    #: Why it was disabled, where nobody asked for it.
    disabled_because: str | None
    created_at: datetime
    #: Messages that are being sent, or will be tried again.
    waiting: int
    delivered_at: datetime | None
    #: Since when nothing was delivered, if that is so.
    failing_since: datetime | None
    #: Until when messages carry a second signature, by the secret before.
    old_secret_until: datetime | None


@dataclass(frozen=True, slots=True)
class NewWebhook(Webhook):
    """A webhook with a new secret, and the only time that this is seen."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookList(Document):
    """Webhooks, newest first."""

    webhooks: tuple[Webhook, ...]


@dataclass(frozen=True, slots=True)
class SentMessage(Document):
    """A message that was put in the queue of its webhook."""

    #: Its ``webhook-id``.
    delivery_id: str


@dataclass(frozen=True, slots=True)
class DeliveryAttempt(Document):
    """One try to deliver a message."""

    delivery_id: str
    event: str
    at: datetime
    #: 1 for the first try of the message.
    attempt: int
    #: What the receiver answered with, if it did.
    status: int | None
    duration_ms: int
    #: Why it was not delivered; None where it was.
    error: str | None
    #: When it is tried again; None for never.
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryLog(Document):
    """Tries, newest first."""

    attempts: tuple[DeliveryAttempt, ...]


class Webhooks:
    """The webhooks of your tenant, for an API key with the scope ``webhooks:write``."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def create(
        self, url: str, *, events: Iterable[str] | None = None, description: str | None = None
    ) -> NewWebhook:
        """Have messages sent to a URL; of all events but "job.started", where none are named.

        Not repeated: where the answer was lost, look in the list for one to delete.
        """
        asked = body(url=url, events=_listed(events), description=description)
        return NewWebhook.of(await self._http.send("POST", _WEBHOOKS, body=asked))

    async def list(self) -> tuple[Webhook, ...]:
        """List them, newest first."""
        return WebhookList.of(await self._http.get(_WEBHOOKS)).webhooks

    async def get(self, webhook_id: str) -> Webhook:
        """Show one, and how it does."""
        return Webhook.of(await self._http.get(_path(webhook_id)))

    async def update(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Iterable[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is named of one."""
        asked = body(url=url, events=_listed(events), description=description, enabled=enabled)
        send = partial(self._http.send, "PATCH", _path(webhook_id), body=asked)
        return Webhook.of(await self._http.retry(send))

    async def delete(self, webhook_id: str) -> None:
        """Remove one, and all that waits for it."""
        await remove(self._http, _path(webhook_id))

    async def rotate(self, webhook_id: str) -> NewWebhook:
        """Give one a new secret; for a day messages are signed with the old one too.

        Not repeated: where the answer was lost, rotate again.
        """
        return NewWebhook.of(await self._http.send("POST", _path(webhook_id, "rotate")))

    async def test(self, webhook_id: str) -> str:
        """Send one the message "webhook.ping"; gives the id of its delivery."""
        return SentMessage.of(await self._http.post(_path(webhook_id, "test"))).delivery_id

    async def deliveries(self, webhook_id: str) -> tuple[DeliveryAttempt, ...]:
        """Give the last hundred tries to send one something, newest first."""
        return DeliveryLog.of(await self._http.get(_path(webhook_id, "deliveries"))).attempts

    async def redeliver(self, webhook_id: str, delivery_id: str) -> None:
        """Send a message again."""
        part = quote(delivery_id, safe="")
        await self._http.post(_path(webhook_id, "deliveries", part, "redeliver"))


def _path(webhook_id: str, *parts: str) -> str:
    return "/".join([_WEBHOOKS, quote(webhook_id, safe=""), *parts])


def _listed(events: Iterable[str] | None) -> Sequence[str] | None:
    return None if events is None else sorted(events)
