"""A page of a listing, and the cursor to the next."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from ttv.errors import InvalidRequest
from ttv.jobs._job import Job, is_job_id

#: The longest page.
MAX_LIMIT = 100
_UNKNOWN = "cursor was not made here; send the next_cursor of the page before, or none"


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first, without their steps."""

    jobs: tuple[Job, ...]
    #: Where the next page begins; None on the last.
    cursor: str | None


def check_limit(limit: int) -> None:
    """Refuse a page of none or of too many."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidRequest(f"limit must be 1 to {MAX_LIMIT}", param="limit")


def cursor_after(place: str) -> str:
    """Give the cursor to the page that begins after a place: the id of what is there."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_cursor(cursor: str, known: Callable[[str], object] = is_job_id) -> str:
    """Give the place that a cursor points behind, if it is one; raises InvalidRequest."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (UnicodeError, binascii.Error) as error:
        raise InvalidRequest(_UNKNOWN, param="cursor") from error
    if not known(place):
        raise InvalidRequest(_UNKNOWN, param="cursor")
    return place
