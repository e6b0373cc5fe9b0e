"""Runway's API, version 2024-11-06: gen4.5, gen4_turbo and Veo.

It knows no idempotency keys, so a submit whose answer is lost stays unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Final, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from ttv.backends import checked
from ttv.errors import (
    ContentRejected,
    InvalidRequest,
    OnHold,
    OutcomeUnknown,
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
from ttv.generators._tables import Row, Size, micro_usd, needed, row
from ttv.generators._ticket import Name, Ticket
from ttv.generators._wording import SUBMITS_AT_ONCE, picture, worded

_NAME: Final = "runway"
_API_VERSION: Final = "2024-11-06"
_MICRO_PER_CREDIT: Final = 10_000
#: A picture travels as a data URI of 5 MB, a third of which base64 takes.
_MOST_PICTURE: Final = (5 << 20) * 3 // 4 - 64
_DATA_URI: Final = "data:image/png;base64,"
#: Where a clip shows the pictures of a request.
_POSITIONS: Final = {"first_frame": "first", "follows": "first", "last_frame": "last"}
_MOST_PROMPT: Final = 1_000
_SEEDS: Final = 1 << 32
#: Seconds to wait where Runway does not say.
_BUSY: Final = 30.0
_DAY_IS_OVER: Final = 3_600.0
#: Our fields by the names that its refusals may hold.
_FIELDS: Final = {
    "prompttext": "prompt",
    "ratio": "size",
    "duration": "seconds",
    "promptimage": "first_frame",
    "seed": "seed",
    "model": "generator",
}


class Options(BaseModel):
    """Options of Runway."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    api_key: SecretStr | None = None
    model: str = "gen4.5"
    base_url: Annotated[str, Field(pattern=r"^https?://\S+$")] = "https://api.dev.runwayml.com"
    #: US dollars for a second of the model, where the published price is not yours.
    price_per_second: Annotated[Decimal, Field(ge=0)] | None = None
    poll_seconds: Annotated[float, Field(gt=0, le=600)] = 6.0
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0


class _Row(Row):
    sizes: tuple[Size, ...]
    from_words: tuple[Size, ...]
    price: Decimal
    last_frame: bool = False


class _Reply(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Taken(_Reply):
    id: Name


class _Cost(_Reply):
    credits: Decimal


class _Task(_Reply):
    status: str
    progress: Annotated[float, Field(ge=0, le=1)] | None = None
    output: tuple[str, ...] = ()
    failure_code: str | None = None
    cost: _Cost | None = None

    @property
    def charged(self) -> int | None:
        """Give what the task cost, once Runway says so."""
        return round(self.cost.credits * _MICRO_PER_CREDIT) if self.cost else None


def build(options: Mapping[str, object]) -> Runway:
    """Build the engine from its options."""
    return Runway(checked(Options, options))


class Runway:
    """Runway as Generator."""

    def __init__(
        self, options: Options, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._options = options
        self._row = row(_NAME, options.model, _Row)
        headers = {
            "Authorization": f"Bearer {needed(_NAME, 'api_key', options.api_key)}",
            "X-Runway-Version": _API_VERSION,
        }
        self._api = Api(
            "Runway",
            options.base_url,
            sign=lambda: headers,
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
        known, price = self._row, self._options.price_per_second
        return Capabilities(
            model=self._options.model,
            version=_API_VERSION,
            pool="remote",
            min_seconds=min(known.seconds),
            max_seconds=max(known.seconds),
            allowed_seconds=known.seconds,
            sizes=known.sizes,
            max_width=max(width for width, _ in known.sizes),
            max_height=max(height for _, height in known.sizes),
            max_prompt=_MOST_PROMPT,
            prompt_unit="UTF-16 units",
            first_frame=True,
            last_frame=known.last_frame,
            follows=True,
            repeats=True,
            poll_seconds=self._options.poll_seconds,
            price_per_second=micro_usd(known.price if price is None else price),
        )

    async def submit(self, request: SegmentRequest, *, key: str) -> str:  # noqa: ARG002 - it takes no key
        async with self._submits:
            route, body = await self._asked(worded(request))
            taken = await self._api.buy(f"/v1/{route}", body, _Taken)
        return str(Ticket(_NAME, taken.id, route))

    async def find(self, _request: SegmentRequest, *, key: str) -> str | None:  # noqa: ARG002 - likewise
        raise OutcomeUnknown(
            "Runway may be making this segment, and cannot be asked; look at its dashboard, "
            "then resume the job to buy it again"
        )

    async def poll(self, handle: str) -> Status:
        task = await self._task(Ticket.read(handle, _NAME))
        match task.status:
            case "PENDING" | "THROTTLED":
                return Status(State.RUNNING)
            case "RUNNING":
                return Status(State.RUNNING, task.progress)
            case "SUCCEEDED":
                return Status(State.SUCCEEDED, 1.0, cost=task.charged)
            case "FAILED":
                failure = explain_failure(task.failure_code or "")
                return Status(State.FAILED, failure=failure, cost=task.charged)
            case "CANCELLED":
                raise HandleLost("the segment was called off at Runway")
            case _:
                raise Transient("Runway tells a status that is not known")

    async def download(self, handle: str, to: Path) -> None:
        ticket = Ticket.read(handle, _NAME)

        async def address() -> str:
            output = (await self._task(ticket)).output
            if not output:
                raise Transient("Runway gives no address of the clip")
            return output[0]

        await self._downloads.bring(address, to)

    async def cancel(self, handle: str) -> None:
        with suppress(HandleLost):
            await self._api.call_off(f"/v1/tasks/{Ticket.read(handle, _NAME).task}")

    async def _task(self, ticket: Ticket) -> _Task:
        return await self._api.ask(f"/v1/tasks/{ticket.task}", _Task)

    async def _asked(self, request: SegmentRequest) -> tuple[str, dict[str, Any]]:
        """Put a request into the form of Runway. Raises InvalidRequest for what it cannot do."""
        engine = self.capabilities()
        check(request, engine)
        pictured = any(getattr(request, name) for name in _POSITIONS)
        if not pictured:
            if not self._row.from_words:
                raise InvalidRequest(f"{engine.model} needs a first frame", param="first_frame")
            engine = replace(engine, sizes=self._row.from_words)
        width, height = native_size(request.format, engine)
        body: dict[str, Any] = {
            "model": engine.model,
            "promptText": request.prompt,
            "ratio": f"{width}:{height}",
            "duration": round(request.format.seconds(request.frames)),
            "seed": request.seed % _SEEDS,
        }
        if pictured:
            body["promptImage"] = await _images(request, (width, height))
        if self._row.sound:
            body["audio"] = False
        return ("image_to_video" if pictured else "text_to_video"), body


async def _images(request: SegmentRequest, size: tuple[int, int]) -> list[dict[str, str]]:
    """Give the pictures of a request as data URIs."""
    return [
        {
            "uri": _DATA_URI + await picture(path, size, name=name, most_bytes=_MOST_PICTURE),
            "position": position,
        }
        for name, position in _POSITIONS.items()
        if (path := getattr(request, name))
    ]


def explain(answer: Answer) -> TtvError | None:
    """Say what an answer of Runway means."""
    status, wait = answer.status, answer.retry_after
    if answer.is_good:
        return None
    if status in (408, 429):
        return _busy(answer)
    if status in (401, 403):
        return OnHold("Runway does not accept the API key; correct it, then resume the job")
    if status in (404, 405) or status < 400:
        return Permanent("Runway knows no such call; check the base_url of the engine")
    return _refused(answer) if status < 500 else Transient("Runway has a fault", retry_after=wait)


def _busy(answer: Answer) -> Transient:
    wait = answer.retry_after
    if "daily" in answer.text:
        return Transient("the daily limit at Runway is reached", retry_after=wait or _DAY_IS_OVER)
    return Transient("Runway is busy", retry_after=wait or _BUSY)


def explain_failure(code: str) -> TtvError:
    """Say what the failure code of a task means."""
    if code.startswith(("SAFETY.", "INPUT_PREPROCESSING.SAFETY")):
        return ContentRejected("Runway does not show this; change the prompt or the picture")
    if code.startswith(("INTERNAL.", "INPUT_PREPROCESSING.INTERNAL", "THIRD_PARTY.")):
        return Transient("Runway failed to make this segment")
    if code.startswith("ASSET.INVALID"):
        return InvalidRequest("Runway cannot use the picture", param="first_frame")
    return Permanent("Runway could not make this segment")


def _refused(answer: Answer) -> TtvError:
    if "enough credits" in answer.text:
        return Unfunded("the account at Runway has no credit left; add some, then resume the job")
    return answer.refusal("Runway", _FIELDS)
