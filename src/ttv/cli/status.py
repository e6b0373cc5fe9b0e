"""``ttv status``: how a job stands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples

if TYPE_CHECKING:
    from ttv.client import Job


@app.command(
    rich_help_panel=JOBS,
    epilog=examples(
        "ttv status job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "ttv status job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --wait",
    ),
)
def status(
    job_id: options.JobId,
    *,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Show progress to the end.")] = False,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Show how a job stands; with --wait, follow it to its end."""
    from ttv.cli._describing import describe
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    job = run(_status(url, job_id, wait=wait))
    print(to_json(job) if json else describe(job))


async def _status(url: str | None, job_id: str, *, wait: bool) -> Job:
    from rich.console import Console

    from ttv.cli._following import follow, left_running

    async with options.open_client(url) as client:
        if not wait:
            return await client.get(job_id)
        try:
            return await follow(client, job_id, Console(stderr=True, highlight=False))
        except asyncio.CancelledError as error:
            raise left_running(job_id) from error
