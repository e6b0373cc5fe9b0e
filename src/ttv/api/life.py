"""The life of a job over HTTP: cancel, pause, resume, retry, delete."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from ttv import jobs
from ttv.api import schemas
from ttv.api.answers import TAGS, show_job
from ttv.api.asked import read_terms
from ttv.api.auth import Who
from ttv.api.once import TELLS_REPLAY, IdempotencyKey, changed, once
from ttv.api.openapi import BODY_REFUSALS, QUEUE_REFUSALS, body, document, refusals
from ttv.api.preconditions import allows_job
from ttv.api.requests import ResumeRequest, RetryRequest
from ttv.api.routing import CHANGES_JOBS, MAKES_JOBS, JobId, change
from ttv.api.schemas import JOB
from ttv.api.services import Here, Services
from ttv.errors import Conflict, OutcomeUnknown
from ttv.observability import log
from ttv.pipeline import Kind, Order, Result, Step

router = APIRouter(tags=["jobs"])

_REFUSED: Final = ("not_found", "conflict", "precondition_failed")
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="Do it only if the job still has this ETag.")
]


@change(
    router,
    f"{JOB}/cancel",
    name="cancelJob",
    guard=CHANGES_JOBS,
    responses={
        200: document(schemas.Job, "The job, now canceled.", **TAGS),
        **refusals(*_REFUSED),
    },
)
async def cancel_job(here: Here, who: Who, job_id: JobId, if_match: IfMatch = None) -> Response:
    """Stop a job that is not over; its work ends within seconds. Cancelling twice is no error."""
    revision = await expected(here, who, job_id, if_match)
    job = await here.jobs.store.cancel(job_id, tenant=who.tenant, revision=revision)
    log.info("Job canceled", action="job.canceled", job_id=job_id)
    return show_job(job)


@change(
    router,
    f"{JOB}/pause",
    name="pauseJob",
    guard=CHANGES_JOBS,
    responses={
        200: document(schemas.Job, "The job, now paused.", **TAGS),
        **refusals(*_REFUSED),
    },
)
async def pause_job(here: Here, who: Who, job_id: JobId, if_match: IfMatch = None) -> Response:
    """Let no more steps of a job start; those that run go on. Pausing twice is no error."""
    revision = await expected(here, who, job_id, if_match)
    job = await here.jobs.store.pause(job_id, tenant=who.tenant, revision=revision)
    log.info("Job paused", action="job.paused", job_id=job_id)
    return show_job(job)


@change(
    router,
    f"{JOB}/resume",
    name="resumeJob",
    guard=CHANGES_JOBS,
    extra=body(ResumeRequest, required=False),
    responses={
        200: document(schemas.Job, "The job, which goes on.", **TELLS_REPLAY, **TAGS),
        **refusals(*_REFUSED, "idempotency_mismatch", *BODY_REFUSALS),
    },
)
async def resume_job(
    request: Request,
    here: Here,
    who: Who,
    job_id: JobId,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Let the steps of a job start again, whoever held it. Resuming twice is no error.

    `max_cost` replaces the limit of its cost. A job held as `outcome_unknown` asks the provider
    once more whether it took the segment; with `buy_again` it buys another one instead: send an
    `Idempotency-Key` with it, and repeating the request buys no third.
    """
    document = await read_terms(request, here)
    asked = ResumeRequest.read(document)
    limit, only = asked.limit, once(idempotency_key, "resume", job_id, document)

    async def resume() -> jobs.Job:
        revision: int | None
        if asked.buy_again:
            held = await here.jobs.store.get(job_id, tenant=who.tenant)
            check_unchanged(held, if_match)
            revision, order = held.revision, _bought_again(held).to_json()
        else:
            revision, order = await expected(here, who, job_id, if_match), None
        job = await here.jobs.store.resume(
            job_id,
            tenant=who.tenant,
            revision=revision,
            max_cost=limit,
            request=order,
            once=only,
        )
        log.info("Job resumed", action="job.resumed", job_id=job_id)
        return job

    return await changed(here, who, only, resume, status=200)


@change(
    router,
    f"{JOB}/retry",
    name="retryJob",
    guard=MAKES_JOBS,
    extra=body(RetryRequest, required=False),
    responses={
        202: document(schemas.Job, "The job, queued again.", **TELLS_REPLAY, **TAGS),
        **refusals(*_REFUSED, *QUEUE_REFUSALS, "idempotency_mismatch", *BODY_REFUSALS),
    },
)
async def retry_job(
    request: Request,
    here: Here,
    who: Who,
    job_id: JobId,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Try a job again that failed or was canceled: what is done is kept, the rest is made.

    `max_cost` replaces the limit of its cost. A deadline that has passed holds no more. With an
    `Idempotency-Key`, repeating the request shows the job and begins no other attempt.
    """
    document = await read_terms(request, here)
    limit = RetryRequest.read(document).limit
    only = once(idempotency_key, "retry", job_id, document)

    async def retry() -> jobs.Job:
        job = await here.jobs.store.get(job_id, tenant=who.tenant)
        check_unchanged(job, if_match)
        job = await here.jobs.store.retry(
            job_id,
            tenant=who.tenant,
            lost=await lost(here, job),
            revision=None if if_match is None else job.revision,
            max_cost=limit,
            once=only,
        )
        log.info("Job retried", action="job.retried", job_id=job_id)
        return job

    return await changed(here, who, only, retry, status=202)


@change(
    router,
    JOB,
    name="deleteJob",
    guard=CHANGES_JOBS,
    method="DELETE",
    responses={
        204: {"description": "The job is not there any more; its film is removed by a worker."},
        **refusals(*_REFUSED),
    },
)
async def delete_job(here: Here, who: Who, job_id: JobId, if_match: IfMatch = None) -> Response:
    """Remove a job that is over, and its film. Segments that other films may use are kept."""
    await expected(here, who, job_id, if_match)
    await here.jobs.store.delete(job_id, tenant=who.tenant)
    log.info("Job deleted", action="job.deleted", job_id=job_id)
    return Response(status_code=204)


async def expected(here: Services, who: Who, job_id: str, if_match: str | None) -> int | None:
    """Give the revision that a change is meant for; None for any. Raises Changed, NotFound."""
    if if_match is None:
        return None
    job = await here.jobs.store.get(job_id, tenant=who.tenant)
    check_unchanged(job, if_match)
    return job.revision


async def lost(here: Services, job: jobs.Job, *, anew: Collection[str] = ()) -> frozenset[str]:
    """Name the steps of a job that another attempt has to make again because they are not kept.

    ``anew`` names those that it makes again anyway. Only of a job that is over anything is lost.
    """
    if not job.state.terminal:
        return frozenset()
    steps = [Step(step.name, Kind(step.kind), step.needs) for step in job.steps]
    results = {
        step.name: Result.from_json(step.result) for step in job.steps if step.result is not None
    }
    return await here.makes.lost(steps, results, anew=anew)


def check_unchanged(job: jobs.Job, if_match: str | None) -> None:
    """Raise Changed for a job that is not the one that a change is meant for."""
    if if_match is not None and not allows_job(if_match, job.revision):
        raise jobs.Changed


def _bought_again(job: jobs.Job) -> Order:
    """Give the order with another take of the shot whose purchase is in doubt."""
    if job.hold is None or job.hold.code != OutcomeUnknown.code or job.hold.step is None:
        raise Conflict(
            "nothing is in doubt here: buy_again is for a job that is held as outcome_unknown"
        )
    shot = job.step(job.hold.step).shot
    if shot is None:
        raise Conflict(f"{job.hold.step} is about no shot; it cannot be bought again")
    return Order.from_json(job.request).retaken(shot)
