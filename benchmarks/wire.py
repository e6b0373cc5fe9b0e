"""HTTP/1.1 at the least cost, so that the load costs little beside what it measures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the service."""

    status: int
    body: bytes
    seconds: float


@dataclass(slots=True)
class Wire:
    """One connection that is kept alive."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and read its whole answer."""
        began = time.perf_counter()
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
        body = await self.reader.readexactly(lengths[0] if lengths else 0)
        return Answer(int(head.split(b" ", 2)[1]), body, time.perf_counter() - began)

    async def follow(self, request: bytes, happened: Callable[[str], None]) -> None:
        """Open an event stream and tell the ids of its events, to its end."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.decode())
        while line := await self.reader.readline():
            if line.startswith(b"id: "):
                happened(line[4:].strip().decode())
            if line.startswith(b"event: end"):
                return

    def close(self) -> None:
        """Leave."""
        self.writer.close()


def request(
    method: str, path: str, headers: Mapping[str, str], *, body: bytes | None = None
) -> bytes:
    """Write a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


async def load(
    port: int, requests: Callable[[int], bytes], *, number: int, connections: int
) -> Sequence[Answer]:
    """Send requests over several connections; gives all answers."""
    wires = [await Wire.open(port) for _ in range(connections)]
    numbers = iter(range(number))

    async def send(wire: Wire) -> list[Answer]:
        return [await wire.ask(requests(one)) for one in numbers]

    try:
        answers = await asyncio.gather(*(send(wire) for wire in wires))
    finally:
        for wire in wires:
            wire.close()
    return [answer for some in answers for answer in some]
