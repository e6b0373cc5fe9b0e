"""``ttv worker``: one process that makes films for the service."""

from __future__ import annotations

import asyncio

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples


@app.command(
    rich_help_panel=SERVICE,
    epilog=examples("ttv worker", "REDIS_URL=redis://10.0.0.5:6379 ttv worker"),
)
def worker(*, data_dir: options.DataDir = None) -> None:
    """Run one worker process; SIGTERM and SIGHUP let its running steps finish."""
    from ttv.wiring import service

    asyncio.run(service.work(options.load_settings(data_dir=data_dir)))
