"""Every refusal of the API is a problem of RFC 9457, and every kind of problem is in one table.

A problem never repeats a value of the request, the text of a foreign exception or an answer of
a provider: only our own sentences and the names of fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from ttv.errors import Conflict, InvalidRequest, NotFound, Transient, TtvError, Unavailable
from ttv.pipeline import NotReproducible

MEDIA_TYPE: Final = "application/problem+json"
#: Where the table of problems is shown; the fragment is the code.
TYPE: Final = "/docs#problem-"
#: What a client without a key is told to send one with.
CHALLENGE: Final = 'Bearer realm="ttv"'
#: Where the id of a request stands in its ASGI scope.
REQUEST_ID: Final = "ttv.request_id"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is common to all problems of one code."""

    status: HTTPStatus
    title: str
    #: Seconds to wait before the same request may succeed; None when it never will.
    retry_after: int | None = None


#: Every code that the API answers with.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "invalid_request": Kind(HTTPStatus.BAD_REQUEST, "A field cannot be used"),
        "invalid_json": Kind(HTTPStatus.BAD_REQUEST, "The body is not usable JSON"),
        "unauthenticated": Kind(HTTPStatus.UNAUTHORIZED, "An API key is needed"),
        "forbidden": Kind(HTTPStatus.FORBIDDEN, "The API key does not allow it"),
        "bad_link": Kind(HTTPStatus.FORBIDDEN, "Not a link of this service"),
        "not_found": Kind(HTTPStatus.NOT_FOUND, "No such thing"),
        "not_ready": Kind(HTTPStatus.NOT_FOUND, "Not made yet", 2),
        "method_not_allowed": Kind(HTTPStatus.METHOD_NOT_ALLOWED, "Not with this method"),
        "not_acceptable": Kind(HTTPStatus.NOT_ACCEPTABLE, "Not in this media type"),
        "conflict": Kind(HTTPStatus.CONFLICT, "The present state does not allow it"),
        "not_reproducible": Kind(HTTPStatus.CONFLICT, "The film would come out otherwise"),
        "idempotency_mismatch": Kind(HTTPStatus.CONFLICT, "Key used for another request"),
        "gone": Kind(HTTPStatus.GONE, "Not kept any more"),
        "link_expired": Kind(HTTPStatus.GONE, "The link has expired"),
        "precondition_failed": Kind(HTTPStatus.PRECONDITION_FAILED, "Changed in between"),
        "body_too_slow": Kind(HTTPStatus.REQUEST_TIMEOUT, "Body too slow", 2),
        "body_too_large": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Body too large"),
        "unsupported_media_type": Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON"),
        "range_not_satisfiable": Kind(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "The file is shorter than that"
        ),
        "rate_limited": Kind(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests", 1),
        "too_many_jobs": Kind(HTTPStatus.TOO_MANY_REQUESTS, "Too many jobs of yours wait", 10),
        "queue_full": Kind(HTTPStatus.TOO_MANY_REQUESTS, "The queue is full", 10),
        "too_many_own_streams": Kind(
            HTTPStatus.TOO_MANY_REQUESTS, "Too many event streams of yours", 5
        ),
        "internal": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "A fault of ours"),
        "too_many_streams": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Too many event streams", 5),
        "unavailable": Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Not available now", 2),
    }
)


class InvalidJson(InvalidRequest):
    """The body is not valid JSON."""

    code = "invalid_json"


class InvalidFields(InvalidRequest):
    """Several fields cannot be used."""

    def __init__(self, refusals: Sequence[InvalidRequest]) -> None:
        super().__init__(refusals[0].message, param=refusals[0].param)
        self.refusals = tuple(refusals)


class BodyTooLarge(InvalidRequest):
    """The body is larger than the limit."""

    code = "body_too_large"


class BodyTooSlow(Transient):
    """The body did not arrive in time."""

    code = "body_too_slow"


class UnsupportedMediaType(InvalidRequest):
    """The body must be JSON: send it with 'Content-Type: application/json'."""

    code = "unsupported_media_type"


class NotAcceptable(InvalidRequest):
    """None of the media types in Accept can be given."""

    code = "not_acceptable"


class NotReady(Transient):
    """The film is not finished yet; follow the job until its status is 'finished'."""

    code = "not_ready"


class TooManyStreams(Unavailable):
    """Too many event streams are open here; come back later, or read the events by page."""

    code = "too_many_streams"


class TooManyOwnStreams(Transient):
    """You have too many event streams open here; close one, or read the events by page."""

    code = "too_many_own_streams"


class Gone(NotFound):
    """The file was made once and is not kept any more."""

    code = "gone"


class RangeNotSatisfiable(InvalidRequest):
    """The range starts behind the end of the file."""

    code = "range_not_satisfiable"


class MethodNotAllowed(InvalidRequest):
    """This address does not take this method; see the Allow header."""

    code = "method_not_allowed"


#: What an error without a code of its own here is answered as, by its nearest family.
_FAMILIES: Final[Mapping[type, str]] = MappingProxyType(
    {
        InvalidRequest: "invalid_request",
        NotFound: "not_found",
        Conflict: "conflict",
        Transient: "unavailable",
        TtvError: "internal",
    }
)


def refuse(
    request: Request, error: TtvError, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer a request with the problem document of an error."""
    code = error.code
    if code not in KINDS:
        code = next(_FAMILIES[family] for family in type(error).__mro__ if family in _FAMILIES)
    kind, request_id = KINDS[code], request.scope[REQUEST_ID]
    document = {
        "type": TYPE + code,
        "title": kind.title,
        "status": kind.status.value,
        "detail": _detail(error, code),
        "instance": f"urn:ttv:request:{request_id}",
        "code": code,
        "retryable": kind.retry_after is not None,
        "request_id": request_id,
    }
    if isinstance(error, InvalidRequest) and error.param:
        refusals = error.refusals if isinstance(error, InvalidFields) else (error,)
        document["param"] = error.param
        document["errors"] = [_field(refusal, request) for refusal in refusals]
    if isinstance(error, NotReproducible):
        document["errors"] = [
            _described(one.param, one.message, request) for one in error.differences
        ]
    sent = {"Cache-Control": "no-store"}
    if kind.retry_after is not None:
        sent["Retry-After"] = str(_wait_seconds(error) or kind.retry_after)
    if kind.status is HTTPStatus.UNAUTHORIZED:
        sent["WWW-Authenticate"] = CHALLENGE
    return Response(
        json.dumps(document),
        status_code=kind.status.value,
        media_type=MEDIA_TYPE,
        headers=sent | dict(headers or {}),
    )


def _wait_seconds(error: TtvError) -> int | None:
    """Give the wait that an error itself asks for."""
    asked = error.retry_after if isinstance(error, Transient) else None
    return None if asked is None else ceil(asked)


def _field(refusal: InvalidRequest, request: Request) -> dict[str, str]:
    return _described(refusal.param or "", refusal.message, request)


def _described(param: str, detail: str, request: Request) -> dict[str, str]:
    """Describe one field; a field of the body (headers are capitalised) has a pointer."""
    described = {"param": param, "detail": detail}
    if request.method in {"POST", "PATCH"} and param[:1].islower():
        described["pointer"] = pointer(param)
    return described


def pointer(param: str) -> str:
    """Give the JSON pointer (RFC 6901) of a field: ``plan.shots[2]`` is ``/plan/shots/2``."""
    parts = re.findall(r"[^.\[\]]+", param)
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _detail(error: TtvError, code: str) -> str:
    if code == "internal":
        return "Something failed on our side; the log has it under this request_id."
    sentence = error.message
    return sentence if sentence.endswith((".", "?", "!")) else sentence + "."
