"""What commands show of webhooks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from ttv.cli._times import clock
from ttv.cli._writing import print_table, to_json
from ttv.client import DeliveryAttempt, NewWebhook, Webhook


def events(text: str | None) -> list[str] | None:
    """Read a list of events; the service says which there are."""
    return None if text is None else [part.strip() for part in text.split(",")]


def show_new(webhook: NewWebhook, *, as_json: bool) -> None:
    """Print a new secret: alone to standard output, what to do with it beside that."""
    if as_json:
        print(to_json(webhook))
        return
    print(webhook.secret, flush=True)
    lines = (
        f"webhook {webhook.id}: {', '.join(webhook.events)}",
        "The secret is not shown again. Check with it what comes; see standardwebhooks.com.",
    )
    print("\n".join(lines), file=sys.stderr)


def show_all(webhooks: Iterable[Webhook], *, as_json: bool) -> None:
    """Print a row for each webhook."""
    if as_json:
        for webhook in webhooks:
            print(to_json(webhook))
        return
    rows = ((one.id, _state(one), str(one.waiting), one.url) for one in webhooks)
    print_table(("id", "state", "waiting", "url"), rows, right=("waiting",))


def show(webhook: Webhook, *, as_json: bool) -> None:
    """Print a webhook, a fact a line."""
    if as_json:
        print(to_json(webhook))
        return
    for name, value in _facts(webhook):
        print(f"{name:<9} {value}")


def show_attempts(attempts: Iterable[DeliveryAttempt], *, as_json: bool) -> None:
    """Print a row for each try."""
    if as_json:
        for attempt in attempts:
            print(to_json(attempt))
        return
    rows = (
        (
            clock(one.at),
            one.delivery_id,
            str(one.attempt),
            "" if one.status is None else str(one.status),
            f"{one.duration_ms} ms",
            clock(one.next_at) if one.next_at else "",
            one.error or "delivered",
        )
        for one in attempts
    )
    columns = ("at", "delivery", "try", "status", "took", "next", "")
    print_table(columns, rows, right=("try", "took"))


def _facts(webhook: Webhook) -> Iterator[tuple[str, str]]:
    yield "id", webhook.id
    yield "url", webhook.url
    yield "events", ", ".join(webhook.events)
    if webhook.description:
        yield "for", webhook.description
    yield "state", _state(webhook)
    if webhook.disabled_because:
        yield "because", webhook.disabled_because
        yield "go on", f"ttv webhooks update {webhook.id} --enable"
    yield "waiting", str(webhook.waiting)
    if webhook.delivered_at:
        yield "delivered", clock(webhook.delivered_at)
    if webhook.old_secret_until:
        yield "rotated", f"the old secret signs too until {clock(webhook.old_secret_until)}"


def _state(webhook: Webhook) -> str:
    if not webhook.enabled:
        return "disabled"
    if webhook.failing_since:
        return f"failing since {clock(webhook.failing_since)}"
    return "enabled"
