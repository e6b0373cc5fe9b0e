"""``ttv jobs``: list the jobs of a running service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples

if TYPE_CHECKING:
    from ttv.client import Page


@app.command(
    rich_help_panel=JOBS,
    epilog=examples(
        "ttv jobs", "ttv jobs --status failed", "ttv jobs --limit 100 --json | jq -r .id"
    ),
)
def jobs(
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 20,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help="Only those that are queued, started, finished, failed or canceled.",
        ),
    ] = None,
    json: options.JsonLines = False,
    url: options.Url = None,
) -> None:
    """List jobs, newest first."""
    from ttv.cli._describing import table
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    page = run(_list(url, limit, status))
    if json:
        for job in page.jobs:
            print(to_json(job))
    else:
        table(page.jobs)


async def _list(url: str | None, limit: int, status: str | None) -> Page:
    async with options.open_client(url) as client:
        return await client.list(limit=limit, status=status)
