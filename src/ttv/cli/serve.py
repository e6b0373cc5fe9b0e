"""``ttv serve``: the HTTP API alone."""

from __future__ import annotations

from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples


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
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Port. [dim]default: API_PORT or 8000[/]"),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """Run the HTTP API; workers run elsewhere, or beside it with ttv worker."""
    from ttv import wiring

    wiring.serve(options.load_settings(api_host=host, api_port=port, data_dir=data_dir))
