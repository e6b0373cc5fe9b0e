from __future__ import annotations

import json
from typing import Any

import pytest

from ttv.access import COMMON, Entry, Issued, Key, Scope
from ttv.cli import _keys
from ttv.errors import InvalidRequest

DAY = 86_400
SHOWN_ONCE = "shown once"
NOTHING: dict[str, str] = {
    "tenant": "acme",
    "name": "",
    "scopes": "",
    "expires": "",
    "max_cost": "",
    "max_cost_per_day": "",
}


def key(**facts: Any) -> Key:
    return Key(
        **({"id": "7g3kq0xz", "tenant": "acme", "name": "desk", "scopes": COMMON} | facts),
        created_at=1_756_643_696_500,
    )


def test_a_key_is_made_as_the_options_say() -> None:
    made = _keys.grant(
        tenant="acme",
        name="desk",
        scopes="jobs:read, artifacts:read",
        expires="90d",
        max_cost="2.50",
        max_cost_per_day="20",
    )
    assert made.scopes == {Scope.JOBS_READ, Scope.ARTIFACTS_READ}
    assert made.lifetime == 90 * DAY
    assert (made.max_cost, made.max_cost_per_day) == (2_500_000, 20_000_000)


def test_a_key_without_options_allows_all_but_to_manage_keys() -> None:
    made = _keys.grant(**NOTHING)
    assert made.scopes == COMMON
    assert Scope.ADMIN not in made.scopes
    assert (made.lifetime, made.max_cost) == (None, None)


@pytest.mark.parametrize(
    ("option", "value", "param"),
    [
        ("scopes", "jobs", "--scopes"),
        ("scopes", "jobs:read,", "--scopes"),
        ("expires", "soon", "--expires"),
        ("expires", "-1d", "--expires"),
        ("expires", "90", "--expires"),
        ("max_cost", "much", "--max-cost"),
        ("max_cost_per_day", "-1", "--max-cost-per-day"),
        ("tenant", "Acme Inc.", "tenant"),
    ],
)
def test_an_option_that_cannot_be_is_named(option: str, value: str, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _keys.grant(**{**NOTHING, option: value})
    assert refused.value.param == param


def test_a_secret_stands_alone_so_that_a_shell_can_take_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _keys.show_new(Issued(key(max_cost=2_500_000), SHOWN_ONCE), first=True, as_json=False)
    shown = capsys.readouterr()
    assert shown.out == f"{SHOWN_ONCE}\n"
    assert SHOWN_ONCE not in shown.err
    assert "TTV_API_KEY" in shown.err
    assert "0.00 of 2.50 USD spent" in shown.err
    assert "From now on" in shown.err


def test_a_new_key_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    _keys.show_new(Issued(key(max_cost=2_500_000), SHOWN_ONCE), first=True, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["secret"] == SHOWN_ONCE
    assert document["max_cost"] == 2.5
    assert document["scopes"] == ["artifacts:read", "jobs:read", "jobs:write"]
    assert document["created_at"] == "2025-08-31T12:34:56.500000+00:00"


def test_a_row_says_whether_a_key_lets_anybody_in(capsys: pytest.CaptureFixture[str]) -> None:
    later = 4_000_000_000_000
    _keys.show(
        [
            key(id="aaaaaaaa"),
            key(id="bbbbbbbb", expires_at=later),
            key(id="cccccccc", expires_at=1),
            key(id="dddddddd", revoked_at=1),
        ],
        as_json=False,
    )
    lines = {line[:8]: line for line in capsys.readouterr().out.splitlines()}
    assert "live" in lines["aaaaaaaa"]
    assert "until 2096-10-02" in lines["bbbbbbbb"]
    assert "expired 1970-01-01" in lines["cccccccc"]
    assert "revoked 1970-01-01" in lines["dddddddd"]


def test_the_audit_log_is_a_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    entry = Entry(1_756_643_696_500, "cli:uid-0@vm", "key.create", "key:aaaaaaaa", "acme", "")
    _keys.show_audit([entry], as_json=False)
    _keys.show_audit([entry], as_json=True)
    line, document = capsys.readouterr().out.splitlines()
    assert line == ("2025-08-31T12:34:56+00:00  cli:uid-0@vm  key.create  key:aaaaaaaa  acme")
    assert json.loads(document)["actor"] == "cli:uid-0@vm"
