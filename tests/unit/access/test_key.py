from __future__ import annotations

from typing import Any

import pytest

from ttv.access import Grant, Key, Scope
from ttv.errors import InvalidRequest


@pytest.mark.parametrize(
    ("wish", "param"),
    [
        ({"tenant": ""}, "tenant"),
        ({"tenant": "Acme"}, "tenant"),
        ({"tenant": "a:b"}, "tenant"),
        ({"tenant": "../x"}, "tenant"),
        ({"tenant": "a" * 64}, "tenant"),
        ({"tenant": "acme\n"}, "tenant"),
        ({"name": "x" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"scopes": frozenset()}, "scopes"),
        ({"lifetime": 0}, "expires_in_seconds"),
        ({"lifetime": 3_651 * 86_400}, "expires_in_seconds"),
        ({"scopes": frozenset({Scope.ADMIN}), "max_cost": 1}, "max_cost"),
        ({"scopes": frozenset(Scope), "max_cost_per_day": 1}, "max_cost_per_day"),
    ],
)
def test_what_no_key_can_be_is_refused_by_its_field(wish: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        Grant(**wish)
    assert refused.value.param == param


def test_a_key_lives_until_it_expires_or_is_revoked() -> None:
    def key(**ends: int) -> Key:
        return Key("abc", "acme", "", frozenset(), created_at=0, **ends)

    assert key().live(10)
    assert key(expires_at=11).live(10)
    assert not key(expires_at=10).live(10)
    assert not key(revoked_at=5).live(10)


def test_a_scope_of_a_later_version_allows_nothing() -> None:
    fields = {"id": "a", "tenant": "t", "name": "", "created_at": "1"}
    key = Key.read({**fields, "scopes": "jobs:read dreams:write"})
    assert key.scopes == {Scope.JOBS_READ}
