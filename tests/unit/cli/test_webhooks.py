from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ttv import client
from ttv.cli import _webhooks

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FACTS = {
    "id": "wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG",
    "url": "https://example.com/hook",
    "events": ["job.failed", "job.finished"],
    "description": "the desk",
    "enabled": True,
    "disabled_because": None,
    "created_at": AT.isoformat(),
    "waiting": 2,
    "delivered_at": None,
    "failing_since": None,
    "old_secret_until": None,
}
HOOK = client.Webhook.read(FACTS)
ATTEMPT = client.DeliveryAttempt(
    delivery_id="msg_1",
    event="job.failed",
    at=AT,
    attempt=3,
    status=None,
    duration_ms=12,
    error="nothing answers there",
    next_at=AT,
)


def test_a_new_secret_is_alone_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    _webhooks.show_new(client.NewWebhook.read({**FACTS, "secret": "whsec_x"}), as_json=False)
    printed = capsys.readouterr()
    assert printed.out == "whsec_x\n"
    assert HOOK.id in printed.err


def test_a_webhook_that_was_disabled_names_the_way_on(capsys: pytest.CaptureFixture[str]) -> None:
    _webhooks.show(replace(HOOK, enabled=False, disabled_because="it is gone"), as_json=False)
    printed = capsys.readouterr().out
    assert "it is gone" in printed
    assert f"ttv webhooks update {HOOK.id} --enable" in printed


def test_webhooks_and_tries_are_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    _webhooks.show_all([HOOK, replace(HOOK, failing_since=AT)], as_json=False)
    assert len(capsys.readouterr().out.splitlines()) == 3
    _webhooks.show_attempts([ATTEMPT, replace(ATTEMPT, status=204, error=None)], as_json=False)
    printed = capsys.readouterr().out.splitlines()
    assert "nothing answers there" in printed[1]
    assert "204" in printed[2]
    assert printed[2].rstrip().endswith("delivered")


def test_json_is_what_the_service_says(capsys: pytest.CaptureFixture[str]) -> None:
    _webhooks.show_all([HOOK], as_json=True)
    _webhooks.show_attempts([ATTEMPT], as_json=True)
    hook, attempt = map(json.loads, capsys.readouterr().out.splitlines())
    assert hook == FACTS
    assert attempt["attempt"] == 3


def test_events_are_read_from_a_list() -> None:
    assert _webhooks.events("job.failed, job.finished") == ["job.failed", "job.finished"]
    assert _webhooks.events(None) is None
