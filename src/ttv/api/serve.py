"""Serve the app with Hypercorn until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from hypercorn.asyncio import serve as run
from hypercorn.config import Config, Sockets

from ttv.api.app import create_app, end_long_answers
from ttv.api.connections import Listening
from ttv.api.services import Services
from ttv.observability import log

#: New connections taken in one turn of the loop. A thousand that come at once, all taken in one,
#: would keep everyone else waiting, also for answers that Redis has long given.
_TAKEN_AT_ONCE: Final = 16


async def serve(
    services: Services, listening: socket.socket, *, stop: Callable[[], Awaitable[object]]
) -> None:
    """Answer requests on a listening socket until ``stop`` returns.

    Then no new connection is taken, long polls and event streams end, clients are asked to leave
    with their next answer, and running requests have ``api_grace_seconds`` to finish. The socket
    stays open: it belongs to the caller, and another process may answer on it.
    """
    app = create_app(services)
    door = Listening(listening)

    async def stopping() -> None:
        await stop()
        log.info("API stops", action="api.stopping")
        end_long_answers(app)
        await door.let_go()

    _drop_sleepers(listening, services.settings.unread_seconds)
    host, port = listening.getsockname()[:2]
    log.info("API ready", action="api.ready", host=host, port=port)
    serving = run(
        app,  # type: ignore[arg-type]  # Hypercorn describes an ASGI app in types of its own
        _Config(door, services.settings.api_grace_seconds),
        shutdown_trigger=stopping,
        mode="asgi",
    )
    # Hypercorn leaves its task counted as cancelled, which breaks what our caller closes next;
    # so it gets a task of its own.
    with _noting_drops():
        await asyncio.create_task(serving)


def _drop_sleepers(listening: socket.socket, unread_seconds: float) -> None:
    """Let the system cut off clients that do not read what they are sent."""
    if sys.platform == "linux":
        unread_ms = round(unread_seconds * 1000)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread_ms)


@contextmanager
def _noting_drops() -> Iterator[None]:
    """Take a client that was cut off for what it is: Hypercorn would make it an error of ours."""
    loop = asyncio.get_running_loop()
    outer = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, TimeoutError) and error.errno == errno.ETIMEDOUT:
            log.info("Client cut off", action="client.dropped")
        elif outer:
            outer(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_exception_handler(outer)


class _Config(Config):
    """Hypercorn's settings, with a socket of ours."""

    def __init__(self, door: Listening, grace_seconds: float) -> None:
        super().__init__()
        self._door = door
        self.backlog = _TAKEN_AT_ONCE
        self.accesslog = None
        self.errorlog = logging.getLogger("hypercorn.error")
        self.include_server_header = False
        self.graceful_timeout = grace_seconds

    def create_sockets(self) -> Sockets:
        """Give the open socket; Hypercorn closes it."""
        return Sockets([], [self._door], [])
