"""An S3 of one's own on loopback: moto behind a door that can fail, and knows what moto does not.

moto's own server lets two requests at once into one object, checks no hash of what it is sent and
gives every upload the same age. Here each request is atomic, as those of S3 are.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import socket
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import Any, Final, TypeAlias
from uuid import uuid4

import httpx
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

_Environ: TypeAlias = dict[str, Any]
_Start: TypeAlias = Callable[..., Any]

_BAD_DIGEST: Final = b"<Error><Code>BadDigest</Code><Message>other bytes</Message></Error>"
_INITIATED: Final = re.compile(rb"<Initiated>[^<]*</Initiated>")
_UPLOAD: Final = re.compile(rb"<Upload>.*?</Upload>", re.DOTALL)
_NUMBER: Final = re.compile(rb"<UploadId>([^<]*)</UploadId>")


class Broken(Exception):
    """The connection ends here."""


@dataclass(slots=True)
class Fault:
    """What goes wrong with the requests that it is for."""

    #: Part of the request line: ``PUT /b/k?partNumber=2``.
    line: str
    #: How many requests it is for.
    times: int
    #: The answer instead of S3's; without one the connection breaks.
    status: int | None = None
    code: str = "InternalError"
    #: Bytes of the request's body that are read before, None for all.
    after: int | None = 0
    #: Whether S3 does what it was asked to before.
    done: bool = False
    #: Bytes of the answer's body that are sent before the connection breaks.
    answered: int | None = None
    #: Waited for before.
    stall: Event | None = None
    #: Requests that met it.
    met: int = 0

    def meets(self, line: str) -> bool:
        return self.met < self.times and re.search(self.line, line) is not None


@dataclass(slots=True)
class Bucket:
    """The bucket of one test, and the faults on the way to it."""

    endpoint: str
    name: str
    _faults: list[Fault]
    #: The request lines since the last fault was set, in order.
    lines: list[str]
    #: When each upload began, in seconds since 1970.
    begun: dict[bytes, float]

    @property
    def options(self) -> dict[str, object]:
        return {
            "bucket": self.name,
            "endpoint": self.endpoint,
            "access_key": "someone",
            "secret_key": "something",
        }

    def fault(self, line: str, times: int = 1, **what: Any) -> Fault:
        """Let something go wrong with the next requests that fit."""
        fault = Fault(line, times, **what)
        self._faults.append(fault)
        self.lines.clear()
        return fault

    def count(self, pattern: str) -> int:
        """Count the requests that fit."""
        return sum(re.search(pattern, line) is not None for line in self.lines)


@dataclass(slots=True)
class _Door:
    """What stands before moto."""

    moto: Callable[[_Environ, _Start], Iterable[bytes]]
    faults: list[Fault] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    begun: dict[bytes, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, environ: _Environ, start: _Start) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}" + (
            f"?{query}" if query else ""
        )
        with self.lock:
            self.lines.append(line)
            fault = next((fault for fault in self.faults if fault.meets(line)), None)
            if fault:
                fault.met += 1
        try:
            if fault:
                return self._failed(fault, environ, start)
            return [self._answer(environ, start)]
        except (Broken, ConnectionError):
            _break(environ["werkzeug.socket"])
            return []

    def _failed(self, fault: Fault, environ: _Environ, start: _Start) -> Iterable[bytes]:
        if fault.stall:
            fault.stall.wait(30)
        if fault.answered is not None:
            body = self._answer(environ, start)
            return _cut(environ["werkzeug.socket"], body[: fault.answered])
        if fault.done:
            self._answer(environ, lambda *_: None)
        elif fault.after != 0:
            _body(environ, fault.after)
        if fault.status is None:
            raise Broken
        start(f"{fault.status} Fault", [("Content-Type", "application/xml")])
        return [f"<Error><Code>{fault.code}</Code><Message>a fault</Message></Error>".encode()]

    def _answer(self, environ: _Environ, start: _Start) -> bytes:
        data = _body(environ)
        environ["wsgi.input"] = io.BytesIO(data)
        wanted = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
        if wanted and wanted != b64encode(hashlib.sha256(data).digest()).decode():
            start("400 Bad Request", [("Content-Type", "application/xml")])
            return _BAD_DIGEST
        query = environ["QUERY_STRING"]
        with self.lock:
            if query == "uploads" or query.startswith("uploads&"):
                return self._dated(environ, start)
            return b"".join(self.moto(environ, start))

    def _dated(self, environ: _Environ, start: _Start) -> bytes:
        """Tell when uploads began, which moto does not know."""
        answers: list[Any] = []
        body = b"".join(self.moto(environ, lambda *answer: answers.append(answer)))
        if environ["REQUEST_METHOD"] == "POST":
            if number := _NUMBER.search(body):
                self.begun[number[1]] = datetime.now(UTC).timestamp()
        else:
            body = _UPLOAD.sub(self._date, body)
        status, headers = answers[0][:2]
        sized = [pair for pair in headers if pair[0].lower() != "content-length"]
        start(status, [*sized, ("Content-Length", str(len(body)))])
        return body

    def _date(self, upload: re.Match[bytes]) -> bytes:
        number = _NUMBER.search(upload[0])
        assert number
        date = datetime.fromtimestamp(self.begun[number[1]], UTC)
        text = f"<Initiated>{date:%Y-%m-%dT%H:%M:%S.000Z}</Initiated>"
        return _INITIATED.sub(text.encode(), upload[0])


class _Silent(WSGIRequestHandler):
    """Keeps connections open, and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, *_args: object) -> None:
        """Write no log."""


@contextmanager
def s3() -> Iterator[Callable[[], Bucket]]:
    """Run the server; gives what makes a new bucket."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    door = _Door(DomainDispatcherApplication(create_backend_app))
    server = ThreadedWSGIServer("127.0.0.1", 0, door, handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"

    def bucket() -> Bucket:
        name = f"films-{uuid4().hex}"
        door.faults.clear()
        door.lines.clear()
        made = _asked("PUT", f"{endpoint}/{name}")
        assert made == 200
        return Bucket(endpoint, name, door.faults, door.lines, door.begun)

    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _asked(method: str, url: str) -> int:
    return httpx.request(method, url).status_code


def _body(environ: _Environ, most: int | None = None) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    data: bytes = environ["wsgi.input"].read(length if most is None else min(most, length))
    if most is None and len(data) < length:
        raise Broken
    return data


def _cut(connection: socket.socket, body: bytes) -> Iterator[bytes]:
    yield body
    _break(connection)


def _break(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)
