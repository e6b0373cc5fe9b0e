"""Answers that go wrong, and the calls that every emulator has beside its provider's own."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import anyio
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ttv.testing.providers._faults import Counted, Faults
from ttv.testing.providers._studio import Studio, Task

_Body = TypeVar("_Body", bound=BaseModel)
Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
#: Builds an answer from a status and a sentence, in the words of the provider.
Refusal: TypeAlias = Callable[[int, str], Response]


class Cut(Response):
    """Breaks the connection in the middle of its body, or leaves it hanging there."""

    def __init__(self, start: bytes, *, hang: bool = False) -> None:
        super().__init__()
        self._start, self._hang = start, hang

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"%d" % (2 * len(self._start)))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._start, "more_body": True})
        if self._hang:
            await _gone(receive)
        raise ConnectionAbortedError


class Broken(ValueError):
    """A body does not have the form that the provider asks for."""


async def read(request: Request, model: type[_Body]) -> _Body:
    """Read a JSON body strictly, as the providers do. Raises Broken naming the field."""
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        raise Broken(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def faulty(studio: Studio, fault: Counted, refusal: Refusal) -> Callable[[Handler], Handler]:
    """Have a call refused before anything is done, while the fault lasts."""

    def wrap(handle: Handler) -> Handler:
        @wraps(handle)
        async def handler(request: Request) -> Response:
            if not studio.faults.take(fault):
                return await handle(request)
            answer = refusal(studio.faults.refusal, "not now")
            if studio.faults.retry_after is not None:
                answer.headers["Retry-After"] = f"{studio.faults.retry_after:g}"
            return answer

        return handler

    return wrap


async def taken(studio: Studio, request: Request, body: Mapping[str, Any]) -> Response:
    """Answer a submit that was taken: soon, late, never or half."""
    faults = studio.faults
    if faults.take("hang_submits"):
        await _gone(request.receive)
    if faults.take("lose_answers"):
        return Cut(json.dumps(body).encode()[:10])
    if faults.answer_delay_seconds:
        await _gone(request.receive, seconds=faults.answer_delay_seconds)
    return JSONResponse(body)


def address(request: Request, task: Task) -> str:
    """Give the address of a clip."""
    signature = "expired" if task.expired else "good"
    return f"{request.base_url}files/{task.id}.mp4?signature={signature}"


def everywhere(studio: Studio, refusal: Refusal) -> list[Route]:
    """Give the calls that all emulators have: the clips, the book and the faults."""

    @faulty(studio, "refuse_downloads", refusal)
    async def file(request: Request) -> Response:
        task = studio.tasks.get(request.path_params["id"])
        if task is None:
            return Response(status_code=404)
        if request.query_params.get("signature") != "good":
            task.expired = False  # the next one that is asked for is good
            return Response("the address has expired", 403)
        if studio.gone(task):
            return Response("the file has expired", 404)
        task.downloads += 1
        return _given(studio.faults, await studio.clip(task))

    async def charges(_request: Request) -> Response:
        return JSONResponse([asdict(charge) for charge in studio.charges()])

    async def faults(request: Request) -> Response:
        changes = await request.json()
        studio.faults = Faults.model_validate(studio.faults.model_dump() | changes)
        return JSONResponse(studio.faults.model_dump())

    async def reset(_request: Request) -> Response:
        studio.tasks.clear()
        studio.faults = Faults()
        return Response(status_code=204)

    return [
        Route("/files/{id}.mp4", file),
        Route("/-/charges", charges),
        Route("/-/faults", faults, methods=["POST"]),
        Route("/-/reset", reset, methods=["POST"]),
    ]


def _given(faults: Faults, clip: Path) -> Response:
    """Give out a clip, or what comes in its place."""
    if faults.take("page_downloads"):
        return HTMLResponse("<!doctype html><title>Please come back later</title>")
    if faults.take("cut_downloads"):
        return Response(_half(clip), media_type="video/mp4")
    if faults.take("stall_downloads"):
        return Cut(_half(clip), hang=True)
    if faults.take("break_downloads"):
        return Cut(_half(clip))
    return FileResponse(clip, media_type="video/mp4")


def _half(path: Path) -> bytes:
    whole = path.read_bytes()
    return whole[: len(whole) // 2]


async def _gone(receive: Receive, *, seconds: float | None = None) -> None:
    """Wait until the customer has gone away, or for so long."""
    with anyio.move_on_after(seconds if seconds is not None else float("inf")):
        while (await receive())["type"] != "http.disconnect":
            pass
