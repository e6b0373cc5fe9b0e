"""``ttv download``: bring the film of a finished job here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples
from ttv.errors import InvalidRequest


@app.command(
    rich_help_panel=JOBS,
    epilog=examples(
        "ttv download job_01JZ8Q5W3N6X4T7V9B2C1D0EFG -o boat.mp4",
        "ttv download job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --output webm -o boat.webm",
        "ttv download job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --all -o boat/",
    ),
)
def download(
    job_id: options.JobId,
    *,
    output: options.Output = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Save all forms, and what goes with them, in a folder.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            "-o",
            metavar="FILE",
            help="The file to write, or a folder. [dim]default: the job's id[/]",
        ),
    ] = None,
    force: options.Force = False,
    url: options.Url = None,
) -> None:
    """Save the film of a finished job; an interrupted download goes on where it was."""
    from ttv.cli import _target
    from ttv.cli._run import run

    if everything and output is not None:
        raise InvalidRequest("--all saves every form; leave out --output", param="--output")
    for path in run(_download(url, job_id, to, output=output, force=force, everything=everything)):
        print(_target.from_here(path))


async def _download(
    url: str | None,
    job_id: str,
    to: Path | None,
    *,
    output: str | None,
    everything: bool,
    force: bool,
) -> list[Path]:
    from ttv.cli._saving import save, save_all

    async with options.open_client(url) as client:
        if everything:
            return await save_all(client, job_id, to, force=force)
        return [await save(client, job_id, to, output=output or "film", force=force)]
