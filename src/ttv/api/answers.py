"""Answers that several routes give alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from ttv import jobs
from ttv.api import schemas
from ttv.api.preconditions import job_tag
from ttv.api.routing import shown

#: Seconds after which a client may ask again for a job that is not over.
ASK_AGAIN: Final = "2"
#: The headers of every answer that shows a job.
TAGS: Final = {"ETag": "The revision of the job and, where it is told, its place in the queue."}


def show_job(
    job: jobs.Job,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    place: jobs.Place = schemas.NO_PLACE,
) -> Response:
    """Answer with a job."""
    answer = shown(schemas.Job.of(job, place))
    answer.status_code = status
    answer.headers["ETag"] = job_tag(job.revision, place.position, place.eta_seconds)
    answer.headers.update(headers or {})
    return answer
