"""The delivered files of a film over HTTP, in all forms that it was asked for."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import artifacts as stored
from ttv.api.auth import Who
from ttv.api.delivered import delivered, find
from ttv.api.links import SHORTEST, WRITTEN, Linker
from ttv.api.openapi import document, refusals
from ttv.api.playlists import serve_written
from ttv.api.routing import READS_FILES, JobId, get, shown
from ttv.api.schemas import JOB, Artifact, Output, OutputList
from ttv.api.services import Here
from ttv.api.serving import MISSING, READS, named, serve_file, served

router = APIRouter(tags=["films"])

OUTPUTS: Final = f"{JOB}/outputs"
#: Whether a file is saved rather than shown.
DOWNLOAD: Final = Field(
    default=False, description="Let a browser save the file, as it lies in the store."
)


class Linked(BaseModel):
    """What links are to be like."""

    model_config = ConfigDict(extra="forbid")

    expires_seconds: int | None = Field(
        default=None,
        ge=SHORTEST,
        le=stored.LONGEST_LINK_SECONDS,
        description="How long a link works; the service has a default.",
    )
    download: bool = DOWNLOAD

    def seconds(self, linker: Linker) -> int:
        """Tell how long a link works."""
        return self.expires_seconds or linker.here.settings.link_seconds

    async def link(self, linker: Linker, job_id: str, role: str, file: stored.Artifact) -> Artifact:
        """Describe a file of a job with such a link."""
        seconds, shown_as = self.seconds(linker), way(download=self.download)
        return await linker.artifact(job_id, role, file, seconds=seconds, way=shown_as)


def way(*, download: bool) -> str:
    """Give what a browser does with a file, for its Content-Disposition."""
    return "attachment" if download else "inline"


@get(
    router,
    OUTPUTS,
    name="listOutputs",
    guard=READS_FILES,
    responses={
        200: document(OutputList, "The files, each with a link."),
        **refusals("invalid_request", *MISSING),
    },
)
async def list_outputs(
    request: Request, here: Here, who: Who, job_id: JobId, asked: Annotated[Linked, Query()]
) -> Response:
    """List the delivered files of a film, itself first, each with a link to it."""
    job = await here.jobs.store.get(job_id, tenant=who.tenant)
    files = {"film": await find(here, job, "film"), **delivered(job)}
    kept = await asyncio.gather(*(here.artifacts.stat(file.key) for file in files.values()))
    linker = Linker.of(here, request)
    outputs = [
        Output(name=role, **(await asked.link(linker, job_id, role, file)).model_dump())
        for role, file in zip(files, kept, strict=True)
        if file is not None
    ]
    return shown(OutputList(outputs=outputs))


class _Read(BaseModel):
    """How to give a file."""

    model_config = ConfigDict(extra="forbid")

    download: bool = DOWNLOAD


@get(
    router,
    f"{OUTPUTS}/{{name}}",
    name="getOutput",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=served("*/*", "The file.", "invalid_request", *MISSING),
)
async def get_output(
    request: Request,
    here: Here,
    who: Who,
    job_id: JobId,
    name: Annotated[str, Path(description="Which one, as listed.", examples=["film", "webm"])],
    asked: Annotated[_Read, Query()],
) -> Response:
    """Give one of the delivered files; a `Range` of bytes gives a part of it.

    What names other files (`hls`, `sprites-vtt`) comes with links to them, so that it can be
    played; with `download=1` it comes as it lies in the store, naming the files beside it.
    """
    job = await here.jobs.store.get(job_id, tenant=who.tenant)
    file = await find(here, job, name)
    if name in WRITTEN and not asked.download:
        return await serve_written(request, Linker.of(here, request), job, role=name)
    disposition = named(file, f"{job_id}-{name}", way=way(download=asked.download))
    return serve_file(request, here.artifacts, file, disposition=disposition)
