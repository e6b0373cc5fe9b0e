"""Requests to one service, repeated while it is away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import httpx

from ttv.client._problems import ServiceUnavailable, to_error
from ttv.client._retry import Retry
from ttv.errors import InvalidRequest

#: How long the service may hold an unchanged job back before it answers.
LONG_POLL_SECONDS: Final = 20
#: Pause between looks at a job where the service does not hold the answer back.
POLL_SECONDS: Final = 0.5
#: The address of all jobs.
JOBS: Final = "/v1/jobs"
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Http:
    """A connection to a service. Every call raises the errors of ``ttv.errors``."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None,
        timeout_seconds: float,
        retry: Retry,
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        checked = _checked(url)
        self.url = url
        self.retry = retry
        self._http = httpx.AsyncClient(
            base_url=checked,
            timeout=httpx.Timeout(timeout_seconds, read=timeout_seconds + LONG_POLL_SECONDS),
            headers={"Authorization": f"Bearer {_sendable(api_key)}"} if api_key else None,
            transport=transport,
            # A proxy cannot reach this machine's own service.
            trust_env=checked.host not in _LOCAL,
        )

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    def absolute(self, url: str) -> str:
        """Give an address as others can use it; the service may give a path of its own."""
        return str(httpx.URL(self.url).join(url))

    async def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Ask, again and again while the service is unavailable."""
        return await self.retry(partial(self.send, "GET", path, params=params, headers=headers))

    async def post(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send what may arrive twice, again and again while the service is unavailable."""
        send = partial(self.send, "POST", path, params=params, headers=headers, body=body)
        return await self.retry(send)

    async def upload(
        self, path: str, content: bytes, *, params: Mapping[str, str], media_type: str
    ) -> httpx.Response:
        """Send bytes that may arrive twice, again and again while the service is unavailable."""
        headers = {"Content-Type": media_type}
        send = partial(self.send, "POST", path, params=params, headers=headers, content=content)
        return await self.retry(send)

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content: bytes | str | None = None,
    ) -> httpx.Response:
        """Send one request once, with a document as its body or with bytes."""
        sent = dict(headers or {})
        if body is not None:
            content, sent["Content-Type"] = json.dumps(body), "application/json"
        with self.connection_errors():
            response = await self._http.request(
                method, path, params=params, headers=sent, content=content
            )
        if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
            return response
        raise to_error(response)

    async def open(self, path: str, *, headers: Mapping[str, str]) -> httpx.Response:
        """Ask once, and give an answer whose body is yet to come; the caller closes it."""
        request = self._http.build_request("GET", path, headers=headers)
        with self.connection_errors():
            answer = await self._http.send(request, stream=True)
            if answer.is_success:
                return answer
            async with aclosing(answer):
                await answer.aread()
        raise to_error(answer)

    @contextmanager
    def connection_errors(self) -> Iterator[None]:
        """Raise what goes wrong with the connection as ServiceUnavailable."""
        try:
            yield
        except httpx.ConnectError as error:
            raise ServiceUnavailable(
                f"no TTV service answers at {self.url}; start one with: ttv up"
            ) from error
        except httpx.TransportError as error:
            what = type(error).__name__
            raise ServiceUnavailable(f"the connection to {self.url} failed ({what})") from error


def job_path(job_id: str, *parts: str) -> str:
    """Give the address of a job, or of a part of it."""
    return "/".join([JOBS, quote(job_id, safe=""), *parts])


def _sendable(api_key: str) -> str:
    """Refuse what no header can carry."""
    if not re.fullmatch(r"[\x21-\x7e]+", api_key):
        raise InvalidRequest(
            "the API key holds blanks or characters that no key has; copy it again", param="api_key"
        )
    return api_key


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidRequest("the URL is not valid", param="url") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise InvalidRequest(
            "the URL of the service must look like http://127.0.0.1:8000", param="url"
        )
    return parsed
