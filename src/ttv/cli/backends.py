"""``ttv backends``: what a service can make films with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import LOOK, app, examples

if TYPE_CHECKING:
    from ttv.client import BackEnds


@app.command(
    rich_help_panel=LOOK,
    epilog=examples("ttv backends", "ttv backends --json | jq '.generators[].name'"),
)
def backends(*, json: options.Json = False, url: options.Url = None) -> None:
    """Show the engines of a service and their prices, its painters and planners."""
    from ttv.cli._looking import show_backends
    from ttv.cli._run import run

    show_backends(run(_backends(url)), as_json=json)


async def _backends(url: str | None) -> BackEnds:
    async with options.open_client(url) as client:
        return await client.backends()
