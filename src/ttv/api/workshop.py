"""What makes films, over HTTP: back ends, the queue, and what failed for good."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import jobs
from ttv.api.auth import Who
from ttv.api.openapi import document, refusals
from ttv.api.paging import link_next
from ttv.api.routing import READS_JOBS, get, shown
from ttv.api.services import Here, Services
from ttv.api.workshop_schemas import (
    BackEnd,
    BackEnds,
    DeadLetter,
    DeadLetterPage,
    Engine,
    PoolLoad,
    Queue,
    TenantLoad,
    Worker,
)

router = APIRouter(tags=["service"])

_LETTERS = "/v1/dead-letters"


class _Listing(BaseModel):
    """Which dead letters to list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=jobs.MAX_LIMIT, description="Letters on a page.")
    cursor: str | None = Field(default=None, max_length=256, description="From the page before.")


@get(
    router,
    "/v1/backends",
    name="listBackends",
    guard=READS_JOBS,
    responses={200: document(BackEnds, "What is set up here.")},
)
async def list_backends(here: Here) -> Response:
    """List the planners, painters and generators that a request may name, with prices."""
    makes, usual = here.makes, here.settings
    return shown(
        BackEnds(
            planners=[
                BackEnd(name=name, model=one.model, default=name == usual.planner)
                for name, one in sorted(makes.planners.items())
            ],
            painters=[
                BackEnd(name=name, model=one.model, default=name == usual.painter)
                for name, one in sorted(makes.painters.items())
            ],
            generators=[
                Engine.of(name, one.capabilities(), default=name == usual.generator)
                for name, one in sorted(makes.generators.items())
            ],
        )
    )


@get(
    router,
    "/v1/queue",
    name="getQueue",
    guard=READS_JOBS,
    responses={200: document(Queue, "The queue at this moment.")},
)
async def get_queue(here: Here, who: Who) -> Response:
    """Tell how full the worker pools are, how many workers live, and what tenants have waiting."""
    overview = await here.jobs.places.overview()
    fleet = await here.jobs.fleet.workers()
    tenants = overview.tenants if who.operator else await _own(here, who)
    return shown(
        Queue(
            pools={name: PoolLoad.of(load) for name, load in overview.pools.items()},
            workers=len(fleet),
            tenants=[
                TenantLoad(tenant=name, queued=load.queued, running=load.running)
                for name, load in tenants.items()
            ],
            fleet=[Worker.of(card) for card in fleet] if who.operator else None,
        )
    )


@get(
    router,
    _LETTERS,
    name="listDeadLetters",
    guard=READS_JOBS,
    responses={
        200: document(DeadLetterPage, "A page of them.", Link="The next page (`rel=next`)."),
        **refusals("invalid_request"),
    },
)
async def list_dead_letters(here: Here, who: Who, asked: Annotated[_Listing, Query()]) -> Response:
    """List the steps of your tenant that failed for good, newest first; for operators of all."""
    page = await here.jobs.store.dead_letters(
        None if who.operator else who.tenant, limit=asked.limit, cursor=asked.cursor
    )
    letters = [DeadLetter.of(letter) for letter in page.letters]
    answer = shown(DeadLetterPage(letters=letters, next_cursor=page.cursor))
    if page.cursor:
        link_next(answer, _LETTERS, asked, cursor=page.cursor)
    return answer


async def _own(here: Services, who: Who) -> dict[str, jobs.TenantLoad]:
    return {who.tenant: await here.jobs.tenants.load(who.tenant)}
