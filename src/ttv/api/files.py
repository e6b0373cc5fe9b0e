"""Uploaded files over HTTP: images and audio that films are made with."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv import uploads
from ttv.api.auth import Who
from ttv.api.file_schemas import CONTENT, FILE, FILES, File, FilePage
from ttv.api.openapi import Responses, content, document, refusals
from ttv.api.paging import link_next
from ttv.api.routing import CHANGES_JOBS, READS_FILES, change, get, shown
from ttv.api.services import Here
from ttv.api.serving import READS, named, serve_file, served
from ttv.api.upload_body import FORM, PURPOSE, RAW, receive
from ttv.errors import InvalidRequest
from ttv.media import MAX_AUDIO_BYTES, MAX_IMAGE_BYTES
from ttv.observability import log
from ttv.scratch import scratch
from ttv.uploads import Purpose

router = APIRouter(tags=["files"])

#: The id of a file in a path; one of another form names no file.
FileId = Annotated[
    str, Path(description="Id of a file.", examples=["file_3V5K8Q2M7T9W1X4Z6B0C2D4F8H"])
]
_BYTES: Final = {"type": "string", "format": "binary"}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": f"A PNG, JPEG or WebP of at most {MAX_IMAGE_BYTES >> 20} MiB, or a WAV, "
        f"FLAC, MP3, Ogg, M4A or AAC of at most {MAX_AUDIO_BYTES >> 20} MiB. As the body itself it "
        "may have any type of image or audio.",
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": _BYTES,
                        PURPOSE: {"type": "string", "enum": [str(one) for one in Purpose]},
                    },
                }
            },
            RAW: {"schema": _BYTES},
        },
    }
}


class _Sending(BaseModel):
    """What is said of a file that is sent as it is."""

    model_config = ConfigDict(extra="forbid")

    purpose: Purpose | None = Field(default=None, description="Refuse it unless it fits this.")
    filename: str | None = Field(
        default=None, max_length=1_024, description="What it is called, for people."
    )


@change(
    router,
    FILES,
    name="createFile",
    guard=CHANGES_JOBS,
    extra=_BODY,
    responses={
        201: document(File, "Kept; the same bytes are kept once.", Location="Address of the file."),
        **refusals(
            *("invalid_request", "conflict", "unavailable"),
            *("body_too_slow", "body_too_large", "unsupported_media_type"),
        ),
    },
)
async def upload_file(
    request: Request, here: Here, who: Who, said: Annotated[_Sending, Query()]
) -> Response:
    """Give an image or audio for films to be made with.

    It is read, measured and written anew without its tags; an image larger than 4096 pixels is
    scaled down. Sending the same bytes again gives the same file.
    """
    with here.uploads.arriving(who.tenant), scratch() as folder:
        received = await receive(
            request, folder / "sent", limit=MAX_AUDIO_BYTES, seconds=here.settings.body_seconds
        )
        upload = await here.uploads.put(
            who.tenant,
            folder / "sent",
            purpose=said.purpose or _purpose(received.purpose),
            filename=said.filename or received.filename,
        )
    log.info("File kept", action="file.kept", file_id=upload.id, kind=str(upload.kind))
    answer = shown(File.of(upload))
    answer.status_code = 201
    answer.headers["Location"] = f"{FILES}/{upload.id}"
    return answer


class _Listing(BaseModel):
    """Which files to list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=20, ge=1, le=uploads.MAX_PAGE, description="Files on a page.")
    cursor: str | None = Field(default=None, max_length=128, description="From the page before.")


@get(
    router,
    FILES,
    name="listFiles",
    guard=READS_FILES,
    responses={
        200: document(FilePage, "A page of files.", Link="The next page (`rel=next`)."),
        **refusals("invalid_request"),
    },
)
async def list_files(here: Here, who: Who, asked: Annotated[_Listing, Query()]) -> Response:
    """List the files that are kept, in the order of their ids."""
    page = await here.uploads.list(who.tenant, limit=asked.limit, cursor=asked.cursor)
    listed = [File.of(upload) for upload in page.uploads]
    answer = shown(FilePage(files=listed, next_cursor=page.cursor))
    if page.cursor:
        link_next(answer, FILES, asked, cursor=page.cursor)
    return answer


@get(
    router,
    FILE,
    name="getFile",
    guard=READS_FILES,
    responses={200: document(File, "The file."), **refusals("not_found")},
)
async def get_file(here: Here, who: Who, file_id: FileId) -> Response:
    """Tell what a file is."""
    return shown(File.of(await here.uploads.get(who.tenant, file_id)))


def _served() -> Responses:
    """Declare the answers with the bytes of a file, whichever kind it is."""
    declared = served("image/png", "The file as it is kept.", "not_found")
    for status in (200, 206):
        declared[status]["content"] |= content("audio/flac", "")["content"]
    return declared


@get(
    router,
    CONTENT,
    name="getFileContent",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=_served(),
)
async def get_file_content(request: Request, here: Here, who: Who, file_id: FileId) -> Response:
    """Give the bytes of a file as they are kept; a `Range` of bytes gives a part of them."""
    kept = await here.uploads.content(who.tenant, file_id)
    return serve_file(request, here.artifacts, kept, disposition=named(kept, file_id))


@change(
    router,
    FILE,
    name="deleteFile",
    guard=CHANGES_JOBS,
    method="DELETE",
    responses={
        204: {"description": "It is not kept any more."},
        **refusals("not_found"),
    },
)
async def delete_file(here: Here, who: Who, file_id: FileId) -> Response:
    """Delete a file. Films that are made with it stay; those that still need it fail."""
    await here.uploads.delete(who.tenant, file_id)
    log.info("File deleted", action="file.deleted", file_id=file_id)
    return Response(status_code=204)


def _purpose(text: str | None) -> Purpose | None:
    """Read the purpose that a form names."""
    try:
        return Purpose(text) if text else None
    except ValueError as error:
        choice = ", ".join(Purpose)
        raise InvalidRequest(f"purpose must be one of {choice}", param=PURPOSE) from error
