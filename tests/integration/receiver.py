"""A receiver of webhooks on this machine, which does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Request:
    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Check the signature as the reference library does; gives the document."""
        return Webhook(secret).verify(self.body, self.headers)


def status(code: int, *headers: str) -> bytes:
    """Write an answer."""
    lines = [f"HTTP/1.1 {code} Said", "Content-Length: 0", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Receiver:
    """Remembers what comes, and answers what it is told to."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    #: Connections that were made, with a request or without.
    connections: int = 0
    #: The answers to come; then OK for good.
    answers: list[bytes] = field(default_factory=list)
    #: Bytes of each answer that are sent before it stalls for good; None for all.
    stalls_after: int | None = None
    #: Whether all of the last answer was taken.
    taken: bool = False
    #: Called when a request has come, before it is answered.
    on_request: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?for=films"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.strip().split("\r\n")
            pairs = (each.split(": ", 1) for each in rest)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers["content-length"]))
            self.requests.append(Request(line, headers, body))
            self.on_request()
            answer = self.answers.pop(0) if self.answers else OK
            self.taken = False
            writer.write(answer[: self.stalls_after])
            await writer.drain()
            self.taken = True
            if self.stalls_after is not None:
                await reader.read()
        writer.close()


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """Listen on a port of this machine."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
