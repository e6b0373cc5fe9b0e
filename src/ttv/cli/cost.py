"""``ttv cost``: what a job costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import LOOK, app, examples

if TYPE_CHECKING:
    from ttv.client import JobCost


@app.command(rich_help_panel=LOOK, epilog=examples("ttv cost job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"))
def cost(job_id: options.JobId, *, json: options.Json = False, url: options.Url = None) -> None:
    """Show what a job was estimated at, and what it costs by step."""
    from ttv.cli._looking import show_cost
    from ttv.cli._run import run

    show_cost(run(_cost(url, job_id)), as_json=json)


async def _cost(url: str | None, job_id: str) -> JobCost:
    async with options.open_client(url) as client:
        return await client.cost(job_id)
