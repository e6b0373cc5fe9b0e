"""The reference for people at ``/docs``: the OpenAPI document as one page, no script, no CDN."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from ttv.api.problems import KINDS
from ttv.api.routing import PUBLIC, get

router = APIRouter(include_in_schema=False)

_CODE: Final = re.compile(r"`([^`]+)`")


@get(router, "/openapi.json", name="getDescription", guard=PUBLIC, responses={}, json=False)
async def get_openapi(request: Request) -> Response:
    """Give the OpenAPI document."""
    return JSONResponse(request.app.openapi())


@get(router, "/docs", name="getReference", guard=PUBLIC, responses={}, json=False)
async def get_docs(request: Request) -> Response:
    """Give the reference as a page."""
    return HTMLResponse("".join(_page(request.app.openapi())))


@get(router, "/docs/style.css", name="getStyle", guard=PUBLIC, responses={}, json=False)
async def get_style() -> Response:
    """Give the style of the page."""
    style = (files("ttv.api") / "reference.css").read_text(encoding="utf-8")
    return Response(style, media_type="text/css")


def _page(schema: Mapping[str, Any]) -> Iterator[str]:
    title = escape(schema["info"]["title"])
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f'<title>{title}</title><link rel="stylesheet" href="/docs/style.css"></head><body>'
    yield f"<main><h1>{title} <small>{escape(schema['info']['version'])}</small></h1>"
    yield _prose(schema["info"]["description"])
    yield '<p>As a document for tools: <a href="/openapi.json">/openapi.json</a>.</p>'
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield from _operation(method.upper(), path, operation)
    yield "<h2>Documents</h2>"
    for name, document in schema["components"]["schemas"].items():
        yield from _document(name, document)
    yield from _problems()
    yield "</main></body></html>"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    name = operation["operationId"]
    yield f'<section id="{name}"><h2><b>{method}</b> <code>{escape(path)}</code></h2>'
    yield _prose(operation["description"])
    for scopes in (scope for way in operation["security"][:1] for scope in way.values()):
        yield f"<p>Scope of the key: <code>{', '.join(scopes)}</code></p>"
    body = operation.get("requestBody")
    if body:
        reference = next(iter(body["content"].values()))["schema"]
        yield f"<p>Body: {_type(reference)}</p>"
    parameters = operation.get("parameters", ())
    if parameters:
        yield "<table><tr><th>Parameter</th><th>In</th><th>Meaning</th></tr>"
        for parameter in parameters:
            about = parameter.get("description") or parameter["schema"].get("description", "")
            yield (
                f"<tr><td><code>{escape(parameter['name'])}</code></td>"
                f"<td>{parameter['in']}</td><td>{_words(about)}</td></tr>"
            )
        yield "</table>"
    yield "<table><tr><th>Answer</th><th>Meaning</th><th>Body</th></tr>"
    for status, response in operation["responses"].items():
        bodies = "".join(
            f"{_type(content['schema'])} <small>{escape(media_type)}</small>"
            for media_type, content in response.get("content", {}).items()
        )
        about = _words(response["description"])
        yield f"<tr><td>{status}</td><td>{about}</td><td>{bodies}</td></tr>"
    yield "</table></section>"


def _document(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f'<section id="{name}"><h3>{escape(name)}</h3>'
    yield _prose(schema.get("description", ""))
    if "enum" in schema:
        yield f"<p>{', '.join(f'<code>{escape(value)}</code>' for value in schema['enum'])}</p>"
    if "properties" in schema:
        yield "<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>"
        for field, value in schema["properties"].items():
            yield (
                f"<tr><td><code>{escape(field)}</code></td><td>{_type(value)}</td>"
                f"<td>{_words(value.get('description', ''))}</td></tr>"
            )
        yield "</table>"
    for example in schema.get("examples", ()):
        yield f"<pre>{escape(json.dumps(example, indent=2))}</pre>"
    yield "</section>"


def _problems() -> Iterator[str]:
    yield '<section id="problems"><h2>Problems</h2>'
    yield "<table><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Again</th></tr>"
    for code, kind in KINDS.items():
        again = f"after {kind.retry_after} s" if kind.retry_after is not None else "no"
        yield (
            f'<tr id="problem-{code}"><td><code>{code}</code></td><td>{kind.status.value}</td>'
            f"<td>{escape(kind.title)}</td><td>{again}</td></tr>"
        )
    yield "</table></section>"


def _type(schema: Mapping[str, Any]) -> str:
    """Name the type of a value, with a link to a document."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{name}">{escape(name)}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return escape(schema.get("format") or schema.get("type") or "any")


def _prose(text: str) -> str:
    """Give paragraphs."""
    return "".join(f"<p>{_words(paragraph)}</p>" for paragraph in text.split("\n\n"))


def _words(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))
