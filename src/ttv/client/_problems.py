"""Answers that are no success, as errors of our families."""

from __future__ import annotations

from typing import Any, Final

import httpx

from ttv.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    Permanent,
    StorageFull,
    TtvError,
    Unavailable,
)

#: The same request may succeed later.
RETRYABLE: Final = frozenset({408, 429, 502, 503, 504})
_INVALID: Final = frozenset({400, 413, 414, 415, 422})
_UNKNOWN: Final = "the service answered {status} {reason} without saying why"


class ServiceUnavailable(Unavailable):
    """The service does not answer, or asks to come back later."""

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds to wait before the next try, where the service says so.
        self.retry_after = retry_after


class AccessDenied(Permanent):
    """The service does not accept this API key."""

    code = "access_denied"
    exit_code = 77


def to_error(response: httpx.Response) -> TtvError:
    """Read the problem document of an answer; its body must have been read."""
    problem = _problem(response)
    detail = str(
        problem.get("detail")
        or _UNKNOWN.format(status=response.status_code, reason=response.reason_phrase)
    )
    status = response.status_code
    if status in _INVALID:
        return InvalidRequest(detail, param=problem.get("param"))
    if status in RETRYABLE or problem.get("code") == "not_ready":
        return ServiceUnavailable(detail, retry_after=_retry_after(response))
    families: dict[int, type[TtvError]] = {
        401: AccessDenied,
        403: AccessDenied,
        404: NotFound,
        409: Conflict,
        410: NotFound,
        412: Conflict,
        507: StorageFull,
    }
    return families.get(status, Permanent)(detail)


def _problem(response: httpx.Response) -> dict[str, Any]:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _retry_after(response: httpx.Response) -> float | None:
    """Read Retry-After in seconds; the form with a date is not used by the service."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() else None
