"""Runway as its customers see it: api version 2024-11-06."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ttv.media import Format
from ttv.testing.providers._answers import Broken, address, everywhere, faulty, read, taken
from ttv.testing.providers._studio import NoCredit, State, Studio, Task, Wish

#: The key of the emulated account.
API_KEY: Final = "key_" + "e" * 128
VERSION: Final = "2024-11-06"
_FPS: Final = 24
_CREDIT: Final = 10_000  # millionths of a dollar
_KEY: Final = re.compile(r"Bearer key_[0-9a-f]{128}")
_MOST_PROMPT: Final = 1_000
_MOST_URI: Final = 5 << 20
_SENTENCES: Final = {429: "Your daily task limit has been reached."}

_WIDE: Final = ("1280:720", "720:1280")
_GEN4: Final = (*_WIDE, "1104:832", "960:960", "832:1104", "1584:672")
_VEO: Final = (*_WIDE, "1080:1920", "1920:1080")


class _Model(BaseModel):
    """What a model takes, and its credits per second."""

    credits: int
    silent: int | None = None
    text_ratios: tuple[str, ...]
    ratios: tuple[str, ...]
    durations: tuple[int, ...]
    default: int | None = None
    last: bool = False


_VEO_TAKES: Final[dict[str, Any]] = {
    "text_ratios": _VEO,
    "ratios": _VEO,
    "durations": (4, 6, 8),
    "default": 8,
    "last": True,
}
_MODELS: Final = {
    "gen4.5": _Model(credits=12, text_ratios=_WIDE, ratios=_GEN4, durations=tuple(range(2, 11))),
    "gen4_turbo": _Model(
        credits=5, text_ratios=(), ratios=_GEN4, durations=tuple(range(2, 11)), default=10
    ),
    "veo3.1": _Model(credits=40, silent=20, **_VEO_TAKES),
    "veo3.1_fast": _Model(credits=15, silent=10, **_VEO_TAKES),
}


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, strict=True)


class _Picture(_Wire):
    uri: Annotated[str, Field(pattern=r"^(https://|runway://|data:image/)", max_length=_MOST_URI)]
    position: Literal["first", "last"]


class _Moderation(_Wire):
    public_figure_threshold: Literal["auto", "low"]


class _TextToVideo(_Wire):
    model: str
    prompt_text: Annotated[str, Field(min_length=1)]
    ratio: str
    duration: int | None = None
    seed: Annotated[int, Field(ge=0, le=4_294_967_295)] | None = None
    content_moderation: _Moderation | None = None
    audio: bool | None = None
    negative_prompt: str | None = None

    def pictures(self) -> tuple[str, ...]:
        """Give the positions of the pictures that came along."""
        return ()


class _ImageToVideo(_TextToVideo):
    prompt_image: (
        Annotated[str, Field(pattern=r"^(https://|runway://|data:image/)", max_length=_MOST_URI)]
        | Annotated[list[_Picture], Field(min_length=1, max_length=2)]
    )

    def pictures(self) -> tuple[str, ...]:
        if isinstance(self.prompt_image, str):
            return ("first",)
        return tuple(picture.position for picture in self.prompt_image)


def create_app(studio: Studio) -> Starlette:
    """Build the emulator around a studio."""

    @faulty(studio, "refuse_submits", _refuse)
    async def submit(request: Request) -> Response:
        if refused := _stranger(request):
            return refused
        form = _ImageToVideo if request.url.path.endswith("image_to_video") else _TextToVideo
        try:
            wish = _wish(await read(request, form))
        except Broken as error:
            return _refuse(400, str(error))
        try:
            moderated = studio.faults.moderates(wish.prompt)
            task = studio.take(wish, queue=True, moderated=moderated)
        except NoCredit:
            return _refuse(400, "You do not have enough credits to run this task.")
        return await taken(studio, request, {"id": task.id})

    @faulty(studio, "refuse_polls", _refuse)
    async def task(request: Request) -> Response:
        if refused := _stranger(request):
            return refused
        found = studio.tasks.get(request.path_params["id"])
        if found is None:
            return _refuse(404, "Task not found")
        if request.method == "DELETE":
            studio.cancel(found)
            return Response(status_code=204)
        return JSONResponse(_told(request, studio, found))

    async def organization(request: Request) -> Response:
        return _stranger(request) or JSONResponse(
            {"creditBalance": studio.balance // _CREDIT, "tier": {"models": {}}, "usage": {}}
        )

    return Starlette(
        routes=[
            Route("/v1/image_to_video", submit, methods=["POST"]),
            Route("/v1/text_to_video", submit, methods=["POST"]),
            Route("/v1/tasks/{id}", task, methods=["GET", "DELETE"]),
            Route("/v1/organization", organization),
            *everywhere(studio, _refuse),
        ]
    )


def _refuse(status: int, sentence: str) -> Response:
    return JSONResponse({"error": _SENTENCES.get(status, sentence)}, status)


def _stranger(request: Request) -> Response | None:
    """Refuse who does not show a key or the version of the API."""
    if not _KEY.fullmatch(request.headers.get("authorization", "")):
        return _refuse(401, "The API key is not valid")
    if request.headers.get("x-runway-version") != VERSION:
        return _refuse(400, "X-Runway-Version is missing or unknown")
    return None


def _wish(body: _TextToVideo) -> Wish:
    """Read a body as a wish. Raises Broken for what the model does not take."""
    model = _MODELS.get(body.model)
    if model is None:
        raise Broken("model: unknown")
    pictures = body.pictures()
    if body.ratio not in (model.ratios if pictures else model.text_ratios):
        raise Broken(f"ratio: {body.model} does not take {body.ratio}")
    duration = body.duration if body.duration is not None else model.default
    if duration not in model.durations:
        raise Broken(f"duration: {body.model} does not take {duration}")
    if len(body.prompt_text.encode("utf-16-le")) // 2 > _MOST_PROMPT:
        raise Broken("promptText: too long")
    if "last" in pictures and not model.last:
        raise Broken(f"promptImage: {body.model} takes no last frame")
    width, height = map(int, body.ratio.split(":"))
    silent = model.silent if body.audio is False else None
    return Wish(
        model=body.model,
        prompt=body.prompt_text,
        seconds=duration,
        format=Format(width, height, _FPS),
        frames=duration * _FPS,
        price=duration * (silent or model.credits) * _CREDIT,
        from_picture=bool(pictures),
    )


def _told(request: Request, studio: Studio, task: Task) -> dict[str, Any]:
    created = datetime.fromtimestamp(task.created_ms / 1000, tz=UTC)
    told = {"id": task.id, "createdAt": f"{created:%Y-%m-%dT%H:%M:%S.000Z}"}
    cost = {"credits": task.wish.price // _CREDIT}
    match studio.state(task):
        case State.WAITING:
            return {**told, "status": "THROTTLED", "estimatedCost": cost}
        case State.RUNNING:
            return {**told, "status": "RUNNING", "progress": studio.fraction(task)}
        case State.SUCCEEDED:
            clip = address(request, task)
            return {**told, "status": "SUCCEEDED", "output": [clip], "cost": cost}
        case State.FAILED:
            return {**told, **_failure(task), "status": "FAILED"}
        case State.CANCELED:
            return {**told, "status": "CANCELLED", "cost": cost}


def _failure(task: Task) -> dict[str, Any]:
    if task.broken:
        return {
            "failure": "An unexpected error occurred.",
            "failureCode": "INTERNAL.BAD_OUTPUT.CODE01",
            "cost": {"credits": 0},
        }
    return {
        "failure": "The text prompt did not pass moderation.",
        "failureCode": "SAFETY.INPUT.TEXT",
        "cost": {"credits": task.wish.price // _CREDIT},
    }
