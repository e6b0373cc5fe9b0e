"""``ttv up``: the whole service on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples
from ttv.errors import Cancelled

if TYPE_CHECKING:
    from ttv.settings import Settings


@app.command(
    rich_help_panel=SERVICE,
    epilog=examples(
        "ttv up",
        "ttv up --port 8080 --workers 2 --data-dir /var/lib/ttv",
        "REDIS_URL=redis://10.0.0.5:6379 ttv up",
    ),
)
def up(
    *,
    port: options.Port = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Worker processes. [dim]default: WORKER_REPLICAS or 1[/]"),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """Run the whole service on this machine: queue server, API and workers.

    Without REDIS_URL a Valkey server of its own keeps the jobs in the data folder; they
    survive a restart of everything. Ctrl-C stops it cleanly, once more at once. SIGHUP
    restarts its processes one after another, and no request fails.
    """
    from ttv.cli._run import run

    loaded = options.load_settings(api_port=port, worker_replicas=workers, data_dir=data_dir)
    try:
        run(_up(loaded))
    except Cancelled:
        return  # to stop is how a service ends


async def _up(settings: Settings) -> None:
    from rich.console import Console

    from ttv.cli import _stack
    from ttv.cli._logs import Screen
    from ttv.cli._rolling import rolling

    screen = Screen(Console(stderr=True, highlight=False))
    screen.note("up", f"data in {settings.data_dir}")
    async with _stack.running(settings, screen) as stack:
        print(f"{stack.url} ready", flush=True)
        try:
            async with rolling(stack.supervisor, screen):
                await stack.supervisor.failed()
        finally:
            screen.note("up", "stopping; running steps may finish, Ctrl-C ends them at once")
    screen.note("up", "stopped")
