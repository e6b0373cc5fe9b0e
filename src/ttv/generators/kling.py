"""Kling's API: text2video and image2video.

A purchase is named by ``external_task_id``: it can be looked up, and none is taken twice.
Nothing can be called off.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Final, Literal, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ttv.backends import checked
from ttv.errors import (
    ContentRejected,
    InvalidRequest,
    OnHold,
    Permanent,
    Transient,
    TtvError,
    Unfunded,
)
from ttv.generators._check import check, native_size
from ttv.generators._downloads import Downloads
from ttv.generators._errors import HandleLost
from ttv.generators._port import Capabilities, SegmentRequest, State, Status
from ttv.generators._remote import Answer, Api
from ttv.generators._tables import Row, micro_usd, needed, row
from ttv.generators._ticket import Name, Ticket
from ttv.generators._token import signed
from ttv.generators._wording import SUBMITS_AT_ONCE, picture, worded

_NAME: Final = "kling"
_WORDS: Final = "text2video"
_PICTURES: Final = "image2video"
_MOST_PICTURE: Final = 10 << 20
_MOST_PROMPT: Final = 2_500
#: A purchase with a longer name goes by its hash.
_MOST_ID: Final = 64
#: Seconds to wait where Kling does not say.
_BUSY: Final = 30.0

Mode = Literal["std", "pro"]
_SHAPES: Final = ("16:9", "9:16", "1:1")
_SIZES: Final[Mapping[Mode, tuple[tuple[int, int], ...]]] = {
    "std": ((1280, 720), (720, 1280), (960, 960)),
    "pro": ((1920, 1080), (1080, 1920), (1440, 1440)),
}


class Options(BaseModel):
    """Options of Kling; the account has either two keys or one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    api_key: SecretStr | None = None
    model: str = "kling-v2-6"
    #: What it makes: 720p in ``std``, 1080p in ``pro``.
    mode: Mode = "std"
    #: Accounts of mainland China have another.
    base_url: Annotated[str, Field(pattern=r"^https?://\S+$")] = "https://api-singapore.klingai.com"
    #: US dollars for a second of the model, where the published price is not yours.
    price_per_second: Annotated[Decimal, Field(ge=0)] | None = None
    poll_seconds: Annotated[float, Field(gt=0, le=600)] = 6.0
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0


class _Row(Row):
    price: Mapping[Mode, Decimal]
    last_frame: tuple[Mode, ...] = ()


class _Video(BaseModel):
    url: str


class _Result(BaseModel):
    videos: tuple[_Video, ...] = ()


class _Task(BaseModel):
    task_id: Name
    task_status: str
    task_status_msg: str = ""
    task_result: _Result = _Result()


class _Reply(BaseModel):
    data: _Task


def build(options: Mapping[str, object]) -> Kling:
    """Build the engine from its options."""
    return Kling(checked(Options, options))


class Kling:
    """Kling as Generator."""

    def __init__(
        self,
        options: Options,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._options = options
        self._row = row(_NAME, options.model, _Row)
        token = _tokens(options, clock)
        self._api = Api(
            "Kling",
            options.base_url,
            sign=lambda: {"Authorization": f"Bearer {token()}"},
            explain=explain,
            timeout_seconds=options.timeout_seconds,
            transport=transport,
        )
        self._downloads = Downloads(self._api)
        self._submits = asyncio.Semaphore(SUBMITS_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._api.close()

    def capabilities(self) -> Capabilities:
        known, options = self._row, self._options
        price, sizes = options.price_per_second, _SIZES[options.mode]
        return Capabilities(
            model=options.model,
            version=options.mode,
            pool="remote",
            min_seconds=min(known.seconds),
            max_seconds=max(known.seconds),
            allowed_seconds=known.seconds,
            sizes=sizes,
            max_width=max(width for width, _ in sizes),
            max_height=max(height for _, height in sizes),
            max_prompt=_MOST_PROMPT,
            first_frame=True,
            last_frame=options.mode in known.last_frame,
            follows=True,
            repeats=True,
            cancel=False,
            poll_seconds=options.poll_seconds,
            price_per_second=micro_usd(known.price[options.mode] if price is None else price),
        )

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        route = _route(request)
        try:
            async with self._submits:
                body = await self._asked(worded(request))
                body["external_task_id"] = _external_id(key)
                task = (await self._api.buy(f"/v1/videos/{route}", body, _Reply)).data
        except InvalidRequest:
            # An id that is in use is refused like any other field: then it is ours.
            if handle := await self.find(request, key=key):
                return handle
            raise
        return str(Ticket(_NAME, task.task_id, route))

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        route = _route(request)
        try:
            task = (await self._api.ask(f"/v1/videos/{route}/{_external_id(key)}", _Reply)).data
        except HandleLost:
            return None
        return str(Ticket(_NAME, task.task_id, route))

    async def poll(self, handle: str) -> Status:
        task = await self._task(Ticket.read(handle, _NAME))
        match task.task_status:
            case "submitted" | "processing":
                return Status(State.RUNNING)
            case "succeed":
                return Status(State.SUCCEEDED, 1.0)
            case "failed":
                return Status(State.FAILED, failure=_failure(task.task_status_msg), cost=0)
        raise Transient("Kling tells a status that is not known")

    async def download(self, handle: str, to: Path) -> None:
        ticket = Ticket.read(handle, _NAME)

        async def address() -> str:
            videos = (await self._task(ticket)).task_result.videos
            if not videos:
                raise Transient("Kling gives no address of the clip")
            return videos[0].url

        await self._downloads.bring(address, to)

    async def cancel(self, handle: str) -> None:
        """Do nothing: Kling makes what it has taken."""

    async def _task(self, ticket: Ticket) -> _Task:
        return (await self._api.ask(f"/v1/videos/{ticket.route}/{ticket.task}", _Reply)).data

    async def _asked(self, request: SegmentRequest) -> dict[str, Any]:
        """Put a request into the form of Kling. Raises InvalidRequest for what it cannot do."""
        engine = self.capabilities()
        check(request, engine)
        size = native_size(request.format, engine)
        body: dict[str, Any] = {
            "model_name": engine.model,
            "prompt": request.prompt,
            "mode": self._options.mode,
            "duration": str(round(request.format.seconds(request.frames))),
        }
        if self._row.sound:
            body["sound"] = "off"
        for field, name in (
            ("image", "follows"),
            ("image", "first_frame"),
            ("image_tail", "last_frame"),
        ):
            if path := getattr(request, name):
                body[field] = await picture(path, size, name=name, most_bytes=_MOST_PICTURE)
        if "image_tail" in body and "image" not in body:
            raise InvalidRequest(
                f"{engine.model} takes a last frame only with a first", param="last_frame"
            )
        if _route(request) == _WORDS:
            body["aspect_ratio"] = _SHAPES[engine.sizes.index(size)]
        return body


#: Our fields by the names that Kling's refusals may hold.
_FIELDS: Final = {
    "prompt": "prompt",
    "aspect_ratio": "size",
    "duration": "seconds",
    "image_tail": "last_frame",
    "image": "first_frame",
    "model_name": "generator",
}
_KEYS: Final = "Kling does not accept the keys; correct them, then resume the job"
_NO_CREDIT: Final = "the account at Kling has no credit left; add some, then resume the job"
_NOT_ALLOWED: Final = (
    "the account at Kling may not use this model; change that, then resume the job"
)
_CONTENT: Final = "Kling does not show this; change the prompt or the picture"
_CLOCK: Final = "Kling finds our token out of date; check this machine's clock"
_FULL: Final = "Kling is busy with other segments"
#: What its codes mean. Those of 1200 name a field, and the rest says no more than the status.
_MEANINGS: Final[Mapping[object, tuple[type[TtvError], str]]] = {
    **dict.fromkeys((1000, 1001, 1002), (OnHold, _KEYS)),
    **dict.fromkeys((1003, 1004), (Transient, _CLOCK)),
    **dict.fromkeys((1100, 1101, 1102), (Unfunded, _NO_CREDIT)),
    1103: (OnHold, _NOT_ALLOWED),
    **dict.fromkeys((1300, 1301), (ContentRejected, _CONTENT)),
    **dict.fromkeys((1302, 1303, 1304), (Transient, _FULL)),
}


def explain(answer: Answer) -> TtvError | None:
    """Say what an answer of Kling means: its code tells more than the status."""
    code = answer.code
    if answer.is_good and code == 0:
        return None
    if code in (1200, 1201):
        return answer.refusal("Kling", _FIELDS)
    kind, sentence = _MEANINGS.get(code) or _by_status(answer.status)
    if kind is Transient:
        return Transient(sentence, retry_after=answer.retry_after or _BUSY)
    return kind(sentence)


def _by_status(status: int) -> tuple[type[TtvError], str]:
    """Say what an answer without a code of Kling's means: it may be a gateway's."""
    if status in (401, 403):
        return OnHold, _KEYS
    if status in (408, 429):
        return Transient, _FULL
    if status in (404, 405) or 300 <= status < 400:
        return Permanent, "Kling knows no such call; check the base_url of the engine"
    if 400 <= status < 500:
        return InvalidRequest, "Kling does not take the request as it is"
    return Transient, "Kling has a fault"


def _failure(text: str) -> TtvError:
    """Tell a refusal of what a clip would show from a fault; Kling does so in words only."""
    if "risk control" in text.lower() or "sensitive" in text.lower():
        return ContentRejected(_CONTENT)
    return Transient("Kling failed to make this segment")


def _route(request: SegmentRequest) -> str:
    return _PICTURES if request.first_frame or request.follows else _WORDS


def _external_id(key: str) -> str:
    return key if len(key) <= _MOST_ID else hashlib.sha256(key.encode()).hexdigest()


def _tokens(options: Options, clock: Callable[[], float]) -> Callable[[], str]:
    """Give what makes a token for the next call. Raises InvalidRequest where a key is missing."""
    if options.api_key is not None:
        plain = needed(_NAME, "api_key", options.api_key)
        return lambda: plain
    access = needed(_NAME, "access_key", options.access_key)
    secret = needed(_NAME, "secret_key", options.secret_key)
    return lambda: signed(access, secret, now=clock())
