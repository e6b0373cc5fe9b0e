"""Jobs over HTTP: ask for a film, see how it stands, list."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import jobs
from ttv.api import schemas
from ttv.api.accepting import ACCEPTED, REFUSALS, accepted
from ttv.api.answers import ASK_AGAIN, TAGS, show_job
from ttv.api.asked import read_film
from ttv.api.auth import Who
from ttv.api.once import IdempotencyKey, check_key
from ttv.api.openapi import body, document, refusals
from ttv.api.paging import link_next
from ttv.api.preconditions import job_tag, known, known_job, wait_seconds
from ttv.api.requests import JobRequest
from ttv.api.routing import MAKES_JOBS, READS_JOBS, JobId, change, get, shown
from ttv.api.schemas import JOB, JOBS
from ttv.api.services import Here, Services

router = APIRouter(tags=["jobs"])


@change(
    router,
    JOBS,
    name="createJob",
    guard=MAKES_JOBS,
    extra=body(JobRequest),
    responses={**ACCEPTED, **refusals(*REFUSALS)},
)
async def create_job(
    request: Request,
    here: Here,
    who: Who,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Ask for a film.

    With an `Idempotency-Key`, repeating the request gives the same answer and makes no second
    job; the same key with another body is refused.
    """
    check_key(idempotency_key)
    asked = await read_film(request, here, who)
    return await accepted(here, who, asked, idempotency_key=idempotency_key)


class _Listing(BaseModel):
    """Which jobs to list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=jobs.MAX_LIMIT, description="Jobs on a page.")
    cursor: str | None = Field(default=None, max_length=128, description="From the page before.")
    status: jobs.State | None = Field(default=None, description="Only jobs that have it.")


@get(
    router,
    JOBS,
    name="listJobs",
    guard=READS_JOBS,
    responses={
        200: document(schemas.JobPage, "A page of jobs.", Link="The next page (`rel=next`)."),
        **refusals("invalid_request"),
    },
)
async def list_jobs(here: Here, who: Who, asked: Annotated[_Listing, Query()]) -> Response:
    """List jobs, newest first, without their steps; new jobs do not shift later pages."""
    page = await here.jobs.store.list(
        who.tenant, limit=asked.limit, cursor=asked.cursor, state=asked.status
    )
    listed = [schemas.JobSummary.of(job) for job in page.jobs]
    answer = shown(schemas.JobPage(jobs=listed, next_cursor=page.cursor))
    if page.cursor:
        link_next(answer, JOBS, asked, cursor=page.cursor)
    return answer


@get(
    router,
    JOB,
    name="getJob",
    guard=READS_JOBS,
    responses={
        200: document(
            schemas.Job,
            "The job.",
            Retry_After="Seconds after which to ask again, while the job is not over.",
            Preference_Applied="The wait that was granted.",
            **TAGS,
        ),
        304: {"description": "The job and its place are still those of If-None-Match."},
        **refusals("not_found"),
    },
)
async def get_job(
    request: Request,
    here: Here,
    who: Who,
    job_id: JobId,
    if_none_match: Annotated[
        str | None, Header(alias="If-None-Match", description="An ETag you have.")
    ] = None,
    prefer: Annotated[
        str | None,
        Header(
            alias="Prefer",
            description="`wait=n` with If-None-Match: hold the answer until the job changes "
            "(not only its place in the queue), at most n and at most 30 seconds.",
        ),
    ] = None,
) -> Response:
    """Give a job with its order, steps, progress, warnings and place in the queue."""
    seconds = wait_seconds(prefer) if if_none_match else None
    if seconds and if_none_match:
        stopping: asyncio.Event = request.app.state.stopping
        await _change(
            here, job_id, if_none_match, tenant=who.tenant, seconds=seconds, stopping=stopping
        )
    job, place = await here.jobs.places.look(job_id, tenant=who.tenant)
    extra = {} if job.state.terminal else {"Retry-After": ASK_AGAIN}
    if seconds is not None:
        extra["Preference-Applied"] = f"wait={seconds}"
    tag = job_tag(job.revision, place.position, place.eta_seconds)
    if known(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag, **extra})
    return show_job(job, 200, extra, place=place)


async def _change(
    here: Services,
    job_id: str,
    etag: str,
    *,
    tenant: str,
    seconds: int,
    stopping: asyncio.Event,
) -> None:
    """Wait until the job is not what the client knows, or the time is over."""
    deadline = here.monotonic() + seconds
    with here.feed.watch(job_id) as watch:
        while True:
            job = await here.jobs.store.get(job_id, tenant=tenant)
            left = deadline - here.monotonic()
            if not known_job(etag, job.revision) or job.state.terminal:
                return
            if left <= 0 or stopping.is_set():
                return
            await watch.changed(seconds=left)
