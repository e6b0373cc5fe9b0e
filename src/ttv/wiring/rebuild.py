"""Make the index of jobs again from the films in the store, after Redis has lost it.

What Redis held of jobs that were not finished is gone; who asks for the same again pays for
nothing that is in the store.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ttv import jobs
from ttv.artifacts import Store, folders
from ttv.errors import NotFound
from ttv.observability import log
from ttv.pipeline import MANIFEST_FILE, Delivered, Kind, Pipeline, Unreadable
from ttv.settings import Settings
from ttv.tenancy import is_tenant
from ttv.wiring.films import open_pipeline
from ttv.wiring.places import FILMS, HOME_PARTS, Place
from ttv.wiring.queue import open_jobs


@dataclass(frozen=True, slots=True)
class UnreadableFilm:
    """A film that has no job."""

    #: Its manifest in the store.
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was found in the store."""

    #: Jobs that are in the index again.
    restored: int = 0
    #: Jobs that were in it, or that somebody has deleted.
    known: int = 0
    unreadable: tuple[UnreadableFilm, ...] = ()


class _Terms(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: str | None = None
    priority: int = 0
    start_at: int | None = None
    deadline: int | None = None
    max_cost: int | None = None
    request_id: str | None = None


class _Cost(BaseModel):
    estimate: int | None = None
    spent: int = 0


class _Record(BaseModel):
    """What a manifest says of the job, as ``FilmRunner`` writes it."""

    id: str
    tenant: str
    attempt: Annotated[int, Field(ge=1)]
    terms: _Terms
    created_at: int
    started_at: int | None
    finished_at: int
    warnings: tuple[str, ...]
    cost: _Cost


async def rebuild(settings: Settings) -> Rebuilt:
    """Restore every finished job whose film is in the store; twice is once."""
    async with open_pipeline(settings) as makes, open_jobs(settings) as opened:
        return await restored(makes, opened.store)


async def restored(makes: Pipeline, store: jobs.JobStore) -> Rebuilt:
    """Restore every finished job of an opened store."""
    found = Rebuilt()
    async for manifests in _by_job(makes.store):
        job, unreadable = await _newest(makes, manifests)
        if job is None:
            found = replace(found, unreadable=(*found.unreadable, *unreadable))
        elif await store.restore(job):
            log.info("Job restored", action="job.restored", job_id=job.id, what="rebuild")
            found = replace(found, restored=found.restored + 1)
        else:
            found = replace(found, known=found.known + 1)
    return found


async def _by_job(store: Store) -> AsyncIterator[list[str]]:
    """Give the manifests of each job, that of its newest attempt first."""
    async for folder in folders(store, FILMS, parts=HOME_PARTS):
        keys = (file.key for file in folder.files)
        manifests = [key for key in keys if key.endswith(f"/{MANIFEST_FILE}")]
        if manifests:
            yield sorted(manifests, key=lambda key: Place.of(key).attempt, reverse=True)


async def _newest(
    makes: Pipeline, manifests: Sequence[str]
) -> tuple[jobs.Job | None, tuple[UnreadableFilm, ...]]:
    """Make the job of the first manifest that can be read, or say why none can."""
    unreadable = []
    for key in manifests:
        try:
            return _job(await makes.delivered(key)), ()
        except (NotFound, Unreadable) as error:
            log.warning("Film not read", action="film.unreadable", key=key, error=error.message)
            unreadable.append(UnreadableFilm(key, error.message))
    return None, tuple(unreadable)


def _job(film: Delivered) -> jobs.Job:
    """Make the job of a film."""
    try:
        record = _Record.model_validate(film.record)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Unreadable(f"the manifest does not tell the {place} of its job") from error
    if not jobs.is_job_id(record.id):
        raise Unreadable("the manifest names no job")
    if not is_tenant(record.tenant):
        raise Unreadable("the manifest names no tenant")
    steps = tuple(
        jobs.Step(
            name=step.name,
            kind=step.kind,
            needs=step.needs,
            shot=step.shot,
            pool=step.pool,
            weight=step.weight,
            planned_by=None if step.kind is Kind.PLAN else film.steps[0][0].name,
            result=result.to_json(),
        )
        for step, result in film.steps
    )
    return jobs.Job(
        id=record.id,
        tenant=record.tenant,
        request=film.order.to_json(),
        created_at=record.created_at,
        terms=jobs.Terms(**record.terms.model_dump()),
        attempt=record.attempt,
        steps=steps,
        started_at=record.started_at,
        finished_at=record.finished_at,
        warnings=record.warnings,
        result=steps[-1].result,
        cost=jobs.Cost(estimate=record.cost.estimate, spent=record.cost.spent),
    )
