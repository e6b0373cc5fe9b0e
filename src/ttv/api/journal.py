"""What happened to a job: page by page, as lines of a log, or as it happens."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import jobs
from ttv.api import accept, schemas
from ttv.api.auth import Who
from ttv.api.openapi import document, refusals
from ttv.api.paging import link_next
from ttv.api.routing import READS_JOBS, JobId, get, shown
from ttv.api.schemas import JOB, Links
from ttv.api.services import Here, Services
from ttv.api.streams import HEADERS, Streams
from ttv.errors import InvalidRequest

router = APIRouter(tags=["jobs"])

_ID: Final = re.compile(r"[0-9]{1,15}-[0-9]{1,15}")
_PAGE: Final = document(
    schemas.Journal,
    "A page of the journal, oldest first.",
    Link="What happens from here on (`rel=next`).",
)


class _Tail(BaseModel):
    """Which part of a journal to read."""

    model_config = ConfigDict(extra="forbid")

    after: str = Field(
        default=jobs.START,
        pattern=f"^{_ID.pattern}$",
        description="Id of an event, such as `next` of the page before.",
    )
    limit: int = Field(default=100, ge=1, le=1_000, description="Entries on a page.")


@get(
    router,
    f"{JOB}/logs",
    name="getJobLogs",
    guard=READS_JOBS,
    json=False,
    responses={
        200: {**_PAGE, "content": {accept.TEXT: {"schema": {"type": "string"}}}},
        **refusals("invalid_request", "not_found", "not_acceptable"),
    },
)
async def get_job_logs(
    request: Request, here: Here, who: Who, job_id: JobId, asked: Annotated[_Tail, Query()]
) -> Response:
    """Read what happened to a job: as JSON, or as lines with `Accept: text/plain`."""
    form = accept.choose(request.headers.get("accept"), [accept.JSON, accept.TEXT])
    await here.jobs.store.get(job_id, tenant=who.tenant)
    journal = await _read(here, job_id, asked)
    if form == accept.TEXT:
        answer = Response(journal.text(), media_type=accept.TEXT)
    else:
        answer = shown(journal)
    link_next(answer, Links.of(job_id).logs, asked, after=journal.next)
    return answer


@get(
    router,
    f"{JOB}/events",
    name="getJobEvents",
    guard=READS_JOBS,
    json=False,
    responses={
        200: {**_PAGE, "content": {accept.EVENTS: {"schema": {"type": "string"}}}},
        **refusals(
            *("invalid_request", "not_found", "not_acceptable"),
            *("too_many_own_streams", "too_many_streams"),
        ),
    },
)
async def get_job_events(
    request: Request,
    here: Here,
    who: Who,
    job_id: JobId,
    asked: Annotated[_Tail, Query()],
    last_event_id: Annotated[
        str | None,
        Header(
            alias="Last-Event-ID",
            description="Where a stream was cut off; stronger than `after`.",
        ),
    ] = None,
) -> Response:
    """Follow what happens to a job: as a page of JSON, or live with `Accept: text/event-stream`.

    A stream begins behind `after` or `Last-Event-ID`, gives every event once with its id, shows
    every 15 seconds that it lives, and closes after `event: end`, which holds the job. When it
    closes before that, come back with the last id. `event: reset` holds the job too: some events
    before it are not kept any more.
    """
    form = accept.choose(request.headers.get("accept"), [accept.JSON, accept.EVENTS])
    job = await here.jobs.store.get(job_id, tenant=who.tenant)
    if form == accept.JSON:
        journal = await _read(here, job_id, asked)
        answer = shown(journal)
        link_next(answer, Links.of(job_id).events, asked, after=journal.next)
        return answer
    if last_event_id and not _ID.fullmatch(last_event_id):
        raise InvalidRequest("Last-Event-ID must be the id of an event", param="Last-Event-ID")
    if request.method == "HEAD":
        return Response(media_type=accept.EVENTS, headers=HEADERS)
    streams: Streams = request.app.state.streams
    return streams.answer(job, last_event_id or asked.after, who)


async def _read(here: Services, job_id: str, asked: _Tail) -> schemas.Journal:
    tail = await here.jobs.store.events(job_id, after=asked.after, limit=asked.limit)
    return schemas.Journal.of(tail, after=asked.after)
