from __future__ import annotations

import json

import pytest

from ttv.cli._tenants import changes, show
from ttv.errors import InvalidRequest
from ttv.jobs import Tenant


def test_what_is_not_said_is_left_as_it_is() -> None:
    said = changes(weight="2.5", max_queued="", max_running="default", max_cost_per_day="1.50")
    assert said == {"weight": 2.5, "max_running": None, "max_cost_per_day": 1_500_000}


@pytest.mark.parametrize(
    ("option", "text", "complaint"),
    [
        ("weight", "much", "--weight must be a number or default"),
        ("max_queued", "1.5", "--max-queued must be a whole number or default"),
        ("max_cost_per_day", "free", "--max-cost-per-day"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_option(
    option: str, text: str, complaint: str
) -> None:
    with pytest.raises(InvalidRequest, match=complaint):
        changes(**{option: text})


def test_a_table_has_a_row_for_each_tenant(capsys: pytest.CaptureFixture[str]) -> None:
    show([Tenant("acme", weight=2, max_cost_per_day=5_000_000)], as_json=False)
    _, row = capsys.readouterr().out.splitlines()
    assert row.split() == ["acme", "2", "default", "default", "5.00"]


def test_the_json_form_tells_dollars(capsys: pytest.CaptureFixture[str]) -> None:
    show([Tenant("acme", max_cost_per_day=1_500_000)], as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["max_cost_per_day"], shown["weight"]) == ("acme", 1.5, None)
