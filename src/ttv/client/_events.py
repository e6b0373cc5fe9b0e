"""Server-sent events, as far as the service uses them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from ttv.client._values import Event, Job


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream."""

    #: Where to go on after it; empty when the place before still holds.
    id: str
    #: "end" and "reset" carry the job, all others what happened to it.
    kind: str
    data: str

    def news(self) -> Event | Job:
        """Read the document."""
        document = json.loads(self.data)
        return Job.read(document) if self.kind else Event.read(document)


async def read_frames(lines: AsyncIterator[str]) -> AsyncIterator[Frame]:
    """Read whole events; one that was cut off is left to the next try."""
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            yield Frame(fields.get("id", ""), fields.get("event", ""), fields["data"])
        fields = {}
