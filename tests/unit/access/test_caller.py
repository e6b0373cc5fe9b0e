from __future__ import annotations

import pytest

from ttv.access import COMMON, Caller, Forbidden, Scope


def test_a_caller_may_what_his_key_allows_and_nothing_else() -> None:
    caller = Caller("acme", frozenset({Scope.JOBS_READ}), "192.0.2.1", key="abc")
    caller.needs(Scope.JOBS_READ)
    with pytest.raises(Forbidden, match="jobs:write"):
        caller.needs(Scope.JOBS_WRITE)


@pytest.mark.parametrize(
    ("tenant", "scopes", "operator"),
    [
        ("local", frozenset(Scope), True),
        ("local", COMMON, False),
        ("acme", frozenset(Scope), False),
    ],
)
def test_an_operator_is_an_admin_of_the_tenant_local(
    tenant: str, scopes: frozenset[Scope], operator: bool
) -> None:
    assert Caller(tenant, scopes, "192.0.2.1").operator is operator


def test_a_key_is_counted_wherever_it_is_used() -> None:
    assert {Caller("acme", COMMON, ip, key="abc").counted_as for ip in ("192.0.2.1", "::2")} == {
        "key:abc"
    }


def test_who_has_no_key_is_counted_by_his_address() -> None:
    first, second = (Caller("local", COMMON, f"192.0.2.{n}").counted_as for n in (1, 2))
    assert first != second


def test_all_addresses_of_an_ipv6_client_count_as_one() -> None:
    near = {Caller("local", COMMON, f"2001:db8::{n:x}").counted_as for n in (1, 2, 0xFFFF)}
    far = Caller("local", COMMON, "2001:db8:0:1::1").counted_as
    assert len(near) == 1
    assert far not in near
