"""``ttv webhooks``: who is told of the jobs of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ttv.cli import _options as options
from ttv.cli._app import JOBS, app, examples

if TYPE_CHECKING:
    from ttv.client import DeliveryAttempt, NewWebhook, Webhook

_ID = "wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG"
webhooks = typer.Typer(
    no_args_is_help=True,
    help="""Have a URL told when a job is finished, failed, canceled or paused.

    Messages are signed by the spec of Standard Webhooks and tried again for three days. An API key
    needs the scope webhooks:write.""",
    epilog=examples(
        "ttv webhooks create https://example.com/hooks/films",
        f"ttv webhooks test {_ID}",
        f"ttv webhooks deliveries {_ID}",
    ),
)
app.add_typer(webhooks, name="webhooks", rich_help_panel=JOBS)

WebhookId = Annotated[
    str, typer.Argument(metavar="ID", help="The id that ttv webhooks list shows.")
]
Events = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="What it is told of, with commas: job.started, job.finished, job.failed, "
        "job.canceled, job.paused. [dim]default: all but the first[/]",
    ),
]
Description = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What it is for, for people.")
]


@webhooks.command(
    epilog=examples(
        "ttv webhooks create https://example.com/hooks/films > secret",
        "ttv webhooks create https://example.com/hooks/films --events job.finished,job.failed",
    )
)
def create(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="URL of the receiver.")],
    *,
    events: Events = None,
    description: Description = None,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Have messages sent to a URL, and print the secret that they are signed with, this once."""
    from ttv.cli import _webhooks
    from ttv.cli._run import run

    async def made() -> NewWebhook:
        async with options.open_client(url) as client:
            return await client.webhooks.create(
                target, events=_webhooks.events(events), description=description
            )

    _webhooks.show_new(run(made()), as_json=json)


@webhooks.command("list", epilog=examples("ttv webhooks list", "ttv webhooks list --json"))
def list_webhooks(*, json: options.JsonLines = False, url: options.Url = None) -> None:
    """List your webhooks, newest first."""
    from ttv.cli import _webhooks
    from ttv.cli._run import run

    async def found() -> tuple[Webhook, ...]:
        async with options.open_client(url) as client:
            return await client.webhooks.list()

    _webhooks.show_all(run(found()), as_json=json)


@webhooks.command(epilog=examples(f"ttv webhooks show {_ID}"))
def show(webhook_id: WebhookId, *, json: options.Json = False, url: options.Url = None) -> None:
    """Show a webhook, and how it does."""
    from ttv.cli import _webhooks
    from ttv.cli._run import run

    async def found() -> Webhook:
        async with options.open_client(url) as client:
            return await client.webhooks.get(webhook_id)

    _webhooks.show(run(found()), as_json=json)


@webhooks.command(
    epilog=examples(
        f"ttv webhooks update {_ID} --enable", f"ttv webhooks update {_ID} --events job.finished"
    )
)
def update(
    webhook_id: WebhookId,
    *,
    target: Annotated[
        str | None, typer.Option(metavar="TARGET", help="Another URL of the receiver.")
    ] = None,
    events: Events = None,
    description: Description = None,
    enable: Annotated[
        bool | None,
        typer.Option("--enable/--disable", help="Whether messages are sent to it."),
    ] = None,
    json: options.Json = False,
    url: options.Url = None,
) -> None:
    """Change a webhook; what is not named stays. What waits goes where it is then."""
    from ttv.cli import _webhooks
    from ttv.cli._run import run

    async def changed() -> Webhook:
        async with options.open_client(url) as client:
            return await client.webhooks.update(
                webhook_id,
                url=target,
                events=_webhooks.events(events),
                description=description,
                enabled=enable,
            )

    _webhooks.show(run(changed()), as_json=json)


@webhooks.command(epilog=examples(f"ttv webhooks delete {_ID}"))
def delete(webhook_id: WebhookId, *, url: options.Url = None) -> None:
    """Remove a webhook, and all that waits for it."""
    from ttv.cli._run import run

    async def deleted() -> None:
        async with options.open_client(url) as client:
            await client.webhooks.delete(webhook_id)

    run(deleted())
    print(f"{webhook_id} deleted")


@webhooks.command(epilog=examples(f"ttv webhooks rotate {_ID} > secret"))
def rotate(webhook_id: WebhookId, *, json: options.Json = False, url: options.Url = None) -> None:
    """Print a new secret, this once; for 24 hours messages are signed with the old one too."""
    from ttv.cli import _webhooks
    from ttv.cli._run import run

    async def made() -> NewWebhook:
        async with options.open_client(url) as client:
            return await client.webhooks.rotate(webhook_id)

    _webhooks.show_new(run(made()), as_json=json)


@webhooks.command("test", epilog=examples(f"ttv webhooks test {_ID}"))
def ping(webhook_id: WebhookId, *, url: options.Url = None) -> None:
    """Send a webhook the message webhook.ping; ttv webhooks deliveries tells how it went."""
    from ttv.cli._run import run

    async def sent() -> str:
        async with options.open_client(url) as client:
            return await client.webhooks.test(webhook_id)

    print(run(sent()))


@webhooks.command(epilog=examples(f"ttv webhooks deliveries {_ID}"))
def deliveries(
    webhook_id: WebhookId, *, json: options.JsonLines = False, url: options.Url = None
) -> None:
    """List the last hundred tries to send a webhook something, newest first."""
    from ttv.cli import _webhooks
    from ttv.cli._run import run

    async def found() -> tuple[DeliveryAttempt, ...]:
        async with options.open_client(url) as client:
            return await client.webhooks.deliveries(webhook_id)

    _webhooks.show_attempts(run(found()), as_json=json)


@webhooks.command(
    epilog=examples(f"ttv webhooks redeliver {_ID} msg_01JZ8Q5W3N6X4T7V9B2C1D0EFG_1_finished")
)
def redeliver(
    webhook_id: WebhookId,
    delivery_id: Annotated[
        str, typer.Argument(metavar="DELIVERY", help="The id that ttv webhooks deliveries shows.")
    ],
    *,
    url: options.Url = None,
) -> None:
    """Send a message again, under the same id."""
    from ttv.cli._run import run

    async def sent() -> None:
        async with options.open_client(url) as client:
            await client.webhooks.redeliver(webhook_id, delivery_id)

    run(sent())
    print(f"{delivery_id} is sent again")
