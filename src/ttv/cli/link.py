"""``ttv link``: a link to a film for who has no API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples

if TYPE_CHECKING:
    from ttv.client import Artifact


@app.command(
    rich_help_panel=JOBS,
    epilog=examples(
        "ttv link job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --for 2h",
        "ttv link job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --output live",
    ),
)
def link(
    job_id: options.JobId,
    *,
    output: options.Output = None,
    span: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="TIME",
            help="How long it works: 1min to 7d. [dim]default: the service decides, 1h[/]",
        ),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Let a browser save the file instead of showing it.")
    ] = False,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Print a link to a film; who has it needs no API key until it ends.

    The form live is a playlist of the shots that are made, to watch while the rest is.
    """
    from ttv.cli._run import run
    from ttv.cli._times import seconds
    from ttv.cli._writing import to_json

    lasting = None if span is None else seconds(span, param="--for")
    artifact = run(_link(url, job_id, output=output or "film", seconds=lasting, save=save))
    print(to_json(artifact) if json else artifact.url)


async def _link(
    url: str | None, job_id: str, *, output: str, seconds: int | None, save: bool
) -> Artifact:
    async with options.open_client(url) as client:
        return await client.artifact(job_id, output=output, expires_seconds=seconds, download=save)
