"""One request and its answer: an id, safe headers, one log line, one count, never a bare 500."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ttv.access import Caller
from ttv.api import auth, limits, problems
from ttv.api.unread import Body, may_send
from ttv.errors import TtvError
from ttv.jobs import is_job_id
from ttv.observability import HttpMetrics, bind, log

#: Sent with every answer that does not say otherwise.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
#: Asked every few seconds by machines; logged only when someone looks closely.
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-.*"
)


@dataclass(slots=True)
class _Answer:
    """What became of a request."""

    scope: Scope
    request_id: str
    send: Send
    body: Body
    #: True when the client should take another connection for its next request.
    last: Callable[[], bool]
    #: None until the first byte.
    status: int | None = None
    #: True when all is sent but its end, since the client is sending still.
    open: bool = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            if self.last():
                headers["Connection"] = "close"
            if limits.COUNT in self.scope:
                headers.update(limits.headers(self.scope[limits.COUNT]))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        elif not message.get("more_body") and not self.body.ended:
            self.open = True
            message = {**message, "more_body": True}
        await self.send(message)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The outermost layer around the routes, and the API's last handler of errors."""

    app: ASGIApp
    metrics: HttpMetrics
    new_request_id: Callable[[], str]
    monotonic: Callable[[], float]
    #: Set when the server begins to stop: clients are asked to leave.
    stopping: asyncio.Event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry out one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        answer = _Answer(
            scope,
            given if _REQUEST_ID.fullmatch(given) else self.new_request_id(),
            send,
            Body(receive, ended=not may_send(scope)),
            # HTTP/2 has no such header; its connections end by themselves.
            last=lambda: self.stopping.is_set() and scope["http_version"] < "2",
        )
        scope[problems.REQUEST_ID] = answer.request_id
        trace = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
        started = self.monotonic()
        with bind(request_id=answer.request_id, **({"trace_id": trace[1]} if trace else {})):
            try:
                await self._run(scope, answer)
            finally:
                self._note(scope, answer, self.monotonic() - started)
            if answer.open:
                await answer.body.end(send)

    async def _run(self, scope: Scope, answer: _Answer) -> None:
        try:
            await self.app(scope, answer.body, answer)
        except Exception:  # the API's last handler: it logs and answers
            log.exception("A request failed", action="http.failed")
            if answer.status is not None:
                raise  # the server cuts the connection, so that no half answer looks whole
            response = problems.refuse(Request(scope), TtvError())
            await response(scope, answer.body, answer)

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = answer.status or 499  # the client went away first
        self.metrics.requests.labels(method, route, str(status)).inc()
        self.metrics.seconds.labels(method, route).observe(seconds)
        job_id = scope.get("path_params", {}).get("job_id", "")
        caller: Caller | None = scope.get(auth.CALLER)
        log.log(
            logging.DEBUG if route in _QUIET else logging.INFO,
            "Request answered",
            action="http.answered",
            job_id=job_id if is_job_id(job_id) else None,
            method=method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            client=scope.get(auth.IP),
            key=caller.key if caller else None,
        )
