"""What a request may say, and changes that must not happen twice when an answer is lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ttv.client._http import Http
from ttv.client._values import Job
from ttv.errors import NotFound

#: US dollars, with at most 6 decimals.
Dollars: TypeAlias = Decimal | float
#: A moment (without a zone: local time), or how long from now.
When: TypeAlias = datetime | timedelta
#: The fields that count from now.
_AFTER: Final = {"start_at": "delay_seconds", "deadline": "deadline_seconds"}


def body(**fields: object) -> dict[str, Any]:
    """Write the fields that say something."""
    return {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in fields.items()
        if value is not None
    }


def moment(name: str, when: When | None) -> dict[str, Any]:
    """Write a time as the field of its kind: a clock time, or seconds from now."""
    if when is None:
        return {}
    if isinstance(when, timedelta):
        return {_AFTER[name]: when.total_seconds()}
    return {name: when.astimezone().isoformat()}


def link_terms(seconds: int | None, *, download: bool) -> dict[str, str]:
    """Write what a link is to be like, as a query."""
    lasting = {} if seconds is None else {"expires_seconds": str(seconds)}
    return {**lasting, **({"download": "1"} if download else {})}


async def change(http: Http, path: str, fields: Mapping[str, Any], *, seen: Job) -> Job:
    """Change a job as it was seen, once. Raises Conflict when it is not so any more."""
    headers = {"If-Match": f'"{seen.revision}"', "Idempotency-Key": uuid.uuid4().hex}
    return Job.of(await http.post(path, fields, headers=headers))


async def remove(http: Http, path: str) -> None:
    """Delete what is at a path; where an answer was lost, finding nothing means it is done."""
    sent = 0

    async def once() -> None:
        nonlocal sent
        sent += 1
        try:
            await http.send("DELETE", path)
        except NotFound:
            if sent == 1:
                raise

    await http.retry(once)
