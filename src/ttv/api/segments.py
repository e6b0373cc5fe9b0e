"""The segments of a job over HTTP: how each stands, its video, and making one anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ttv import jobs
from ttv.api.answers import TAGS
from ttv.api.asked import read_terms
from ttv.api.auth import Who
from ttv.api.delivered import find_plan
from ttv.api.life import IfMatch, check_unchanged, lost
from ttv.api.once import TELLS_REPLAY, IdempotencyKey, changed, once
from ttv.api.openapi import BODY_REFUSALS, QUEUE_REFUSALS, body, document, refusals
from ttv.api.problems import Gone, NotReady
from ttv.api.requests import RegenerateRequest
from ttv.api.routing import MAKES_JOBS, READS_FILES, READS_JOBS, JobId, change, get, shown
from ttv.api.schemas import Job
from ttv.api.segment_schemas import SEGMENT, SEGMENTS, Regeneration, Segment, SegmentList
from ttv.api.services import Here, Services
from ttv.api.serving import MISSING, READS, named, serve_file, served
from ttv.errors import InvalidRequest, NotFound
from ttv.money import usd
from ttv.observability import log
from ttv.pipeline import Estimate, Order, Result
from ttv.planning import Plan

router = APIRouter(tags=["segments"])

_Number = Annotated[str, Path(alias="n", description="Number of the shot, from 1.", examples=["1"])]


@dataclass(frozen=True, slots=True)
class _Film:
    """A job whose plan is there."""

    job: jobs.Job
    order: Order
    plan: Plan

    @property
    def segments(self) -> list[Segment]:
        """Show the segments of the film."""
        steps = {step.shot: step for step in self.job.steps if step.kind == "segment"}
        return [
            Segment.of(self.job, steps[number], shot, self.order)
            for number, shot in enumerate(self.plan.shots, 1)
            if number in steps
        ]

    def number(self, text: str) -> int:
        """Read the number of a shot. Raises NotFound."""
        count = len(self.plan.shots)
        known = {str(number): number for number in range(1, count + 1)}
        if text not in known:
            raise NotFound(f"there is no such segment; the film has {count}")
        return known[text]


@dataclass(frozen=True, slots=True)
class _Anew:
    """One segment of a film made anew."""

    film: _Film
    shot: int
    order: Order
    #: The steps that are made again.
    stale: tuple[str, ...]
    price: Estimate

    @classmethod
    async def of(cls, here: Services, film: _Film, order: Order, shot: int) -> Self:
        """Find what another take of a shot makes again, and what is not kept any more for it.

        Raises InvalidRequest.
        """
        stale = here.makes.stale(order, film.plan, shot)
        gone = await lost(here, film.job, anew=stale)
        price = here.makes.stale_cost(order, film.plan, shot, also=gone)
        again = (step.name for step in film.job.steps if step.name in {*stale, *gone})
        return cls(film, shot, order, tuple(again), price)

    @property
    def shown(self) -> Regeneration:
        """Show what would be done."""
        take = next(take for take in self.order.takes if take.shot == self.shot)
        return Regeneration.of(take, self.film.plan.shots[self.shot - 1], self.stale, self.price)

    def check_budget(self, limit: int | None) -> None:
        """Refuse a take that the job may not pay for."""
        job, cost = self.film.job, self.price.cost
        most = job.terms.max_cost if limit is None else limit
        used = job.cost.spent + job.cost.reserved
        if cost and most is not None and used + cost > most:
            raise InvalidRequest(
                f"the take would cost {usd(cost)} US dollars; of the {usd(most)} that the job may "
                f"cost {usd(used)} are spent or set aside; send a higher max_cost",
                param="max_cost",
            )


@get(
    router,
    SEGMENTS,
    name="listSegments",
    guard=READS_JOBS,
    responses={200: document(SegmentList, "The segments."), **refusals(*MISSING)},
)
async def list_segments(here: Here, who: Who, job_id: JobId) -> Response:
    """List the segments of a job, as soon as it is planned."""
    film = await _film(here, who, job_id)
    return shown(SegmentList(segments=film.segments))


@get(
    router,
    SEGMENT,
    name="getSegment",
    guard=READS_JOBS,
    responses={200: document(Segment, "The segment."), **refusals(*MISSING)},
)
async def get_segment(here: Here, who: Who, job_id: JobId, number: _Number) -> Response:
    """Give one segment of a job: what it shows, how far it is, what it costs."""
    film = await _film(here, who, job_id)
    return shown(film.segments[film.number(number) - 1])


@get(
    router,
    f"{SEGMENT}/video",
    name="getSegmentVideo",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=served("video/mp4", "The segment."),
)
async def get_segment_video(
    request: Request, here: Here, who: Who, job_id: JobId, number: _Number
) -> Response:
    """Give the video of a segment as soon as it is made; a `Range` of bytes gives a part of it."""
    film = await _film(here, who, job_id)
    shot = film.number(number)
    step = next(step for step in film.job.steps if (step.kind, step.shot) == ("segment", shot))
    if step.result is None and film.job.state.terminal:
        raise NotFound(f"the job is {film.job.state}; this segment was not made; a retry makes it")
    if step.result is None:
        raise NotReady("this segment is not made yet; follow it until its status is 'done'")
    file = Result.from_json(step.result).files["clip"]
    if await here.artifacts.stat(file.key) is None:
        raise Gone("this segment was made, but is not kept any more")
    shown_as = named(file, f"{job_id}-segment-{shot}")
    return serve_file(request, here.artifacts, file, disposition=shown_as)


@change(
    router,
    f"{SEGMENT}/regenerate",
    name="regenerateSegment",
    guard=MAKES_JOBS,
    extra=body(RegenerateRequest, required=False),
    responses={
        202: document(Job, "The job, which makes the segment anew.", **TELLS_REPLAY, **TAGS),
        200: document(Regeneration, "With `preview`: what would be done."),
        **refusals(
            *MISSING,
            *("conflict", "idempotency_mismatch", "precondition_failed"),
            *QUEUE_REFUSALS,
            *BODY_REFUSALS,
        ),
    },
)
async def regenerate_segment(
    request: Request,
    here: Here,
    who: Who,
    job_id: JobId,
    number: _Number,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Make one segment of a job anew, and the film from it; all other segments are kept.

    The job must be over or paused. With neither prompt nor seed the segment gets another seed.
    A segment that goes on from the last frame of this one is made anew, too. Look first with
    `preview`, then send `If-Match` with the ETag of the job. With an `Idempotency-Key`, repeating
    the request shows the job and makes no second take.
    """
    document = await read_terms(request, here)
    asked = RegenerateRequest.read(document)
    limit, words = asked.limit, asked.words(here.settings)
    only = once(idempotency_key, "regenerate", job_id, number, document)

    async def look() -> _Anew:
        job = await here.jobs.store.get(job_id, tenant=who.tenant)
        check_unchanged(job, if_match)
        film = await _planned(here, job)
        shot = film.number(number)
        order = film.order.retaken(shot, prompt=words, seed=asked.seed)
        anew = await _Anew.of(here, film, order, shot)
        anew.check_budget(limit)
        return anew

    async def remake() -> jobs.Job:
        anew = await look()
        job = await here.jobs.store.remake(
            job_id,
            tenant=who.tenant,
            request=anew.order.to_json(),
            stale=anew.stale,
            revision=anew.film.job.revision,
            max_cost=limit,
            once=only,
        )
        log.info("Segment to be made anew", action="job.remade", job_id=job_id, shot=anew.shot)
        return job

    if asked.preview:
        return shown((await look()).shown)
    return await changed(here, who, only, remake, status=202)


async def _film(here: Services, who: Who, job_id: str) -> _Film:
    """Find a job and its plan. Raises NotFound, NotReady, Gone."""
    return await _planned(here, await here.jobs.store.get(job_id, tenant=who.tenant))


async def _planned(here: Services, job: jobs.Job) -> _Film:
    """Find the plan of a job. Raises NotFound, NotReady, Gone."""
    plan = await find_plan(here, job)
    return _Film(job, Order.from_json(job.request), plan)
