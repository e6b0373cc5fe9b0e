"""The JSON documents about money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import Field

from ttv import jobs
from ttv.api.dollars import dollars
from ttv.api.schemas import Cost, Document, FieldProblem
from ttv.moments import moment
from ttv.pipeline import Estimate


class ShotPrice(Document):
    """What one shot would cost."""

    number: int
    seconds: float
    cost: float


class FilmEstimate(Document):
    """What a film would take, and at most cost; segments that exist already cost nothing."""

    engine: str = Field(description="What would make the segments.")
    seconds: float = Field(description="Length of all segments; transitions overlap.")
    steps: int
    cost: float = Field(description="In US dollars.")
    exact: bool = Field(
        description="The film will be made from the very plan that was priced; otherwise its "
        "planner may choose other shots."
    )
    shots: list[ShotPrice]
    refusals: list[FieldProblem] = Field(
        description="Why `POST /v1/jobs` would refuse this request; empty when it would not."
    )

    @classmethod
    def of(cls, estimate: Estimate, refusals: Sequence[FieldProblem]) -> Self:
        """Show an estimate."""
        return cls(
            engine=estimate.engine,
            seconds=estimate.seconds,
            steps=estimate.steps,
            cost=dollars(estimate.cost),
            exact=estimate.exact,
            shots=[
                ShotPrice(number=line.shot, seconds=line.seconds, cost=dollars(line.cost))
                for line in estimate.lines
            ],
            refusals=list(refusals),
        )


class StepCost(Document):
    """What one step costs, in US dollars, all attempts and takes together."""

    step: str = Field(examples=["segment-2"])
    reserved: float
    spent: float


class JobCost(Cost):
    """What a job costs, in US dollars, and for what."""

    max_cost: float | None = Field(description="What it may cost in all.")
    steps: list[StepCost] = Field(description="Steps that cost something.")

    @classmethod
    def of_job(cls, job: jobs.Job) -> Self:
        """Show the cost of a job."""
        return cls(
            **Cost.of(job.cost).model_dump(),
            max_cost=dollars(job.terms.max_cost),
            steps=[
                StepCost(
                    step=step.name,
                    reserved=dollars(step.cost.reserved),
                    spent=dollars(step.cost.spent),
                )
                for step in job.steps
                if step.cost.reserved or step.cost.spent
            ],
        )


class Day(Document):
    """What was spent on one day (UTC), in US dollars."""

    day: date
    reserved: float
    spent: float


class Usage(Document):
    """What a tenant has under way, spends and may spend."""

    tenant: str
    queued: int = Field(description="Jobs that wait for their turn.")
    max_queued: int = Field(description="The next one is refused.")
    running: int = Field(description="Jobs handed to workers, and neither over nor held.")
    max_running: int = Field(description="The next one waits.")
    reserved_today: float = Field(description="Set aside today (UTC), in US dollars.")
    spent_today: float
    max_cost_per_day: float | None = Field(description="Null where there is no limit.")
    spent: float = Field(description="In the days that are shown.")
    days: list[Day] = Field(description="Days on which something was spent, oldest first.")

    @classmethod
    def of(
        cls,
        tenant: jobs.Tenant,
        load: jobs.TenantLoad,
        usual: jobs.Limits,
        sums: Sequence[jobs.Sum],
        *,
        today: date,
    ) -> Self:
        """Show the usage of a tenant."""
        days = [
            Day(
                day=moment(one.day).date(),
                reserved=dollars(one.reserved),
                spent=dollars(one.spent),
            )
            for one in sums
        ]
        now = next((day for day in days if day.day == today), None)
        return cls(
            tenant=tenant.name,
            queued=load.queued,
            max_queued=usual.max_queued if tenant.max_queued is None else tenant.max_queued,
            running=load.running,
            max_running=usual.max_running if tenant.max_running is None else tenant.max_running,
            reserved_today=now.reserved if now else 0,
            spent_today=now.spent if now else 0,
            max_cost_per_day=dollars(tenant.max_cost_per_day),
            spent=dollars(sum(one.spent for one in sums)),
            days=days,
        )
