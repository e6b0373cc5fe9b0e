from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.errors import InvalidRequest
from ttv.money import parse_usd, usd


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00"),
        (600_000, "0.60"),
        (12_000_000, "12.00"),
        (1_250_000_000, "1250.00"),
        (1, "0.000001"),
        (1_234_500, "1.2345"),
    ],
)
def test_an_amount_is_written_in_dollars(amount: int, text: str) -> None:
    assert usd(amount) == text


@given(st.integers(0, 10**12))
def test_what_is_written_is_read_back(amount: int) -> None:
    assert parse_usd(usd(amount), param="max_cost") == amount


@pytest.mark.parametrize("text", ["", "two", "-1", "0.0000001", "nan", "inf", "1000001", "1,5"])
def test_what_is_no_amount_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidRequest, match="max_cost must be US dollars") as caught:
        parse_usd(text, param="max_cost")
    assert caught.value.param == "max_cost"
