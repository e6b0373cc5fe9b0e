"""The description of the API: OpenAPI 3.1, every answer of every operation declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from ttv.api import accept
from ttv.api.auth import SCHEMES
from ttv.api.key_schemas import KeyRequest
from ttv.api.messages import MESSAGES, described
from ttv.api.problems import KINDS, MEDIA_TYPE, TYPE, Kind
from ttv.api.requests import JobRequest, RegenerateRequest, ResumeRequest, RetryRequest
from ttv.api.schemas import FieldProblem, Problem
from ttv.api.webhook_schemas import WebhookChange, WebhookRequest

_REF: Final = "#/components/schemas/"
#: A wrong method belongs to no operation that could declare it.
_UNDECLARED: Final = frozenset({"method_not_allowed"})
_REQUEST_ID: Final = "req_01JZ8Q5W3N6X4T7V9B2C1D0EFG"
_ABOUT: Final = (
    "One prompt in, one finished film out. `POST /v1/jobs` accepts a job and answers at once; "
    "follow `GET /v1/jobs/{job_id}` until its status is `finished`, then take the film from "
    "`GET /v1/jobs/{job_id}/video`.\n\n"
    "Every refusal is a problem of RFC 9457 with a stable `code`. Every answer carries "
    "`X-Request-ID`.\n\n"
    "Send an API key (`ttv keys create`) as `Authorization: Bearer KEY` or `X-API-Key: KEY`; each "
    "operation names the scope that the key needs. What belongs to another tenant is not found. "
    "How many requests are left is in the headers `RateLimit-Policy` and `RateLimit`."
)

#: Documents that routes read or raise by themselves.
_BY_HAND: Final = (
    *(JobRequest, RetryRequest, ResumeRequest, RegenerateRequest, KeyRequest),
    *(WebhookRequest, WebhookChange, *MESSAGES),
    *(Problem, FieldProblem),
)

#: How what puts a job into the queue may be refused.
QUEUE_REFUSALS: Final = ("too_many_jobs", "queue_full")
#: Why the body of a request may be refused.
BODY_REFUSALS: Final = (
    *("invalid_request", "invalid_json", "body_too_slow", "body_too_large"),
    "unsupported_media_type",
)

#: The answers of one operation by status.
Responses = dict[int | str, dict[str, Any]]


def refusals(*codes: str) -> Responses:
    """Declare the problems that an operation may answer with; every one may fail inside."""
    by_status: dict[int | str, list[str]] = {}
    for code in (*codes, "internal"):
        by_status.setdefault(KINDS[code].status.value, []).append(code)
    return {status: _problem(list(dict.fromkeys(same))) for status, same in by_status.items()}


def also(responses: Responses, *codes: str) -> Responses:
    """Declare more problems beside those that are declared already."""
    declared = [
        code
        for response in responses.values()
        for content in response.get("content", {}).values()
        for code in content.get("examples", ())
    ]
    return responses | refusals(*declared, *codes)


def content(media_type: str, about: str, **sent: str) -> dict[str, Any]:
    """Declare an answer whose body is not one of our documents."""
    written = {"type": "string", "contentMediaType": media_type}
    schema = {"type": "object"} if media_type == accept.JSON else written
    return {
        "description": about,
        "headers": _sent(sent),
        "content": {media_type: {"schema": schema}},
    }


def document(model: type[BaseModel], about: str, **sent: str) -> dict[str, Any]:
    """Declare an answer with one of our documents."""
    return {"description": about, "headers": _sent(sent), "model": model}


def headers(**about: str) -> dict[str, Any]:
    """Declare request headers that a route reads by itself."""
    parameters = [
        {
            "name": name.replace("_", "-"),
            "in": "header",
            "required": False,
            "description": meaning,
            "schema": {"type": "string"},
        }
        for name, meaning in about.items()
    ]
    return {"parameters": parameters}


def words(**about: str) -> list[dict[str, Any]]:
    """Declare query parameters that a route reads by itself, and needs."""
    return [
        {
            "name": name,
            "in": "query",
            "required": True,
            "description": meaning,
            "schema": {"type": "string"},
        }
        for name, meaning in about.items()
    ]


def body(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """Declare a JSON body that the route reads by itself."""
    schema = {"$ref": _REF + model.__name__}
    return {"requestBody": {"required": required, "content": {accept.JSON: {"schema": schema}}}}


def json_body(about: str) -> dict[str, Any]:
    """Declare a JSON body whose form is not one of our requests."""
    schema = {"type": "object", "description": about}
    return {"requestBody": {"required": True, "content": {accept.JSON: {"schema": schema}}}}


def describer(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Give the function that FastAPI calls for the description of an app."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    description=_ABOUT,
                    routes=app.routes,
                    license_info={"name": "MIT", "identifier": "MIT"},
                )
            )
        return app.openapi_schema

    return describe


def _complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the documents that routes read or raise, and drop what FastAPI would answer."""
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for model in _BY_HAND:
        own = model.model_json_schema(ref_template=_REF + "{model}")
        own.pop("$defs", None)
        schemas[model.__name__] = own
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    schema["components"]["schemas"] = dict(sorted(schemas.items()))
    schema["components"]["securitySchemes"] = SCHEMES
    schema["webhooks"] = described(_REF)
    schema["components"]["examples"] = {
        code: _example(code, kind) for code, kind in KINDS.items() if code not in _UNDECLARED
    }
    return schema


def _sent(headers: Mapping[str, str]) -> dict[str, Any]:
    """Declare headers of an answer; underscores in their names stand for hyphens."""
    return {
        name.replace("_", "-"): {"description": about, "schema": {"type": "string"}}
        for name, about in headers.items()
    }


def _problem(codes: list[str]) -> dict[str, Any]:
    """Declare an answer with a problem of one of these codes."""
    kinds = [KINDS[code] for code in codes]
    sent = {"Retry_After": "Seconds to wait."} if any(k.retry_after for k in kinds) else {}
    if "unauthenticated" in codes:
        sent["WWW_Authenticate"] = "How to send a key."
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    return {
        "description": "; ".join(kind.title for kind in kinds) + ".",
        "headers": _sent(sent),
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}, "examples": examples}},
    }


def _example(code: str, kind: Kind) -> dict[str, Any]:
    """Show a problem of one code."""
    return {
        "value": {
            "type": TYPE + code,
            "title": kind.title,
            "status": kind.status.value,
            "detail": "A sentence that names the field, the limit and the way out.",
            "instance": f"urn:ttv:request:{_REQUEST_ID}",
            "code": code,
            "retryable": kind.retry_after is not None,
            "request_id": _REQUEST_ID,
        }
    }
