"""``ttv dead``: what failed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import LOOK, app, examples

if TYPE_CHECKING:
    from ttv.client import DeadLetters


@app.command(rich_help_panel=LOOK, epilog=examples("ttv dead", "ttv dead --limit 100 --json"))
def dead(
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    json: options.JsonLines = False,
    url: options.Url = None,
) -> None:
    """List the steps that failed for good, and why; newest first.

    ttv retry tries a job again.
    """
    from ttv.cli._looking import show_letters
    from ttv.cli._run import run

    show_letters(run(_letters(url, limit)).letters, as_json=json)


async def _letters(url: str | None, limit: int) -> DeadLetters:
    async with options.open_client(url) as client:
        return await client.dead_letters(limit=limit)
