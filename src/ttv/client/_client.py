"""The client of the HTTP API."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from ttv.client._events import read_frames
from ttv.client._part import Part
from ttv.client._problems import ServiceUnavailable, to_error
from ttv.client._retry import Retry
from ttv.client._values import Artifact, Event, Job, Page
from ttv.errors import InvalidRequest

DEFAULT_URL: Final = "http://127.0.0.1:8000"
#: How long the service may hold an unchanged job back before it answers.
LONG_POLL_SECONDS: Final = 20
#: Pause between looks at a job where the service does not hold the answer back.
POLL_SECONDS: Final = 0.5
#: How often ``wait`` tries a service that does not answer: over a minute, for a restart.
PATIENT_ATTEMPTS: Final = 30
_JOBS: Final = "/v1/jobs"
_CHUNK: Final = 1 << 18
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Client:
    """Asks a TTV service for films; an async context manager.

    Calls that may be repeated are repeated while the service is unavailable; ``create`` is
    one of them, since it carries an idempotency key. All calls raise the errors of
    ``ttv.errors``: InvalidRequest with its field, NotFound, Conflict, ServiceUnavailable.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_seconds: float = 30.0,
        retry: Retry | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        url = _checked(base_url)
        #: Where the service is.
        self.url = base_url
        self._retry = retry or Retry()
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(timeout_seconds, read=timeout_seconds + LONG_POLL_SECONDS),
            headers={"Authorization": f"Bearer {_sendable(api_key)}"} if api_key else None,
            transport=transport,
            trust_env=url.host not in _LOCAL,  # a proxy cannot reach this machine's own service
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def create(
        self, request: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Job:
        """Ask for a film: ``{"prompt": ...}`` and, if wanted, ``seconds``, ``size`` and so on.

        The same key with the same request gives the same job, for a day.
        """
        response = await self._call(
            "POST",
            _JOBS,
            content=json.dumps(request),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": idempotency_key or uuid.uuid4().hex,
            },
        )
        return Job.read(response.json())

    async def get(self, job_id: str) -> Job:
        """Give a job as it stands."""
        return Job.read((await self._call("GET", _path(job_id))).json())

    async def list(self, *, limit: int = 20, cursor: str | None = None) -> Page:
        """Give a page of jobs, newest first; ``cursor`` is the ``next_cursor`` of the last one."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        return Page.read((await self._call("GET", _JOBS, params=query)).json())

    async def cancel(self, job_id: str) -> Job:
        """Stop a job. Raises Conflict when it is over."""
        return Job.read((await self._call("POST", _path(job_id, "cancel"))).json())

    async def wait(self, job_id: str, on_update: Callable[[Job], None] = lambda _: None) -> Job:
        """Follow a job to its end, also through a restart of the service.

        ``on_update`` gets the job now and after every change.
        """
        patiently = replace(self._retry, attempts=PATIENT_ATTEMPTS)
        headers = {"Prefer": f"wait={LONG_POLL_SECONDS}"}
        while True:
            response = await patiently(
                partial(self._send, "GET", _path(job_id), headers=dict(headers))
            )
            if response.status_code == httpx.codes.NOT_MODIFIED:
                if "preference-applied" not in response.headers:
                    await self._retry.sleep(POLL_SECONDS)
                continue
            job = Job.read(response.json())
            on_update(job)
            if job.ended:
                return job
            headers["If-None-Match"] = response.headers["etag"]

    async def events(self, job_id: str, *, after: str = "") -> AsyncIterator[Event | Job]:
        """Give what happens to a job, each event once, and last the job when it is over.

        It begins behind the event with the id ``after``, and goes on through cut connections and
        a restart of the service. Where events are not kept any more, the job stands for them.
        """
        patiently = replace(self._retry, attempts=PATIENT_ATTEMPTS)
        last = after
        while True:
            answer = await patiently(partial(self._open_events, job_id, last))
            async with aclosing(answer):
                with suppress(httpx.TransportError):  # it is taken up where it was cut off
                    async for frame in read_frames(answer.aiter_lines()):
                        last = frame.id or last
                        yield frame.news()
                        if frame.kind == "end":
                            return
            await self._retry.sleep(POLL_SECONDS)

    async def logs(self, job_id: str) -> str:
        """Give what happened to a job as lines of text."""
        plain = {"Accept": "text/plain"}
        return (await self._call("GET", _path(job_id, "logs"), headers=plain)).text

    async def plan(self, job_id: str) -> Mapping[str, Any]:
        """Give the plan of a job as a document, as soon as it is planned."""
        document: Mapping[str, Any] = (await self._call("GET", _path(job_id, "plan"))).json()
        return document

    async def artifact(self, job_id: str) -> Artifact:
        """Describe the film of a finished job."""
        return Artifact.read((await self._call("GET", _path(job_id, "artifact"))).json())

    async def download(
        self,
        job_id: str,
        to: Path,
        on_progress: Callable[[int, int], None] = lambda _have, _size: None,
    ) -> Artifact:
        """Save the film of a finished job; an interrupted download goes on where it was.

        ``on_progress`` gets the bytes there are and the bytes in all. The file appears whole
        and checked, or not. Raises StorageFull, StorageUnwritable.
        """
        film = await self.artifact(job_id)
        part = Part(to, film)
        if part.have() < film.size:
            await self._retry(partial(self._load, job_id, part, on_progress))
        await asyncio.to_thread(part.finish)
        return film

    async def ready(self) -> bool:
        """Tell whether the service can take requests now."""
        try:
            await self._send("GET", "/readyz")
        except ServiceUnavailable:
            return False
        return True

    async def _open_events(self, job_id: str, last: str) -> httpx.Response:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        request = self._http.build_request("GET", _path(job_id, "events"), headers=headers)
        with self._connection_errors():
            answer = await self._http.send(request, stream=True)
            if answer.is_success:
                return answer
            async with aclosing(answer):
                await answer.aread()
        raise to_error(answer)

    async def _load(self, job_id: str, part: Part, on_progress: Callable[[int, int], None]) -> None:
        """Load what is missing of a film, as far as the connection holds."""
        have = part.have()
        headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"}
        with self._connection_errors():
            async with self._http.stream("GET", _path(job_id, "video"), headers=headers) as answer:
                if not answer.is_success:
                    await answer.aread()
                    raise to_error(answer)
                if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                    have = 0  # the whole film comes, whatever was asked for
                with part.opened(start=have) as write:
                    async for chunk in answer.aiter_bytes(_CHUNK):
                        write(chunk)
                        have += len(chunk)
                        on_progress(have, part.film.size)
        if have < part.film.size:
            raise ServiceUnavailable("the download was cut off")

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: str | None = None,
    ) -> httpx.Response:
        """Send a request that may be repeated."""
        return await self._retry(
            partial(self._send, method, path, params=params, headers=headers, content=content)
        )

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: str | None = None,
    ) -> httpx.Response:
        with self._connection_errors():
            response = await self._http.request(
                method, path, params=params, headers=headers, content=content
            )
        if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
            return response
        raise to_error(response)

    @contextmanager
    def _connection_errors(self) -> Iterator[None]:
        try:
            yield
        except httpx.ConnectError as error:
            raise ServiceUnavailable(
                f"no TTV service answers at {self.url}; start one with: ttv up"
            ) from error
        except httpx.TransportError as error:
            what = type(error).__name__
            raise ServiceUnavailable(f"the connection to {self.url} failed ({what})") from error


def _path(job_id: str, *parts: str) -> str:
    return "/".join([_JOBS, quote(job_id, safe=""), *parts])


def _sendable(api_key: str) -> str:
    """Refuse what no header can carry."""
    if not re.fullmatch(r"[\x21-\x7e]+", api_key):
        raise InvalidRequest(
            "the API key holds blanks or characters that no key has; copy it again", param="api_key"
        )
    return api_key


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise InvalidRequest("the URL is not valid", param="url") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidRequest(
            "the URL of the service must look like http://127.0.0.1:8000", param="url"
        )
    return url
