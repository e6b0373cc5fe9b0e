"""Films made again over HTTP: a manifest that is posted back."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import outputs
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
from ttv.errors import InvalidRequest
from ttv.pipeline import Given, Order

router = APIRouter(tags=["jobs"])

_TERMS: Final = frozenset(
    {"priority", "start_at", "delay_seconds", "deadline", "deadline_seconds", "max_cost"}
)


def _term(name: str) -> Any:
    """Describe a term as the request for any other film does."""
    return copy(JobRequest.model_fields[name])


def _own_copy() -> Any:
    return Field(
        default=None,
        max_length=64,
        description="Id of your own upload of the file that the film was made with, where the "
        "manifest names that of somebody else.",
    )


def _own(name: str, given: Given | None, upload_id: str | None) -> Given | None:
    """Name another copy of a file that the film was made with."""
    if upload_id is None:
        return given
    if given is None:
        raise InvalidRequest(f"this film was made without a {name}", param=name)
    return replace(given, id=upload_id)


class _Asked(BaseModel):
    """On which terms a film is made again."""

    model_config = ConfigDict(extra="forbid")

    allow_differences: bool = Field(
        default=False,
        description="Make the film also where it cannot come out as it was; why is told in the "
        "warnings of the job.",
    )
    outputs: list[str] = Field(
        default=[],
        max_length=64,
        description="Other forms to have the film in, instead of those of the manifest.",
    )
    first_frame: str | None = _own_copy()
    soundtrack: str | None = _own_copy()
    priority: Literal["low", "normal", "high"] = _term("priority")
    start_at: str | None = _term("start_at")
    delay_seconds: float | None = _term("delay_seconds")
    deadline: str | None = _term("deadline")
    deadline_seconds: float | None = _term("deadline_seconds")
    max_cost: float | None = _term("max_cost")

    def given_to(self, order: Order) -> Order:
        """Give the order with the outputs and the files that are named beside the manifest."""
        if self.outputs:
            order = replace(order, outputs=outputs.chosen(self.outputs))
        return replace(
            order,
            first_frame=_own("first_frame", order.first_frame, self.first_frame),
            soundtrack=_own("soundtrack", order.soundtrack, self.soundtrack),
        )


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
    order = asked.given_to(again.allowing(differences=asked.allow_differences))
    here.makes.check(order)
    await check_given(here, who.tenant, order)
    said = asked.model_dump(include=set(_TERMS), exclude_none=True)
    terms = JobRequest.read(said).terms(
        now=round(here.clock() * 1000), key=who.key, request_id=request.scope[REQUEST_ID]
    )
    film = Asked({"manifest": document, **asked.model_dump()}, order, terms)
    return await accepted(here, who, film, idempotency_key=idempotency_key)
