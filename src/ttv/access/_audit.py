"""The audit log: who changed which key."""

from __future__ import annotations

from dataclasses import dataclass

from ttv.redis import Connection, answering

_STREAM = "ttv:audit"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change; written by the script that made it, and never altered."""

    #: Milliseconds since 1970.
    at: int
    #: ``key:<id>`` or ``ip:<address>`` over HTTP, ``cli:<user>@<machine>`` at the command line.
    actor: str
    #: ``key.create``, ``key.rotate`` or ``key.revoke``.
    action: str
    target: str
    tenant: str
    request_id: str


async def read_audit(redis: Connection, *, limit: int) -> list[Entry]:
    """Give the newest entries, newest first. Raises Unavailable."""
    with answering():
        found = await redis.redis.xrevrange(_STREAM, count=limit)
    return [
        Entry(at=int(entry.identifier.partition("-")[0]), **entry.field_values)  # type: ignore[arg-type]
        for entry in found
    ]
