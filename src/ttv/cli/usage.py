"""``ttv usage``: what you spend, and what you may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import LOOK, app, examples

if TYPE_CHECKING:
    from ttv.client import Usage


@app.command(rich_help_panel=LOOK, epilog=examples("ttv usage", "ttv usage --days 7 --json"))
def usage(
    *,
    days: Annotated[int, typer.Option(min=1, max=60, help="Days to show, today among them.")] = 30,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Show what you have in the queue, spend each day (UTC) and may spend."""
    from ttv.cli._looking import show_usage
    from ttv.cli._run import run

    show_usage(run(_usage(url, days)), as_json=json)


async def _usage(url: str | None, days: int) -> Usage:
    async with options.open_client(url) as client:
        return await client.usage(days=days)
