"""Films made again over HTTP: a manifest that is posted back."""

from __future__ import annotations

from copy import copy
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv.api import schemas
from ttv.api.accepting import ACCEPTED, REFUSALS, accepted
from ttv.api.asked import Asked
from ttv.api.auth import Who
from ttv.api.body import read_json
from ttv.api.given import check_given
from ttv.api.once import IdempotencyKey, check_key
from ttv.api.openapi import json_body, refusals
from ttv.api.problems import REQUEST_ID
from ttv.api.requests import JobRequest, limits
from ttv.api.routing import MAKES_JOBS, change
from ttv.api.services import Here

router = APIRouter(tags=["jobs"])


def _term(name: str) -> Any:
    """Describe a term as the request for any other film does."""
    return copy(JobRequest.model_fields[name])


class _Asked(BaseModel):
    """On which terms a film is made again."""

    model_config = ConfigDict(extra="forbid")

    allow_differences: bool = Field(
        default=False,
        description="Make the film also where it cannot come out as it was; why is told in the "
        "warnings of the job.",
    )
    priority: Literal["low", "normal", "high"] = _term("priority")
    start_at: str | None = _term("start_at")
    delay_seconds: float | None = _term("delay_seconds")
    deadline: str | None = _term("deadline")
    deadline_seconds: float | None = _term("deadline_seconds")
    max_cost: float | None = _term("max_cost")


@change(
    router,
    f"{schemas.JOBS}/reproduce",
    name="reproduceJob",
    guard=MAKES_JOBS,
    extra=json_body("The manifest of a film, as `GET /v1/jobs/{job_id}/manifest` gives it."),
    responses={**ACCEPTED, **refusals("not_reproducible", *REFUSALS)},
)
async def reproduce_job(
    request: Request,
    here: Here,
    who: Who,
    asked: Annotated[_Asked, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Make a film again from its manifest: the same plan, takes, seeds and back ends.

    What would make it another film here is refused, each difference as one of the `errors`. A
    film that comes out otherwise all the same has a warning; one that does not has
    `"reproduced": true` among the facts of its manifest.
    """
    check_key(idempotency_key)
    settings = here.settings
    document = await read_json(
        request, limit=settings.max_manifest_bytes, seconds=settings.body_seconds
    )
    again = here.makes.reproduced(document, limits(settings))
    order = again.allowing(differences=asked.allow_differences)
    here.makes.check(order)
    await check_given(here, who.tenant, order)
    said = asked.model_dump(exclude={"allow_differences"}, exclude_none=True)
    terms = JobRequest.read(said).terms(
        now=round(here.clock() * 1000), key=who.key, request_id=request.scope[REQUEST_ID]
    )
    film = Asked({"manifest": document, **asked.model_dump()}, order, terms)
    return await accepted(here, who, film, idempotency_key=idempotency_key)
