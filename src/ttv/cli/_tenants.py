"""Set shares and limits of tenants, and show them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Final

from rich.console import Console
from rich.table import Table

from ttv.errors import InvalidRequest
from ttv.jobs import Tenant
from ttv.money import parse_usd, usd
from ttv.settings import Settings
from ttv.wiring.queue import open_jobs

#: Unsets what was set.
_DEFAULT: Final = "default"
_DOLLAR: Final = 1_000_000
#: What is set for a tenant, by its name.
Changes = Mapping[str, float | int | None]


def changes(**said: str) -> Changes:
    """Read what options say; an empty one says nothing. Raises InvalidRequest naming it."""
    read: dict[str, Callable[[str, str], float | int]] = {
        "weight": lambda text, option: _number(float, text, option),
        "max_queued": lambda text, option: _number(int, text, option),
        "max_running": lambda text, option: _number(int, text, option),
        "max_cost_per_day": lambda text, option: parse_usd(text, param=option),
    }
    return {
        name: None if text == _DEFAULT else read[name](text, f"--{name.replace('_', '-')}")
        for name, text in said.items()
        if text
    }


async def find(settings: Settings) -> tuple[Tenant, ...]:
    """List the tenants for whom something is set."""
    async with open_jobs(settings) as jobs:
        return await jobs.tenants.list()


async def change(settings: Settings, name: str, what: Changes) -> Tenant:
    """Set something for a tenant, and give what is set then."""
    async with open_jobs(settings) as jobs:
        tenant = replace(await jobs.tenants.get(name), **what)  # type: ignore[arg-type]  # as read
        await jobs.tenants.set(tenant)
        return tenant


def show(tenants: Iterable[Tenant], *, as_json: bool) -> None:
    """Print a row for each tenant."""
    if as_json:
        for tenant in tenants:
            print(json.dumps({**asdict(tenant), "max_cost_per_day": _dollars(tenant)}))
        return
    rows = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("tenant", "weight", "max queued", "max running", "max USD a day"):
        rows.add_column(column, justify="left" if column == "tenant" else "right")
    for tenant in tenants:
        cost = tenant.max_cost_per_day
        facts = (tenant.weight, tenant.max_queued, tenant.max_running)
        rows.add_row(
            tenant.name,
            *(_DEFAULT if fact is None else f"{fact:g}" for fact in facts),
            _DEFAULT if cost is None else usd(cost),
        )
    Console(highlight=False, markup=False).print(rows)


def _number(kind: type[float] | type[int], text: str, option: str) -> float | int:
    try:
        return kind(text)
    except ValueError as error:
        what = "a whole number" if kind is int else "a number"
        raise InvalidRequest(f"{option} must be {what} or {_DEFAULT}", param=option) from error


def _dollars(tenant: Tenant) -> float | None:
    return None if tenant.max_cost_per_day is None else tenant.max_cost_per_day / _DOLLAR
