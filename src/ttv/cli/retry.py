"""``ttv retry``: try a job again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ttv.cli import _options as options
from ttv.cli._app import STEER, app, examples

if TYPE_CHECKING:
    from ttv.client import Job


@app.command(
    rich_help_panel=STEER,
    epilog=examples(
        "ttv retry job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "ttv retry job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --max-cost 5",
    ),
)
def retry(
    job_id: options.JobId,
    *,
    max_cost: options.NewMaxCost = None,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Try a job again that failed or was canceled.

    What is done is neither made nor paid again.
    """
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    job = run(_retry(url, job_id, options.read_dollars(max_cost)))
    print(to_json(job) if json else f"{job_id} queued again, attempt {job.attempt}")


async def _retry(url: str | None, job_id: str, max_cost: Decimal | None) -> Job:
    async with options.open_client(url) as client:
        return await client.retry(job_id, max_cost=max_cost)
