"""Money over HTTP: what a film would cost, what a job costs, what a tenant spends."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import jobs
from ttv.api.asked import Asked, read_film
from ttv.api.auth import Who
from ttv.api.cost_schemas import FilmEstimate, JobCost, Usage
from ttv.api.openapi import BODY_REFUSALS, body, document, refusals
from ttv.api.problems import pointer
from ttv.api.requests import JobRequest
from ttv.api.routing import CHANGES_JOBS, READS_JOBS, JobId, change, get, shown
from ttv.api.schemas import JOB, JOBS, FieldProblem
from ttv.api.services import Here, Services
from ttv.errors import InvalidRequest
from ttv.moments import moment

router = APIRouter(tags=["costs"])

_DAY: Final = 24 * 3600 * 1000


class _Days(BaseModel):
    """How far back to look."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=30, ge=1, le=60, description="Days to show, today among them.")


@change(
    router,
    f"{JOBS}/estimate",
    name="estimateJob",
    guard=CHANGES_JOBS,
    extra=body(JobRequest),
    responses={
        200: document(FilmEstimate, "What it would take and cost."),
        **refusals(*BODY_REFUSALS),
    },
)
async def estimate_job(request: Request, here: Here, who: Who) -> Response:
    """Tell what a film would cost, from the same request as for a job; nothing is made.

    A request that cannot be carried out is refused as it would be for a job; what only its
    limits forbid is in `refusals`.
    """
    asked = await read_film(request, here, who)
    estimate = await here.makes.estimate(asked.order)
    return shown(FilmEstimate.of(estimate, await _refusals(here, asked)))


@get(
    router,
    f"{JOB}/cost",
    name="getJobCost",
    guard=READS_JOBS,
    responses={200: document(JobCost, "What it costs."), **refusals("not_found")},
)
async def get_job_cost(here: Here, who: Who, job_id: JobId) -> Response:
    """Tell what a job was estimated at, what is set aside for it and what it has cost."""
    return shown(JobCost.of_job(await here.jobs.store.get(job_id, tenant=who.tenant)))


@get(
    router,
    "/v1/usage",
    name="getUsage",
    guard=READS_JOBS,
    responses={200: document(Usage, "The usage."), **refusals("invalid_request")},
)
async def get_usage(here: Here, who: Who, asked: Annotated[_Days, Query()]) -> Response:
    """Tell what your tenant has under way, what it spends and what it may spend."""
    now = round(here.clock() * 1000)
    settings = here.settings
    usage = Usage.of(
        await here.jobs.tenants.get(who.tenant),
        await here.jobs.tenants.load(who.tenant),
        jobs.Limits(settings.max_queued_jobs, settings.max_running_jobs, settings.max_queue),
        await here.jobs.spend.of_tenant(who.tenant, since=now - (asked.days - 1) * _DAY, until=now),
        today=moment(now).date(),
    )
    return shown(usage)


async def _refusals(here: Services, asked: Asked) -> list[FieldProblem]:
    """Collect what the terms of a request forbid."""
    if asked.terms.max_cost is None:
        return []
    try:
        await here.makes.check_cost(asked.order, asked.terms.max_cost)
    except InvalidRequest as error:
        param = error.param or ""
        return [FieldProblem(param=param, detail=error.message, pointer=pointer(param))]
    return []
