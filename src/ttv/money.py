"""Amounts of money: whole millionths of a US dollar inside, dollars for people."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from ttv.errors import InvalidRequest

_DOLLAR: Final = 1_000_000
#: More than any film costs; a sum of many still fits into the numbers of Redis and Lua.
_MOST: Final = 1_000_000 * _DOLLAR


def usd(amount: int) -> str:
    """Write an amount in dollars: with cents, and with as many more digits as it has."""
    dollars = Decimal(amount) / _DOLLAR
    return f"{dollars:.2f}" if amount % 10_000 == 0 else f"{dollars.normalize():f}"


def parse_usd(text: str, *, param: str) -> int:
    """Read dollars as a person writes them. Raises InvalidRequest naming ``param``."""
    try:
        amount = Decimal(text) * _DOLLAR
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 <= amount <= _MOST:
        raise InvalidRequest(
            f"{param} must be US dollars from 0 to {_MOST // _DOLLAR:,}, "
            "with at most 6 decimals, such as 2.50",
            param=param,
        )
    return int(amount)
