from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from ttv.api.unread import Body, may_send

pytestmark = pytest.mark.anyio

PART: Message = {"type": "http.request", "body": b"x" * 1000, "more_body": True}
LAST: Message = {"type": "http.request", "body": b"", "more_body": False}
GONE: Message = {"type": "http.disconnect"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Line:
    """A connection as Hypercorn has it: what comes waits in a short queue for its receiver."""

    def __init__(self, *messages: Message) -> None:
        self.queue = asyncio.Queue[Message](2)
        self.sending = asyncio.create_task(self._send(messages))
        self.answered: list[Message] = []

    async def _send(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            await self.queue.put(message)

    async def send(self, message: Message) -> None:
        """Take the end of an answer, which ends the connection."""
        self.answered.append(message)
        await self.queue.put(GONE)


async def ended(line: Line, **limits: Any) -> Body:
    body = Body(line.queue.get)
    async with asyncio.timeout(5):
        await body.end(line.send, **limits)
    assert [one["more_body"] for one in line.answered] == [False]
    return body


async def test_what_a_client_still_sends_is_dropped_before_the_answer_ends() -> None:
    line = Line(*[PART] * 20, LAST)
    assert (await ended(line)).ended
    assert line.sending.done()


async def test_a_client_that_leaves_meanwhile_is_no_error() -> None:
    assert (await ended(Line(PART, GONE))).ended


async def test_a_client_that_falls_silent_is_cut_off() -> None:
    await ended(Line(PART), silence=0.01)


async def test_a_client_that_sends_without_end_is_cut_off_though_more_waits() -> None:
    line = Line(*[PART] * 200_000)
    await ended(line, longest=0.01)
    line.sending.cancel()


@pytest.mark.parametrize(
    ("version", "headers", "expected"),
    [
        ("1.1", [(b"host", b"x")], False),
        ("1.1", [(b"content-length", b"3")], True),
        ("1.1", [(b"transfer-encoding", b"chunked")], True),
        ("2", [], True),
    ],
)
def test_a_request_says_in_its_head_whether_it_has_a_body(
    version: str, headers: list[tuple[bytes, bytes]], expected: bool
) -> None:
    assert may_send({"http_version": version, "headers": headers}) is expected
