"""``ttv tenants``: how much of the service each tenant gets."""

from __future__ import annotations

from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples

tenants = typer.Typer(
    no_args_is_help=True,
    help="""Give tenants their shares of the workers, and their limits.

    Tenants whose jobs wait take turns: however many jobs one has, another's first job begins
    with the next free slot. A tenant of weight 2 gets twice the turns of one of weight 1.
    What is not set for a tenant is 1 and TTV_MAX_QUEUED_JOBS, TTV_MAX_RUNNING_JOBS and no
    limit of cost. Works on the queue server itself; what is set holds at once.""",
    epilog=examples(
        "ttv tenants list",
        "ttv tenants set acme --weight 2 --max-queued 500",
        "ttv tenants set trial --max-running 1 --max-cost-per-day 5",
    ),
)
app.add_typer(tenants, name="tenants", rich_help_panel=SERVICE)

Name = Annotated[
    str, typer.Argument(metavar="TENANT", help="As ttv keys create --tenant names it.")
]


@tenants.command(
    "list", epilog=examples("ttv tenants list", "ttv tenants list --json | jq -r .name")
)
def list_tenants(
    *,
    json: options.JsonLines = False,
    data_dir: options.DataDir = None,
) -> None:
    """List the tenants for whom something is set; all others have what holds for all."""
    from ttv.cli import _tenants
    from ttv.cli._run import run

    _tenants.show(run(_tenants.find(options.load_settings(data_dir=data_dir))), as_json=json)


@tenants.command(
    "set",
    epilog=examples(
        "ttv tenants set acme --weight 2",
        "ttv tenants set acme --max-running 0  # stop it; what runs goes on",
        "ttv tenants set acme --max-running default",
    ),
)
def set_tenant(
    name: Name,
    *,
    weight: Annotated[
        str, typer.Option(metavar="N", help="Its share of the turns, 0.01 to 1000.")
    ] = "",
    max_queued: Annotated[
        str, typer.Option(metavar="N", help="Jobs that may wait; the next is refused.")
    ] = "",
    max_running: Annotated[
        str,
        typer.Option(
            metavar="N", help="Jobs that may be under way; the next waits. Paused ones are not."
        ),
    ] = "",
    max_cost_per_day: Annotated[
        str, typer.Option(metavar="USD", help="What all its jobs of a day may cost together.")
    ] = "",
    json: options.Json = False,
    data_dir: options.DataDir = None,
) -> None:
    """Set what is given, leave the rest, and show what holds; default unsets one."""
    from ttv.cli import _tenants
    from ttv.cli._run import run

    said = {
        "weight": weight,
        "max_queued": max_queued,
        "max_running": max_running,
        "max_cost_per_day": max_cost_per_day,
    }
    changes = _tenants.changes(**said)
    settings = options.load_settings(data_dir=data_dir)
    _tenants.show([run(_tenants.change(settings, name, changes))], as_json=json)
