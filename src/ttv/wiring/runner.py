"""What runs the steps of jobs: the words of the worker become those of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ttv import jobs, pipeline, worker
from ttv.pipeline import Commission, Order, Pipeline, Purchase, Result
from ttv.wiring.places import destination, home
from ttv.wiring.uploads import files_of


@dataclass(frozen=True, slots=True)
class FilmRunner:
    """Runs a job's steps through the pipeline, on the budget of the job."""

    makes: Pipeline
    spend: jobs.Spend

    async def run(
        self,
        job: jobs.Job,
        step: jobs.Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: worker.Report,
    ) -> jobs.Outcome:
        """Run one step of a job."""
        order = Order.from_json(job.request)
        outcome = await self.makes.run(
            order,
            pipeline.Step(
                name=step.name,
                kind=pipeline.Kind(step.kind),
                needs=step.needs,
                shot=step.shot,
                pool=step.pool,
                weight=step.weight,
            ),
            {name: Result.from_json(result) for name, result in results.items()},
            workspace=workspace,
            commission=Commission(
                destination(job),
                buyer=job.id,
                purse=JobPurse(self.spend, job, step),
                record={"job": _record(job, now=self.makes.clock())},
                files=files_of(order, job.tenant),
            ),
            report=report,
        )
        if outcome.cost is not None:
            await self.spend.estimate(job, step, outcome.cost)
        return jobs.Outcome(
            outcome.result.to_json(),
            steps=tuple(jobs.Step(**asdict(following)) for following in outcome.steps),
            warnings=pipeline.film_warnings({step.name: outcome.result}),
            reused=outcome.result.reused,
        )

    async def discard(self, job: jobs.Job) -> None:
        """Remove the films of a deleted job, those of all its attempts."""
        await self.makes.discard(home(job))


@dataclass(frozen=True, slots=True)
class JobPurse:
    """The budget of a claimed step as the pipeline's purse."""

    spend: jobs.Spend
    job: jobs.Job
    step: jobs.Step

    async def reserve(self, purchase: Purchase) -> None:
        """Set the estimate aside for the claimed step."""
        await self.spend.reserve(self.job, self.step, _paid(purchase), purchase.estimate)

    async def charge(self, purchase: Purchase, cost: int) -> None:
        """Charge the job that bought it."""
        await self.spend.charge(purchase.buyer, purchase.step, _paid(purchase), cost)

    async def release(self, purchase: Purchase) -> None:
        """Give back to the job that bought it."""
        await self.spend.release(purchase.buyer, _paid(purchase))


def _paid(purchase: Purchase) -> jobs.Paid:
    return jobs.Paid(purchase.id, purchase.engine)


def _record(job: jobs.Job, *, now: float) -> dict[str, Any]:
    """Tell what the index of jobs could be made from again: times are those of the index."""
    return {
        "id": job.id,
        "tenant": job.tenant,
        "attempt": job.attempt,
        "terms": asdict(job.terms),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": round(now * 1000),
        "warnings": list(job.warnings),
        "cost": asdict(job.cost),
    }
