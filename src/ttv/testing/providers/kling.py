"""Kling as its customers see it: text2video and image2video, keys of two parts, codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ttv.media import Format
from ttv.testing.providers._answers import Broken, address, everywhere, faulty, read, taken
from ttv.testing.providers._studio import NoCredit, NoSlot, State, Studio, Task, Wish

#: The keys of the emulated account.
ACCESS_KEY: Final = "ak-emulated"
SECRET_KEY: Final = "sk-emulated"  # noqa: S105 - of an account that does not exist
_FPS: Final = 24
_SIDES: Final = {
    "std": {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960)},
    "pro": {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1440, 1440)},
}
#: Durations, and millionths of a dollar a second without sound: std and pro.
_SHORT: Final = ("5", "10")
_MODELS: Final = {
    "kling-v3": (tuple(map(str, range(3, 16))), 84_000, 112_000),
    "kling-v2-6": (_SHORT, 42_000, 70_000),
    "kling-v2-5-turbo": (_SHORT, 42_000, 70_000),
    "kling-v2-1": (_SHORT, 56_000, 98_000),
    "kling-v1-6": (_SHORT, 56_000, 98_000),
}
_STATUS: Final = {
    State.WAITING: "submitted",
    State.RUNNING: "processing",
    State.SUCCEEDED: "succeed",
    State.FAILED: "failed",
}
#: What a status that is asked for as a fault says in the provider's codes.
_CODES: Final = {401: 1000, 403: 1103, 404: 1203, 429: 1302, 500: 5000, 503: 5001, 504: 5002}


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())

    model_name: str = "kling-v1"
    prompt: Annotated[str, Field(min_length=1, max_length=2_500)]
    negative_prompt: Annotated[str, Field(max_length=2_500)] | None = None
    cfg_scale: Annotated[float, Field(ge=0, le=1)] | None = None
    mode: Literal["std", "pro"] = "std"
    sound: Literal["on", "off"] = "off"
    duration: str = "5"
    callback_url: str | None = None
    external_task_id: Annotated[str, Field(min_length=1)] | None = None


class _Text2Video(_Wire):
    aspect_ratio: Literal["16:9", "9:16", "1:1"] = "16:9"


class _Image2Video(_Wire):
    image: Annotated[str, Field(pattern=r"^(https://|[A-Za-z0-9+/]+=*$)")]
    image_tail: Annotated[str, Field(pattern=r"^(https://|[A-Za-z0-9+/]+=*$)")] | None = None


class _Answered(Exception):
    """The answer to a call that goes no further."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.answer = _answer(status, code, message)


def create_app(studio: Studio) -> Starlette:
    """Build the emulator around a studio."""

    @faulty(studio, "refuse_submits", _refuse)
    async def submit(request: Request) -> Response:
        try:
            _known(request)
            wish = await _wish(request)
            task = _take(studio, wish, request.path_params["route"])
        except _Answered as answered:
            return answered.answer
        except Broken as error:
            return _answer(400, 1201, str(error))
        told = _told(request, studio, task)
        return await taken(studio, request, _envelope({**told, "task_status": "submitted"}))

    @faulty(studio, "refuse_polls", _refuse)
    async def query(request: Request) -> Response:
        try:
            _known(request)
        except _Answered as answered:
            return answered.answer
        name, route = request.path_params["id"], request.path_params["route"]
        found = studio.tasks.get(name) or _by_key(studio, name)
        if found is None or found.wish.from_picture != (route == "image2video"):
            return _answer(404, 1203, "the task does not exist")
        return JSONResponse(_envelope(_told(request, studio, found)))

    return Starlette(
        routes=[
            Route("/v1/videos/{route:str}", submit, methods=["POST"]),
            Route("/v1/videos/{route:str}/{id}", query),
            *everywhere(studio, _refuse),
        ]
    )


def _take(studio: Studio, wish: Wish, route: str) -> Task:
    """Take a wish, or say in codes why not."""
    if route not in ("text2video", "image2video"):
        raise _Answered(404, 1202, "no such method")
    if studio.faults.moderates(wish.prompt):
        raise _Answered(400, 1301, "the prompt holds words that are not allowed")
    if wish.key and _by_key(studio, wish.key):
        raise _Answered(400, 1201, "external_task_id is in use")
    try:
        return studio.take(wish, queue=False)
    except NoCredit:
        raise _Answered(429, 1102, "the resource pack is exhausted") from None
    except NoSlot:
        raise _Answered(429, 1303, "parallel task over resource pack limit") from None


async def _wish(request: Request) -> Wish:
    """Read a body as a wish. Raises Broken for what the model does not take."""
    pictured = request.path_params["route"] == "image2video"
    body: _Text2Video | _Image2Video = await read(
        request, _Image2Video if pictured else _Text2Video
    )
    if body.model_name not in _MODELS:
        raise Broken("model_name: unknown")
    durations, *prices = _MODELS[body.model_name]
    if body.duration not in durations:
        raise Broken(f"duration: {body.model_name} does not take {body.duration}")
    seconds = int(body.duration)
    shape = body.aspect_ratio if isinstance(body, _Text2Video) else _shape(body.image)
    return Wish(
        model=body.model_name,
        prompt=body.prompt,
        seconds=seconds,
        format=Format(*_SIDES[body.mode][shape], _FPS),
        frames=seconds * _FPS + 1,  # they give 5.042 seconds for 5
        price=seconds * prices[body.mode == "pro"],
        key=body.external_task_id,
        from_picture=pictured,
    )


def _shape(image: str) -> str:
    """Tell the shape of a picture that came along: it decides that of the clip."""
    head = base64.b64decode(image[:64])
    width, height = int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
    if not head.startswith(b"\x89PNG") or not width or not height:
        raise Broken("image: neither PNG nor JPEG")
    return min(
        _SIDES["std"],
        key=lambda shape: abs(width / height - _SIDES["std"][shape][0] / _SIDES["std"][shape][1]),
    )


def _known(request: Request) -> None:
    """Check who asks: the customer's own signature under a token that is still good."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise _Answered(401, 1001, "authorization is empty")
    signed, _, signature = token.rpartition(".")
    wanted = hmac.new(SECRET_KEY.encode(), signed.encode(), hashlib.sha256).digest()
    try:
        head, payload = (json.loads(_bare(part)) for part in signed.split("."))
        good = hmac.compare_digest(_bare(signature), wanted) and head["alg"] == "HS256"
        iss, exp, nbf = payload["iss"], float(payload["exp"]), float(payload["nbf"])
    except (ValueError, KeyError, TypeError):
        raise _Answered(401, 1002, "authorization is no token") from None
    if not good or iss != ACCESS_KEY:
        raise _Answered(401, 1000, "authentication failed")
    if nbf > time.time():
        raise _Answered(401, 1003, "the token is not valid yet")
    if exp < time.time():
        raise _Answered(401, 1004, "the token has expired")


def _bare(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _by_key(studio: Studio, key: str) -> Task | None:
    return next((task for task in studio.tasks.values() if task.wish.key == key), None)


def _told(request: Request, studio: Studio, task: Task) -> dict[str, Any]:
    state = studio.state(task)
    told: dict[str, Any] = {
        "task_id": task.id,
        "task_status": _STATUS[state],
        "task_info": {"external_task_id": task.wish.key},
        "created_at": task.created_ms,
        "updated_at": task.created_ms,
    }
    if state is State.FAILED:
        told["task_status_msg"] = "the task failed"
    if state is State.SUCCEEDED:
        length = f"{task.wish.frames / _FPS:.3f}"
        video = {"id": task.id, "url": address(request, task), "duration": length}
        told["task_result"] = {"videos": [video]}
    return told


def _envelope(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": 0, "message": "SUCCEED", "request_id": "emulated", "data": data}


def _answer(status: int, code: int, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "request_id": "emulated"}, status)


def _refuse(status: int, sentence: str) -> Response:
    return _answer(status, _CODES.get(status, 1200), sentence)
