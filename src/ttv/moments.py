"""Moments: milliseconds since 1970 inside, in UTC by RFC 3339 outside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def moment(milliseconds: float) -> datetime: ...
@overload
def moment(milliseconds: float | None) -> datetime | None: ...
def moment(milliseconds: float | None) -> datetime | None:
    """Give the moment in UTC; None stays None."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1_000, UTC)


def rfc3339(at: datetime) -> str:
    """Write a moment to the millisecond: ``2030-01-31T09:00:00.000Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
