"""``ttv cancel``: stop a job."""

from __future__ import annotations

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples


@app.command(rich_help_panel=JOBS, epilog=examples("ttv cancel job_01JZ8Q5W3N6X4T7V9B2C1D0EFG"))
def cancel(job_id: options.JobId, *, url: options.Url = None) -> None:
    """Stop a job; its work ends within seconds."""
    from ttv.cli._run import run

    run(_cancel(url, job_id))
    print(f"{job_id} canceled")


async def _cancel(url: str | None, job_id: str) -> None:
    async with options.open_client(url) as client:
        await client.cancel(job_id)
