"""Serve the app with Hypercorn until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable

from hypercorn.asyncio import serve as run
from hypercorn.config import Config

from ttv.api.app import create_app
from ttv.api.services import Services
from ttv.observability import log


async def serve(
    services: Services, listening: socket.socket, *, stop: Callable[[], Awaitable[object]]
) -> None:
    """Answer requests on a listening socket until ``stop`` returns.

    Then no new connection is taken, long polls end, and running requests have
    ``api_grace_seconds`` to finish. The socket stays open: it belongs to the caller.
    """
    app = create_app(services)

    async def stopping() -> None:
        await stop()
        log.info("API stops", action="api.stopping")
        app.state.stopping.set()

    host, port = listening.getsockname()[:2]
    log.info("API ready", action="api.ready", host=host, port=port)
    serving = run(
        app,  # type: ignore[arg-type]  # Hypercorn describes an ASGI app in types of its own
        _config(listening, services.settings.api_grace_seconds),
        shutdown_trigger=stopping,
        mode="asgi",
    )
    # Hypercorn leaves its task counted as cancelled, which breaks what our caller closes next;
    # so it gets a task of its own.
    await asyncio.create_task(serving)


def _config(listening: socket.socket, grace_seconds: float) -> Config:
    config = Config()
    # Hypercorn closes the descriptor that it is given.
    config.bind = [f"fd://{listening.dup().detach()}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.include_server_header = False
    config.graceful_timeout = grace_seconds
    return config
