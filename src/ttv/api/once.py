"""Requests that are sent again with the same Idempotency-Key: done once."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Header
from starlette.responses import Response

from ttv import jobs
from ttv.api.answers import show_job
from ttv.api.auth import Who
from ttv.api.services import Services
from ttv.errors import Conflict, InvalidRequest

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any text of 1 to 255 visible ASCII characters, kept for a day.",
    ),
]
#: Sent with an answer that was given before.
REPLAYED: Final = {"Idempotent-Replayed": "true"}
#: How the header is described.
TELLS_REPLAY: Final = {"Idempotent_Replayed": "`true` when the key had done this before."}


def check_key(key: str | None) -> None:
    """Raise InvalidRequest for what is no idempotency key."""
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequest(
            "Idempotency-Key must have 1 to 255 visible ASCII characters",
            param="Idempotency-Key",
        )


def fingerprint(asked: object) -> str:
    """Hash what was asked for, whatever the order and spacing of its fields."""
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def once(key: str | None, *asked: object) -> jobs.Once | None:
    """Read the key of a change, and what it is used for. Raises InvalidRequest."""
    check_key(key)
    return None if key is None else jobs.Once(key, fingerprint(asked))


async def changed(
    here: Services,
    who: Who,
    once: jobs.Once | None,
    change: Callable[[], Awaitable[jobs.Job]],
    *,
    status: int,
) -> Response:
    """Change a job and show it; what its key has done already is shown as it stands.

    The change itself tells whether its key is new: what speaks against it, such as its own
    first time, is no reason to refuse what was done.
    """
    try:
        return show_job(await change(), status)
    except (Conflict, InvalidRequest):
        done = await here.jobs.store.answered(once, tenant=who.tenant) if once else None
        if done is None:
            raise
    return show_job(done, status, REPLAYED)
