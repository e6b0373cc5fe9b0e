"""Speak HTTP with a provider: what its answers mean for a purchase, and what silence means.

Nothing here tries again: who calls knows whether a request may be sent twice. Messages never
hold what a provider wrote; its words serve to tell errors apart.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from ttv.errors import (
    InvalidRequest,
    OutcomeUnknown,
    Permanent,
    Transient,
    TtvError,
    storage_errors,
)
from ttv.files import whole
from ttv.generators._errors import HandleLost
from ttv.observability import log

#: No answer of a provider that is not a clip is longer.
_MOST_ANSWER: Final = 1 << 20
#: Longest time that a provider may ask us to wait; it is asked again then.
_MOST_WAIT: Final = 86_400.0
_CHUNK: Final = 1 << 18
_CALL_OFF_SECONDS: Final = 5.0
#: Enough for the polls of a thousand segments; each more makes every call a little slower.
_CONNECTIONS: Final = httpx.Limits(max_connections=48, max_keepalive_connections=48)
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
#: Statuses of an address that has served its time.
_EXPIRED: Final = frozenset({401, 403, 404, 410})
#: The request was not sent when one of these is raised.
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said."""

    status: int
    #: The JSON object of the answer; empty when it is none.
    body: Mapping[str, Any]
    #: The answer as text, in lower case, to tell errors apart by.
    text: str
    #: Seconds that the provider asks us to wait.
    retry_after: float | None

    @property
    def code(self) -> int | None:
        """Give the code of a provider that has codes beside the status."""
        code = self.body.get("code")
        return code if isinstance(code, int) else None

    @property
    def is_good(self) -> bool:
        """Tell whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def is_clear(self) -> bool:
        """Tell whether the provider itself refused the call, and so did nothing.

        Another status of 500 or more may come from a gateway, or from half-way through.
        """
        refused = self.status == httpx.codes.SERVICE_UNAVAILABLE and bool(self.text)
        return refused or 400 <= self.status < 500

    def refusal(self, provider: str, fields: Mapping[str, str]) -> InvalidRequest:
        """Say that the provider does not take a request, by the first of our fields it names."""
        param = next((ours for theirs, ours in fields.items() if theirs in self.text), None)
        what = param or "request"
        return InvalidRequest(f"{provider} does not take the {what} as it is", param=param)


#: Gives what an answer means in our families; None when the call did what it should.
Explain: TypeAlias = Callable[[Answer], TtvError | None]

_Form = TypeVar("_Form", bound=BaseModel)


class AddressExpired(Transient):
    """The address of the clip does not work any more; ask the provider for another."""


class Api:
    """One provider's API; whoever opens it closes it."""

    def __init__(
        self,
        provider: str,
        base_url: str,
        *,
        sign: Callable[[], Mapping[str, str]],
        explain: Explain,
        timeout_seconds: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._provider = provider
        self._home = httpx.URL(base_url)
        self._sign = sign
        self._explain = explain
        self._http = httpx.AsyncClient(
            base_url=self._home,
            timeout=timeout_seconds,
            transport=transport,
            limits=_CONNECTIONS,
            trust_env=self._home.host not in _LOCAL,  # no proxy reaches this machine
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, path: str, form: type[_Form]) -> _Form:
        """Read something, any number of times.

        Raises HandleLost when it is not there, Transient when there is no usable answer, and
        otherwise what the answer means.
        """
        answer = await self._told("GET", path)
        try:
            return form.model_validate(answer.body)
        except ValidationError as error:
            raise Transient(f"{self._provider} gave an answer of another form") from error

    async def call_off(self, path: str) -> None:
        """Delete something within 5 seconds, as far as the provider hears it.

        What it does not hear of is made to its end and paid; nothing else hangs on it.
        """
        try:
            async with asyncio.timeout(_CALL_OFF_SECONDS):
                await self._told("DELETE", path)
        except HandleLost:
            return
        except (TtvError, TimeoutError):
            log.warning(
                "Segment not called off", action="provider.not_called_off", provider=self._provider
            )

    async def buy(self, path: str, body: Mapping[str, Any], form: type[_Form]) -> _Form:
        """Make a call that costs money when it is taken, once.

        Raises OutcomeUnknown when it may have been taken, and otherwise what the refusal means.
        """
        try:
            answer = await self._send("POST", path, body)
        except _NOT_SENT as error:
            raise Transient(f"{self._provider} cannot be reached") from error
        except httpx.HTTPError as error:
            raise self._unknown() from error
        if meaning := self._explain(answer):
            if isinstance(meaning, Transient) and not answer.is_clear:
                raise self._unknown()
            raise meaning
        try:
            return form.model_validate(answer.body)
        except ValidationError as misfit:
            raise self._unknown() from misfit

    async def _told(self, method: str, path: str) -> Answer:
        try:
            answer = await self._send(method, path)
        except httpx.HTTPError as error:
            raise Transient(f"{self._provider} does not answer") from error
        if answer.status == httpx.codes.NOT_FOUND:
            raise HandleLost
        if meaning := self._explain(answer):
            raise meaning
        return answer

    def _unknown(self) -> OutcomeUnknown:
        """Say that a purchase may have been taken."""
        return OutcomeUnknown(
            f"{self._provider} did not answer whether it makes this segment, and may charge for it"
        )

    async def fetch(self, address: str, to: Path, *, most_bytes: int, seconds: float) -> None:
        """Download a clip, whole or not at all.

        The address comes from the provider: it gets no key of ours, and leads nowhere but to
        the provider's own host or over TLS. Raises AddressExpired, Transient, or Permanent for
        one that is too large.
        """
        try:
            async with (
                asyncio.timeout(seconds),
                self._http.stream(
                    "GET", self._checked(address), headers={"Accept": "video/mp4"}
                ) as answer,
            ):
                if answer.status_code in _EXPIRED:
                    raise AddressExpired
                if not answer.is_success:
                    raise Transient(
                        f"{self._provider} does not give the clip out",
                        retry_after=_wait(answer.headers),
                    )
                await self._save(answer, to, most_bytes)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Transient(f"the download from {self._provider} broke off") from error

    async def _save(self, answer: httpx.Response, to: Path, most_bytes: int) -> None:
        size = 0
        with storage_errors(to.parent), whole(to) as part, part.open("wb") as file:
            async for chunk in answer.aiter_bytes(_CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise Permanent(
                        f"the clip from {self._provider} has more than {most_bytes >> 20} MiB"
                    )
                await asyncio.to_thread(file.write, chunk)

    def _checked(self, address: str) -> httpx.URL:
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise Transient(f"{self._provider} gave no address of the clip") from error
        if url.scheme != "https" and (url.scheme, url.host) != (self._home.scheme, self._home.host):
            raise Permanent(f"{self._provider} gave an address that is not its own")
        return url

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        async with self._http.stream(method, path, json=body, headers=self._sign()) as response:
            content = b""
            async for chunk in response.aiter_bytes(_CHUNK):
                content += chunk
                if len(content) > _MOST_ANSWER:
                    raise httpx.DecodingError("the answer is too long")
        return Answer(
            status=response.status_code,
            body=_object(content),
            text=content.decode(errors="replace").lower(),
            retry_after=_wait(response.headers),
        )


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _wait(headers: httpx.Headers) -> float | None:
    """Read how long to wait: milliseconds, seconds, or a date by the provider's own clock."""
    with suppress(ValueError):
        if "retry-after-ms" in headers:
            return _bounded(float(headers["retry-after-ms"]) / 1000)
    after = headers.get("retry-after", "")
    with suppress(ValueError):
        return _bounded(float(after))
    with suppress(ValueError):
        until, now = (parsedate_to_datetime(text) for text in (after, headers.get("date", "")))
        return _bounded((until - now).total_seconds())
    return None


def _bounded(seconds: float) -> float | None:
    return min(seconds, _MOST_WAIT) if seconds >= 0 else None
