"""Make a shot anew, after a look at what that means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ttv.cli._writing import usd
from ttv.client import Client, Job, Regeneration


@dataclass(frozen=True, slots=True)
class Remake:
    """What a user wants to be made anew."""

    job_id: str
    number: int
    prompt: str | None
    seed: int | None
    max_cost: Decimal | None

    async def preview(self, client: Client) -> tuple[Job, Regeneration]:
        """Ask what it means, for the job as it stands now."""
        job = await client.get(self.job_id)
        plan = await client.preview(
            self.job_id, self.number, prompt=self.prompt, seed=self.seed, max_cost=self.max_cost
        )
        return job, plan

    async def order(self, client: Client, seen: Job) -> Job:
        """Order it, if the job is still as it was seen."""
        return await client.regenerate(
            self.job_id,
            self.number,
            prompt=self.prompt,
            seed=self.seed,
            max_cost=self.max_cost,
            seen=seen,
        )


def describe(plan: Regeneration) -> str:
    """Say what it means, a fact a line."""
    return "\n".join(f"{name:<10} {value}" for name, value in _facts(plan))


def _facts(plan: Regeneration) -> Iterator[tuple[str, str]]:
    yield "shot", f"{plan.segment}, take {plan.take}"
    yield "prompt", " ".join(plan.prompt.split())
    yield "seed", str(plan.seed)
    yield "made anew", ", ".join(plan.stale)
    yield "length", f"{plan.seconds:.4g} s"
    yield "costs", f"at most {usd(plan.cost)}" if plan.cost else "nothing"
