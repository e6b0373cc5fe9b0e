"""Answer with a stored file or the part of it that is asked for (RFC 9110, sections 13, 14)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import Final

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from ttv.api import accept, problems, ranges
from ttv.api.openapi import Responses, content, headers, refusals
from ttv.api.preconditions import known, strong
from ttv.artifacts import Artifact, Store

#: Why a file of a job may not be there.
MISSING: Final = ("not_found", "not_ready", "gone")
#: What the request of a file may say.
READS: Final = headers(
    Range="One range of bytes.",
    If_Range="The ETag that the range is meant for; another file is sent whole.",
    If_None_Match="An ETag you have.",
)
#: Gives the bytes from one place up to another.
_Reading = Callable[[int, int], AsyncIterator[bytes]]


def served(media_type: str, about: str, *missing: str) -> Responses:
    """Declare the answers of a route that serves a file; ``missing`` is why it may not be there."""
    return {
        200: content(media_type, about, ETag="The hash of the file.", Accept_Ranges="`bytes`."),
        206: content(media_type, "The asked part of it.", Content_Range="Which part."),
        304: {"description": "The file is the one named in If-None-Match."},
        **refusals("range_not_satisfiable", "not_acceptable", *(missing or MISSING)),
    }


def named(file: Artifact, name: str, *, way: str = "inline") -> str:
    """Say how a file is shown (or saved: ``attachment``), and as what; its suffix is added."""
    suffix = file.key.rpartition(".")[2]
    return f'{way}; filename="{name}.{suffix}"'


def serve_file(request: Request, store: Store, file: Artifact, *, disposition: str) -> Response:
    """Answer with a stored file."""
    return _serve(
        request, file, disposition, lambda start, end: store.read(file.key, start=start, end=end)
    )


def serve_text(request: Request, text: str, *, name: str, content_type: str) -> Response:
    """Answer with a file that was written just now."""
    whole = text.encode()

    async def read(start: int, end: int) -> AsyncIterator[bytes]:
        yield whole[start:end]

    file = Artifact(name, len(whole), sha256(whole).hexdigest(), content_type)
    return _serve(request, file, f'inline; filename="{name}"', read)


def _serve(request: Request, file: Artifact, disposition: str, read: _Reading) -> Response:
    accept.choose(request.headers.get("accept"), [file.content_type])
    etag = strong(file.sha256)
    sent = {"ETag": etag, "Accept-Ranges": "bytes"}
    if known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=sent)
    part = None
    if request.method == "GET" and ranges.holds(request.headers.get("if-range"), etag):
        try:
            part = ranges.parse(request.headers.get("range"), file.size)
        except problems.RangeNotSatisfiable as error:
            size = {"Content-Range": f"bytes */{file.size}"}
            return problems.refuse(request, error, headers=sent | size)
    span = part or ranges.Span(0, file.size, file.size)
    sent["Content-Length"] = str(span.length)
    sent["Content-Disposition"] = disposition
    if part:
        sent["Content-Range"] = part.content_range
    if request.method == "HEAD":
        return Response(headers=sent, media_type=file.content_type)
    return StreamingResponse(
        read(span.start, span.end),
        status_code=206 if part else 200,
        media_type=file.content_type,
        headers=sent,
    )
