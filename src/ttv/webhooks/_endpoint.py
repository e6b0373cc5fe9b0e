"""An endpoint as it is kept, and what a tenant may ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from ttv.errors import InvalidRequest
from ttv.ids import is_id
from ttv.webhooks._target import Target

_MAX_DESCRIPTION: Final = 200


class Event(StrEnum):
    """What a tenant may be told of; after ``job.`` the words of the jobs' own scripts."""

    STARTED = "job.started"
    FINISHED = "job.finished"
    FAILED = "job.failed"
    CANCELED = "job.canceled"
    PAUSED = "job.paused"


#: The type of the message that only tries an endpoint out; every endpoint takes it.
PING: Final = "webhook.ping"
#: What an endpoint gets that nobody chose events for: whatever ends a job, or waits for a person.
USUAL: Final = frozenset(Event) - {Event.STARTED}


def is_endpoint_id(text: str) -> bool:
    """Tell whether a text has the form of an endpoint's id (``wh_`` and a ULID)."""
    return is_id("wh", text)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an endpoint is to be; None is what nothing was said of. Raises InvalidRequest."""

    url: str | None = None
    events: frozenset[Event] | None = None
    description: str | None = None
    enabled: bool | None = None

    def __post_init__(self) -> None:
        if self.url is not None:
            Target.read(self.url)
        if self.events is not None and not self.events:
            raise InvalidRequest(
                f"events must name at least one of {', '.join(Event)}", param="events"
            )
        about = self.description or ""
        if len(about) > _MAX_DESCRIPTION or not about.isprintable():
            raise InvalidRequest(
                f"description must have at most {_MAX_DESCRIPTION} characters, on one line",
                param="description",
            )

    def fields(self) -> dict[str, str]:
        """Give what was said, as it is kept."""
        said = {
            "url": self.url,
            "events": None if self.events is None else " ".join(sorted(self.events)),
            "description": self.description,
            "enabled": None if self.enabled is None else str(int(self.enabled)),
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a tenant wants messages sent, without its secret."""

    id: str
    tenant: str
    url: str
    events: frozenset[Event]
    description: str
    enabled: bool
    #: Milliseconds since 1970 by the clock of Redis, as all times here.
    created_at: int
    #: Messages that are being sent, or will be tried again.
    waiting: int
    #: Why it was disabled, where nobody asked for it.
    disabled_because: str | None = None
    #: Since when nothing was delivered, while that is so.
    failing_since: int | None = None
    delivered_at: int | None = None
    #: Until when messages carry a second signature, by the secret before the last rotation.
    old_secret_until: int | None = None

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """Read what a script shows."""

        def number(name: str) -> int | None:
            return int(fields[name]) if name in fields else None

        return cls(
            id=fields["id"],
            tenant=fields["tenant"],
            url=fields["url"],
            # An event that a later version tells of is none here.
            events=frozenset(Event(e) for e in fields["events"].split() if e in set(Event)),
            description=fields["description"],
            enabled=fields["enabled"] == "1",
            created_at=int(fields["created_at"]),
            waiting=int(fields["waiting"]),
            disabled_because=fields.get("because"),
            failing_since=number("failing_since"),
            delivered_at=number("delivered_at"),
            old_secret_until=number("old_secret_until"),
        )


@dataclass(frozen=True, slots=True)
class Issued:
    """An endpoint with a new secret, and the only time that this is seen."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a message, as the log of its endpoint keeps it."""

    #: Id of the message, and of its delivery to this endpoint.
    delivery: str
    event: str
    at: int
    #: 1 for the first try of the message.
    number: int
    #: What the receiver answered with; None where it did not.
    status: int | None
    milliseconds: int
    #: Why it was not delivered; None where it was.
    error: str | None
    #: When it is tried again; None for never.
    next_at: int | None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a line of the log."""
        line = json.loads(text)
        return cls(
            delivery=line["message"],
            event=line["type"],
            at=line["at"],
            number=line["number"],
            status=line.get("status"),
            milliseconds=line["ms"],
            error=line.get("error"),
            next_at=line.get("next_at"),
        )
