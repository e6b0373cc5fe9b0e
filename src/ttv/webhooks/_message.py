"""A message on its way to an endpoint, as it was leased."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from ttv.moments import moment, rfc3339
from ttv.webhooks._endpoint import PING
from ttv.webhooks._secret import signed

#: Gives the addresses of a job by what is there: of its id and its status.
Links: TypeAlias = Callable[[str, str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Letter:
    """One try to deliver a message."""

    endpoint: str
    message: str
    #: Tells this try from one of another courier.
    token: int
    #: 1 for the first try.
    number: int
    #: When it was leased, in milliseconds since 1970.
    leased_at: int
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    event: str
    #: When it happened.
    at: int
    data: Mapping[str, Any]

    @classmethod
    def read(cls, row: Sequence[Any]) -> Self:
        """Read what the script leases."""
        endpoint, message, token, number, leased_at, url, secrets, event, at, data = row
        return cls(
            endpoint=endpoint,
            message=message,
            token=int(token),
            number=int(number),
            leased_at=int(leased_at),
            url=url,
            secrets=tuple(secrets.split()),
            event=event,
            at=int(at),
            data=json.loads(data),
        )

    def body(self, links: Links) -> str:
        """Write what is sent; the same at every try."""
        data = dict(self.data)
        if self.event != PING:
            data["links"] = dict(links(data["id"], data["status"]))
        document = {"type": self.event, "timestamp": rfc3339(moment(self.at)), "data": data}
        return json.dumps(document, ensure_ascii=False, sort_keys=True)

    def headers(self, body: str) -> dict[str, str]:
        """Sign the body."""
        return signed(self.message, body, at=self.leased_at / 1_000, secrets=self.secrets)
