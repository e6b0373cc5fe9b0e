"""``ttv serve``: the HTTP API alone."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples
from ttv.errors import Cancelled

if TYPE_CHECKING:
    from ttv.settings import Settings


@app.command(
    rich_help_panel=SERVICE,
    epilog=examples("ttv serve --port 8080", "REDIS_URL=redis://10.0.0.5:6379 ttv serve"),
)
def serve(
    *,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on. [dim]default: API_HOST or 127.0.0.1[/]"),
    ] = None,
    port: options.Port = None,
    data_dir: options.DataDir = None,
    fd: Annotated[int | None, typer.Option(hidden=True, help="Socket to answer on.")] = None,
) -> None:
    """Run the HTTP API, in API_WORKERS processes; ttv worker makes the films.

    SIGHUP restarts them one after another, and no request fails.
    """
    from ttv.cli._listening import listen
    from ttv.cli._run import run

    loaded = options.load_settings(api_host=host, api_port=port, data_dir=data_dir)
    if fd is not None:
        _answer(loaded, socket.socket(fileno=fd))
        return
    with listen(loaded.api_host, loaded.api_port) as listening:
        try:
            run(_supervise(loaded, listening))
        except Cancelled:
            return  # to stop is how a service ends


def _answer(settings: Settings, listening: socket.socket) -> None:
    from ttv.wiring import service

    with listening:
        asyncio.run(service.serve(settings, listening))


async def _supervise(settings: Settings, listening: socket.socket) -> None:
    """Run the processes that share the socket."""
    from rich.console import Console

    from ttv.cli import _stack
    from ttv.cli._logs import Screen
    from ttv.cli._rolling import rolling
    from ttv.cli._supervisor import Supervisor

    screen = Screen(Console(stderr=True, highlight=False))
    supervisor = Supervisor(screen)
    async with _stack.queue_server(settings, screen):
        try:
            for child in _stack.api_children(settings, listening):
                supervisor.start(child)
            async with rolling(supervisor, screen):
                await supervisor.failed()
        finally:
            await _stack.stop(supervisor)
