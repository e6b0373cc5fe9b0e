"""``ttv delete``: remove a job and its film."""

from __future__ import annotations

from ttv.cli import _options as options
from ttv.cli._app import STEER, app, examples


@app.command(
    rich_help_panel=STEER,
    epilog=examples(
        "ttv delete job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "ttv delete job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --yes",
    ),
)
def delete(
    job_id: options.JobId,
    *,
    yes: options.Yes = False,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Remove a job that is over, and its film, for good.

    Shots that other films may use are kept: the same film ordered again is not paid again.
    """
    from json import dumps

    from ttv.cli._asking import ensure
    from ttv.cli._run import run

    ensure(f"Delete {job_id} and its film?", yes=yes)
    run(_delete(url, job_id))
    print(dumps({"id": job_id, "deleted": True}) if json else f"{job_id} deleted")


async def _delete(url: str | None, job_id: str) -> None:
    async with options.open_client(url) as client:
        await client.delete(job_id)
