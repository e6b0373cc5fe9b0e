"""``ttv resume``: let a paused or held job go on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import STEER, app, examples

if TYPE_CHECKING:
    from ttv.client import Job


@app.command(
    rich_help_panel=STEER,
    epilog=examples(
        "ttv resume job_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
        "ttv resume job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --max-cost 2.50",
        "ttv resume job_01JZ8Q5W3N6X4T7V9B2C1D0EFG --buy-again",
    ),
)
def resume(
    job_id: options.JobId,
    *,
    max_cost: options.NewMaxCost = None,
    buy_again: Annotated[
        bool,
        typer.Option(
            "--buy-again",
            help="Where nobody knows whether the provider took a shot: buy another one, which "
            "may be paid twice. Without it the provider is asked once more.",
        ),
    ] = False,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Let a paused or held job go on.

    ttv status tells why a job is held.
    """
    from ttv.cli._run import run
    from ttv.cli._writing import to_json

    job = run(_resume(url, job_id, options.read_dollars(max_cost), buy_again=buy_again))
    print(to_json(job) if json else f"{job_id} goes on")


async def _resume(
    url: str | None, job_id: str, max_cost: Decimal | None, *, buy_again: bool
) -> Job:
    async with options.open_client(url) as client:
        if buy_again:
            return await client.buy_again(job_id, max_cost=max_cost)
        return await client.resume(job_id, max_cost=max_cost)
