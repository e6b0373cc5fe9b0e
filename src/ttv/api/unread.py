"""The body of a request, and what is left of it when the answer is given.

A refusal is often there long before the body is: the key is wrong, the file too large. A server
that then closes resets the connection, and the client may lose the answer; Hypercorn waits for
good for somebody to take the rest. So the rest is taken and dropped.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Receive, Scope, Send

#: Seconds that a client may go on sending after its answer, and how long it may be silent.
_LONGEST: Final = 30.0
_SILENCE: Final = 2.0
#: Bytes that are dropped: more than the largest file that is taken.
_MOST: Final = 64 << 20
_END: Final[Message] = {"type": "http.response.body", "body": b"", "more_body": False}


@dataclass(slots=True)
class Body:
    """The body of one request as it comes; what receives it for the app."""

    receive: Receive
    #: True when nothing of it is to come any more.
    ended: bool = False

    async def __call__(self) -> Message:
        """Receive the next message."""
        message = await self.receive()
        self.ended = not message.get("more_body")
        return message

    async def end(
        self, send: Send, *, longest: float = _LONGEST, silence: float = _SILENCE
    ) -> None:
        """End an answer that is given but for its end, once the client has sent everything.

        Who goes on for too long is cut off.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._drop(silence)
        if self.ended:
            await send(_END)
            return
        # Hypercorn tells the app of the end in a queue that is full while nobody takes from it.
        dropping = asyncio.create_task(self._drop_all())
        await send(_END)
        await dropping

    async def _drop(self, silence: float) -> None:
        left = _MOST
        while not self.ended and left > 0:
            async with asyncio.timeout(silence):
                left -= len((await self()).get("body", b""))

    async def _drop_all(self) -> None:
        while (await self())["type"] != "http.disconnect":
            pass


def may_send(scope: Scope) -> bool:
    """Tell whether a request can have a body: one of HTTP/1 says so in its head."""
    names = {name for name, _ in scope["headers"]}
    return scope["http_version"] >= "2" or bool(names & {b"content-length", b"transfer-encoding"})
