"""``ttv cancel``: stop a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import STEER, app, examples

if TYPE_CHECKING:
    from ttv.client import Job


@app.command(rich_help_panel=STEER, epilog=examples("ttv cancel job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"))
def cancel(job_id: options.JobId, *, json: options.Json = False, url: options.Url = None) -> None:
    """Stop a job; its work ends within seconds.

    What is done is kept: ttv retry goes on from it.
    """
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    job = run(_cancel(url, job_id))
    print(to_json(job) if json else f"{job_id} canceled")


async def _cancel(url: str | None, job_id: str) -> Job:
    async with options.open_client(url) as client:
        return await client.cancel(job_id)
