"""Values of the service as JSON and as tables, the same way in every command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ttv import money

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MICRO: Final = 6
#: Columns of a file or pipe, where each row stays on its line.
_UNBROKEN: Final = 10_000


def to_json(value: DataclassInstance) -> str:
    """Give the JSON form, on one line; money is in US dollars, as the API writes it."""
    return json.dumps(asdict(value), default=_plain, ensure_ascii=False)


def usd(dollars: Decimal) -> str:
    """Write an amount of money: ``0.42 USD``."""
    return f"{money.usd(int(dollars.scaleb(_MICRO)))} USD"


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Iterable[str] = ()
) -> None:
    """Print rows below their heads; the columns of ``right`` hold numbers.

    On a terminal the last column takes what room is left, over more lines; else a row is a line.
    """
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(
            column,
            no_wrap=column != columns[-1],
            overflow="fold",
            justify="right" if column in right else "left",
        )
    for row in rows:
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _UNBROKEN
    console.print(table)


def _plain(value: object) -> str | float:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")
