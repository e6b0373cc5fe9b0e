"""``ttv download``: bring the film of a finished job here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples


@app.command(
    rich_help_panel=JOBS,
    epilog=examples("ttv download job_01JZ8Q5W3N6X4T7V9B2C1D0EFG -o boat.mp4"),
)
def download(
    job_id: options.JobId,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The MP4 to write, or a folder. [dim]default: the job's id[/]",
        ),
    ] = None,
    force: options.Force = False,
    url: options.Url = None,
) -> None:
    """Save the film of a finished job; an interrupted download goes on where it was."""
    from ttv.cli import _target
    from ttv.cli._run import run

    path = _target.choose(output, job_id, force=force)
    run(_download(url, job_id, path))
    print(_target.from_here(path))


async def _download(url: str | None, job_id: str, path: Path) -> None:
    async with options.open_client(url) as client:
        await client.download(job_id, path)
