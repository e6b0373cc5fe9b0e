"""Read what a request about jobs asks for, within the limits of the service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from ttv import jobs
from ttv.api.auth import Who
from ttv.api.body import read_json, read_optional_json
from ttv.api.given import find_given
from ttv.api.problems import REQUEST_ID
from ttv.api.requests import JobRequest
from ttv.api.services import Services
from ttv.pipeline import Order
from ttv.uploads import Purpose


@dataclass(frozen=True, slots=True)
class Asked:
    """A film as it is asked for."""

    document: dict[str, Any]
    order: Order
    terms: jobs.Terms


async def read_film(request: Request, here: Services, who: Who) -> Asked:
    """Read the body that asks for a film; refuses what the back ends cannot carry out."""
    settings = here.settings
    document = await read_json(
        request, limit=settings.max_body_bytes, seconds=settings.body_seconds
    )
    wanted = JobRequest.read(document)
    given = await find_given(here, who.tenant, wanted.files)
    order = replace(
        wanted.order(settings),
        first_frame=given.get(Purpose.FIRST_FRAME),
        soundtrack=given.get(Purpose.SOUNDTRACK),
    )
    here.makes.check(order)
    terms = wanted.terms(
        now=round(here.clock() * 1000), key=who.key, request_id=request.scope[REQUEST_ID]
    )
    return Asked(document, order, terms)


async def read_terms(request: Request, here: Services) -> dict[str, Any]:
    """Read a body that may be left out."""
    settings = here.settings
    return await read_optional_json(
        request, limit=settings.max_body_bytes, seconds=settings.body_seconds
    )
