"""``ttv pause``: let a job rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import STEER, app, examples

if TYPE_CHECKING:
    from ttv.client import Job


@app.command(rich_help_panel=STEER, epilog=examples("ttv pause job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"))
def pause(job_id: options.JobId, *, json: options.Json = False, url: options.Url = None) -> None:
    """Let no more shots of a job start.

    Those that are being made are made to their end.
    """
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    job = run(_pause(url, job_id))
    print(to_json(job) if json else f"{job_id} paused")


async def _pause(url: str | None, job_id: str) -> Job:
    async with options.open_client(url) as client:
        return await client.pause(job_id)
