"""``ttv keys``: who may use the service."""

from __future__ import annotations

from typing import Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import SERVICE, app, examples
from ttv.cli._times import SPANS, seconds

keys = typer.Typer(
    no_args_is_help=True,
    help="""Make, list, revoke and rotate API keys.

    With the first key, every request to the service needs one; until then it serves this
    machine only. A key belongs to a tenant, who sees nothing of another's. Works on the queue
    server itself, so it needs no key, and no running service.""",
    epilog=examples(
        'ttv keys create --name "my laptop"',
        "ttv keys create --tenant acme --expires 90d --max-cost 250 --max-cost-per-day 20",
        "ttv keys list",
    ),
)
app.add_typer(keys, name="keys", rich_help_panel=SERVICE)

KeyId = Annotated[
    str, typer.Argument(metavar="ID", help="The id that ttv keys list shows; not the secret.")
]
Tenant = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Whose keys. [dim]default: those of all tenants[/]"),
]


@keys.command(
    epilog=examples(
        "export TTV_API_KEY=$(ttv keys create)",
        "ttv keys create --tenant acme --expires 90d --max-cost 250",
        "ttv keys create --scopes jobs:read,admin --name monitoring",
    )
)
def create(
    *,
    tenant: Annotated[
        str, typer.Option(metavar="NAME", help="Whose jobs it is for; local runs the service.")
    ] = "local",
    name: Annotated[str, typer.Option(metavar="TEXT", help="What it is for, for people.")] = "",
    scopes: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="What it allows, with commas: jobs:read, jobs:write, artifacts:read, "
            "webhooks:write, and admin to manage keys. [dim]default: the first three[/]",
        ),
    ] = "",
    expires: Annotated[
        str,
        typer.Option(metavar="SPAN", help=f"How long it lasts, {SPANS}. [dim]default: for good[/]"),
    ] = "",
    max_cost: Annotated[
        str, typer.Option(metavar="USD", help="What all its jobs may ever cost together.")
    ] = "",
    max_cost_per_day: Annotated[
        str, typer.Option(metavar="USD", help="What its jobs of a day may cost together.")
    ] = "",
    json: options.Json = False,
    data_dir: options.DataDir = None,
) -> None:
    """Make a key and print it, this once; only a hash of it is kept.

    The tenant local owns the jobs that were made without a key; its admins manage the keys of
    all tenants.
    """
    from ttv.cli import _keys
    from ttv.cli._run import run

    grant = _keys.grant(
        tenant=tenant,
        name=name,
        scopes=scopes,
        expires=expires,
        max_cost=max_cost,
        max_cost_per_day=max_cost_per_day,
    )
    made = run(_keys.create(options.load_settings(data_dir=data_dir), grant))
    _keys.show_new(made.issued, first=made.first, as_json=json)


@keys.command("list", epilog=examples("ttv keys list --tenant acme", "ttv keys list --json"))
def list_keys(
    *,
    tenant: Tenant = None,
    json: options.JsonLines = False,
    data_dir: options.DataDir = None,
) -> None:
    """List keys, newest first; ended ones are kept for a month."""
    from ttv.cli import _keys
    from ttv.cli._run import run

    _keys.show(run(_keys.find(options.load_settings(data_dir=data_dir), tenant)), as_json=json)


@keys.command(epilog=examples("ttv keys revoke 7g3kq0xz"))
def revoke(key_id: KeyId, *, data_dir: options.DataDir = None) -> None:
    """End a key for good; within a second it lets nobody in."""
    from ttv.cli import _keys
    from ttv.cli._run import run

    run(_keys.revoke(options.load_settings(data_dir=data_dir), key_id))
    print(f"{key_id} revoked")


@keys.command(epilog=examples("ttv keys rotate 7g3kq0xz", "ttv keys rotate 7g3kq0xz --overlap 0s"))
def rotate(
    key_id: KeyId,
    *,
    overlap: Annotated[
        str, typer.Option(metavar="SPAN", help=f"How long the old key goes on, {SPANS}.")
    ] = "24h",
    json: options.Json = False,
    data_dir: options.DataDir = None,
) -> None:
    """Make a key that allows the same and print it; the old one ends after the overlap.

    What was spent of the limits of the old key is spent of those of the new one.
    """
    from ttv.cli import _keys
    from ttv.cli._run import run

    settings = options.load_settings(data_dir=data_dir)
    issued = run(_keys.rotate(settings, key_id, seconds(overlap, param="--overlap")))
    _keys.show_new(issued, first=False, as_json=json)


@keys.command(epilog=examples("ttv keys audit", "ttv keys audit --limit 1000 --json"))
def audit(
    *,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    json: options.JsonLines = False,
    data_dir: options.DataDir = None,
) -> None:
    """Show who made, rotated and revoked keys, newest first; nothing is ever removed from it."""
    from ttv.cli import _keys
    from ttv.cli._run import run

    _keys.show_audit(
        run(_keys.audit(options.load_settings(data_dir=data_dir), limit)), as_json=json
    )
