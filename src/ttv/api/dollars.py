"""Amounts of money in documents: US dollars outside, whole millionths of one inside."""

from __future__ import annotations

from typing import Final, overload

from ttv import money

_DOLLAR: Final = 1_000_000


def amount(dollars: float | None, param: str) -> int | None:
    """Read dollars. Raises InvalidRequest naming ``param`` for less than none or for too fine."""
    return None if dollars is None else money.parse_usd(str(dollars), param=param)


@overload
def dollars(amount: int) -> float: ...
@overload
def dollars(amount: int | None) -> float | None: ...
def dollars(amount: int | None) -> float | None:
    """Show an amount; None stays None."""
    return None if amount is None else amount / _DOLLAR
