"""``ttv queue``: what waits, what runs, and who works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples

if TYPE_CHECKING:
    from ttv.cli._queueing import Queue


@app.command(
    rich_help_panel=SERVICE,
    epilog=examples("ttv queue", "REDIS_URL=redis://10.0.0.5:6379 ttv queue --json"),
)
def queue(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data_dir: options.DataDir = None,
) -> None:
    """Show what waits and runs, by worker pool and by tenant, and the workers.

    Asks the queue server itself, so it also works while the API is away.
    """
    from ttv.cli import _queueing
    from ttv.cli._run import run

    seen: Queue = run(_queueing.look(options.load_settings(data_dir=data_dir)))
    print(seen.to_json() if json else seen.to_text())
