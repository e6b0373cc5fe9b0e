"""What commands show of segments, money and back ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from ttv.cli._describing import age
from ttv.cli._writing import print_table, to_json, usd
from ttv.client import BackEnd, BackEnds, DeadLetter, Engine, JobCost, Segment, Usage

_NONE = "no limit"


def show_segments(segments: Iterable[Segment], *, as_json: bool) -> None:
    """Print a row for each shot."""
    if as_json:
        _lines(segments)
        return
    columns = ("shot", "status", "done", "take", "seconds", "cost", "shows")
    rows = (
        (
            str(one.number),
            one.status,
            f"{one.progress:.0%}",
            str(one.take),
            f"{one.seconds:.4g}",
            usd(one.cost.spent + one.cost.reserved),
            " ".join(one.prompt.split()),
        )
        for one in segments
    )
    print_table(columns, rows, right=("shot", "done", "take", "seconds", "cost"))


def show_cost(cost: JobCost, *, as_json: bool) -> None:
    """Print the sums of a job, and a row for each step that costs something."""
    if as_json:
        print(to_json(cost))
        return
    facts = {
        "estimate": "not planned yet" if cost.estimate is None else usd(cost.estimate),
        "spent": usd(cost.spent),
        "set aside": usd(cost.reserved),
        "limit": _NONE if cost.max_cost is None else usd(cost.max_cost),
    }
    _facts(facts.items())
    if cost.steps:
        print()
        rows = ((step.step, usd(step.spent), usd(step.reserved)) for step in cost.steps)
        print_table(("step", "spent", "set aside"), rows, right=("spent", "set aside"))


def show_usage(usage: Usage, *, as_json: bool) -> None:
    """Print what a tenant has and may have, and a row for each day."""
    if as_json:
        print(to_json(usage))
        return
    daily = usage.max_cost_per_day
    today = usage.spent_today + usage.reserved_today
    facts = {
        "tenant": usage.tenant,
        "queued": f"{usage.queued} of {usage.max_queued} jobs",
        "running": f"{usage.running} of {usage.max_running} jobs",
        "today": f"{usd(today)}, {_NONE if daily is None else f'of {usd(daily)}'}",
        "spent": usd(usage.spent),
    }
    _facts(facts.items())
    if usage.days:
        print()
        rows = ((f"{one.day:%F}", usd(one.spent), usd(one.reserved)) for one in usage.days)
        print_table(("day", "spent", "set aside"), rows, right=("spent", "set aside"))


def show_backends(found: BackEnds, *, as_json: bool) -> None:
    """Print a row for each engine, and one for each painter and planner."""
    if as_json:
        print(to_json(found))
        return
    columns = ("engine", "model", "pool", "price", "shots", "sizes")
    print_table(columns, (_engine(one) for one in found.generators))
    for kind, others in (("painter", found.painters), ("planner", found.planners)):
        print()
        print_table((kind, "model"), ((_name(other), other.model) for other in others))


def show_letters(letters: Iterable[DeadLetter], *, as_json: bool) -> None:
    """Print a row for each step that failed for good."""
    if as_json:
        _lines(letters)
        return
    now = datetime.now(UTC)
    found = tuple(letters)
    if not found:
        print("nothing has failed for good", file=sys.stderr)
        return
    rows = (
        (one.job_id, one.step, str(one.tries), age(now - one.failed_at), one.message)
        for one in found
    )
    print_table(("job", "step", "tries", "ago", "why"), rows, right=("tries",))


def _engine(one: Engine) -> tuple[str, ...]:
    lengths = [f"{seconds:g}" for seconds in one.allowed_seconds]
    return (
        _name(one),
        one.model,
        one.pool,
        _price(one),
        f"{', '.join(lengths) or f'{one.min_seconds:g} to {one.max_seconds:g}'} s",
        ", ".join(one.sizes) or f"up to {one.max_width}x{one.max_height}",
    )


def _price(one: Engine) -> str:
    prices = {"s": one.price_per_second, "shot": one.price_per_segment}
    return " + ".join(f"{usd(price)}/{per}" for per, price in prices.items() if price) or "free"


def _name(one: Engine | BackEnd) -> str:
    return f"{one.name} (default)" if one.default else one.name


def _facts(facts: Iterable[tuple[str, str]]) -> None:
    print("\n".join(f"{name:<9} {value}" for name, value in facts))


def _lines(values: Iterable[Segment | DeadLetter]) -> None:
    for value in values:
        print(to_json(value))
