"""The files of a job over HTTP: film, poster, plan, manifest, and links to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from ttv.access import Caller
from ttv.api import accept, schemas
from ttv.api.auth import Who
from ttv.api.delivered import find_file
from ttv.api.links import HLS_TYPE, LIVE, Linker
from ttv.api.openapi import document, refusals
from ttv.api.outputs import Linked
from ttv.api.playlists import find_pieces
from ttv.api.routing import READS_FILES, READS_JOBS, JobId, get, shown
from ttv.api.schemas import JOB
from ttv.api.services import Here, Services
from ttv.api.serving import MISSING, READS, named, serve_file, served

router = APIRouter(tags=["films"])


class _Asked(Linked):
    """Which file is wanted, and how to tell where it is."""

    output: str = Field(
        default="film",
        max_length=64,
        description="One of the outputs of the film, or `live`: the playlist of what is made so "
        "far.",
    )
    redirect: bool = Field(default=False, description="Answer with a redirect to the file instead.")


@get(
    router,
    f"{JOB}/artifact",
    name="getArtifact",
    guard=READS_FILES,
    responses={
        200: document(schemas.Artifact, "Where the file is."),
        302: {"description": "The file, with `redirect=1`."},
        **refusals("invalid_request", *MISSING),
    },
)
async def get_artifact(
    request: Request, here: Here, who: Who, job_id: JobId, asked: Annotated[_Asked, Query()]
) -> Response:
    """Give a link to a file of a film, its size and its hash; the link needs no API key."""
    linker = Linker.of(here, request)
    if asked.output == LIVE:
        job = await here.jobs.store.get(job_id, tenant=who.tenant)
        await find_pieces(here, job)
        artifact = linker.playback(
            job_id, f"{LIVE}.m3u8", content_type=HLS_TYPE, seconds=asked.seconds(linker)
        )
    else:
        file = await find_file(here, who, job_id, asked.output)
        artifact = await asked.link(linker, job_id, asked.output, file)
    if asked.redirect:
        return Response(status_code=302, headers={"Location": artifact.url})
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


async def _serve(
    request: Request, here: Services, who: Caller, *, job_id: str, role: str
) -> Response:
    file = await find_file(here, who, job_id, role)
    disposition = named(file, f"{job_id}-{role}")
    return serve_file(request, here.artifacts, file, disposition=disposition)
