"""Price a film in this process, and show what it costs."""

from __future__ import annotations

from decimal import Decimal

from ttv.cli._writing import print_table, to_json, usd
from ttv.client import Estimate, ShotPrice
from ttv.money import usd as dollars
from ttv.pipeline import Order
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline


async def estimate(order: Order, settings: Settings) -> Estimate:
    """Plan a film with the back ends of this machine and price it; nothing is asked or kept."""
    async with open_pipeline(settings) as pipeline:
        pipeline.check(order)
        found = await pipeline.estimate(order)
    return Estimate(
        engine=found.engine,
        seconds=found.seconds,
        steps=found.steps,
        cost=Decimal(dollars(found.cost)),
        exact=found.exact,
        shots=tuple(
            ShotPrice(line.shot, line.seconds, Decimal(dollars(line.cost))) for line in found.lines
        ),
    )


def show(found: Estimate, *, as_json: bool) -> None:
    """Print a row for each shot, and one for all."""
    if as_json:
        print(to_json(found))
        return
    rows = [(str(shot.number), f"{shot.seconds:.4g}", usd(shot.cost)) for shot in found.shots]
    rows.append(("all", f"{found.seconds:.4g}", usd(found.cost)))
    print_table(("shot", "seconds", "cost"), rows, right=("shot", "seconds", "cost"))
    print(
        f"made by {found.engine}" + ("" if found.exact else "; the planner may choose other shots")
    )
