"""The files of a job over HTTP: film, poster, plan, manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import jobs
from ttv.access import Caller
from ttv.api import accept, schemas
from ttv.api.auth import Who
from ttv.api.openapi import document, refusals
from ttv.api.problems import Gone, NotReady
from ttv.api.routing import READS_FILES, READS_JOBS, JobId, get, shown
from ttv.api.schemas import JOB, Links
from ttv.api.services import Here, Services
from ttv.api.serving import MISSING, READS, serve_file, served
from ttv.artifacts import Artifact
from ttv.errors import NotFound
from ttv.pipeline import Result

router = APIRouter(tags=["films"])


class _Asked(BaseModel):
    """How to tell where the film is."""

    model_config = ConfigDict(extra="forbid")

    redirect: bool = Field(default=False, description="Answer with a redirect to the film instead.")


@get(
    router,
    f"{JOB}/artifact",
    name="getArtifact",
    guard=READS_FILES,
    responses={
        200: document(schemas.Artifact, "Where the film is."),
        302: {"description": "The film, with `redirect=1`."},
        **refusals("invalid_request", *MISSING),
    },
)
async def get_artifact(
    here: Here, who: Who, job_id: JobId, asked: Annotated[_Asked, Query()]
) -> Response:
    """Say where the finished film can be had, how large it is and what its hash is."""
    film = await _file(here, who, job_id, "film")
    url = Links.of(job_id).video
    if asked.redirect:
        return Response(status_code=302, headers={"Location": url})
    artifact = schemas.Artifact(
        url=url,
        expires_at=None,
        size=film.size,
        sha256=film.sha256,
        content_type=film.content_type,
    )
    return shown(artifact)


@get(
    router,
    f"{JOB}/video",
    name="getVideo",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=served("video/mp4", "The film."),
)
async def get_video(request: Request, here: Here, who: Who, job_id: JobId) -> Response:
    """Give the finished film; a `Range` of bytes gives a part of it."""
    return await _serve(request, here, who, job_id=job_id, role="film")


@get(
    router,
    f"{JOB}/poster",
    name="getPoster",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=served("image/png", "A still of the film."),
)
async def get_poster(request: Request, here: Here, who: Who, job_id: JobId) -> Response:
    """Give a still that stands for the finished film."""
    return await _serve(request, here, who, job_id=job_id, role="poster")


@get(
    router,
    f"{JOB}/manifest",
    name="getManifest",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=served(accept.JSON, "The manifest."),
)
async def get_manifest(request: Request, here: Here, who: Who, job_id: JobId) -> Response:
    """Say how the finished film was made: plan, seeds, versions, hashes, timings."""
    return await _serve(request, here, who, job_id=job_id, role="manifest")


@get(
    router,
    f"{JOB}/plan",
    name="getPlan",
    guard=READS_JOBS,
    json=False,
    extra=READS,
    responses=served(accept.JSON, "The plan."),
)
async def get_plan(request: Request, here: Here, who: Who, job_id: JobId) -> Response:
    """Give the plan of the film, as soon as the job is planned."""
    return await _serve(request, here, who, job_id=job_id, role="plan")


async def _file(here: Services, who: Caller, job_id: str, role: str) -> Artifact:
    """Find a file of a job. Raises NotFound, NotReady, Gone."""
    job = await here.jobs.store.get(job_id, tenant=who.tenant)
    file = _made(job).get(role)
    if file is None and job.state.terminal:
        raise NotFound(f"the job is {job.state}; it has no {role}; a retry makes it")
    if file is None:
        raise NotReady(f"the {role} is not made yet; follow the job until it is finished")
    # As it is now: where a film is made anew, the next one takes the place of the last.
    found = await here.artifacts.stat(file.key)
    if found is None:
        raise Gone(f"the {role} was made, but is not kept any more; ask for the film again")
    return found


def _made(job: jobs.Job) -> Mapping[str, Artifact]:
    """Collect the files of a job that are there: the plan early, the rest with its end."""
    results = [step.result for step in job.steps if step.kind == "plan"]
    files: dict[str, Artifact] = {}
    for result in (*results, job.result):
        if result is not None:
            files |= Result.from_json(result).files
    return files


async def _serve(
    request: Request, here: Services, who: Caller, *, job_id: str, role: str
) -> Response:
    file = await _file(here, who, job_id, role)
    return serve_file(request, here.artifacts, file, name=f"{job_id}-{role}")
