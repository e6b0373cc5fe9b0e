from __future__ import annotations

import pytest

from ttv.errors import InvalidRequest
from ttv.tenancy import check_tenant


@pytest.mark.parametrize("name", ["a", "0", "acme", "acme-2.eu_west", "a" * 63])
def test_a_short_name_in_small_letters_is_one_of_a_tenant(name: str) -> None:
    check_tenant(name)


@pytest.mark.parametrize(
    "name", ["", "Acme", "a:b", "../x", ".a", "-a", "a" * 64, "acme\n", "a b", "ä", "a*"]
)
def test_any_other_name_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 63 of a-z") as refused:
        check_tenant(name)
    assert refused.value.param == "tenant"
