"""A page of a listing, and the cursor to the next."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ttv.errors import InvalidRequest
from ttv.jobs._job import Job, is_job_id

#: The longest page.
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Jobs, newest first, without their steps."""

    jobs: tuple[Job, ...]
    #: Where the next page begins; None on the last.
    cursor: str | None


def cursor_after(job_id: str) -> str:
    """Give the cursor to the page that begins after a job."""
    return base64.urlsafe_b64encode(job_id.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """Give the job that a cursor points behind; raises InvalidRequest."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        job_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (UnicodeError, binascii.Error) as error:
        raise InvalidRequest("This cursor was not made here.", param="cursor") from error
    if not is_job_id(job_id):
        raise InvalidRequest("This cursor was not made here.", param="cursor")
    return job_id
