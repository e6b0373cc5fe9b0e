"""``ttv regenerate``: make one shot of a film anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import STEER, app, examples

if TYPE_CHECKING:
    from ttv.cli._remaking import Remake
    from ttv.client import Job, Regeneration


@app.command(
    rich_help_panel=STEER,
    epilog=examples(
        "ttv regenerate job_01JZ8Q5W3N6X4T7V9B2C1D0EFG 2",
        'ttv regenerate job_01JZ8Q5W3N6X4T7V9B2C1D0EFG 2 --prompt "the fox looks up"',
        "ttv regenerate job_01JZ8Q5W3N6X4T7V9B2C1D0EFG 2 --seed 7 --preview",
    ),
)
def regenerate(
    job_id: options.JobId,
    number: Annotated[
        int, typer.Argument(metavar="N", min=1, help="Number of the shot, from 1 (ttv segments).")
    ],
    *,
    prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What it shows. [dim]default: as before[/]")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="[dim]default: as before with --prompt, and another one without[/]",
        ),
    ] = None,
    max_cost: options.NewMaxCost = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would be made again, and its cost.")
    ] = False,
    yes: options.Yes = False,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Make one shot of a film anew, and the film from it; all other shots are kept.

    The job must be over or paused. First it is shown what would be made again and what that
    would cost; then you are asked.
    """
    from ttv.cli import _remaking
    from ttv.cli._asking import ensure
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    wanted = _remaking.Remake(job_id, number, prompt, seed, options.read_dollars(max_cost))
    seen, plan = run(_preview(url, wanted))
    if preview:
        print(to_json(plan) if json else _remaking.describe(plan))
        return
    if not json:
        print(_remaking.describe(plan), flush=True)
    ensure("Make it anew?", yes=yes)
    job = run(_regenerate(url, wanted, seen))
    print(to_json(job) if json else f"{job_id} makes shot {number} anew, attempt {job.attempt}")


async def _preview(url: str | None, wanted: Remake) -> tuple[Job, Regeneration]:
    async with options.open_client(url) as client:
        return await wanted.preview(client)


async def _regenerate(url: str | None, wanted: Remake, seen: Job) -> Job:
    async with options.open_client(url) as client:
        return await wanted.order(client, seen)
