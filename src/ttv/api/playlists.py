"""What players read over HTTP: HLS playlists (RFC 8216) and tracks that name other files.

Each is written for who asks: the files it names are links, so that a player needs no key.
"""

from __future__ import annotations

import asyncio
from itertools import takewhile
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ttv import jobs
from ttv.api.auth import Who
from ttv.api.delivered import delivered, find, find_plan
from ttv.api.hls import Piece, named_media, with_media, write_live
from ttv.api.links import (
    HLS_TYPE,
    LIVE,
    PLAYBACK,
    REFUSALS,
    SHORTEST,
    Linker,
    checked,
    opened,
)
from ttv.api.openapi import words
from ttv.api.problems import Gone, NotReady
from ttv.api.routing import PUBLIC, READS_FILES, JobId, get
from ttv.api.schemas import JOB
from ttv.api.services import Here, Services
from ttv.api.serving import MISSING, READS, named, serve_text, served
from ttv.api.signing import EXPIRES
from ttv.artifacts import LONGEST_LINK_SECONDS, Artifact, contents
from ttv.errors import NotFound
from ttv.pipeline import Result

router = APIRouter(tags=["films"])

#: The role of a shot's piece in the result of its segment, and the fact that tells its length.
_STREAM: Final = "stream"
_SECONDS: Final = "seconds"


@get(
    router,
    f"{JOB}/live.m3u8",
    name="getLivePlaylist",
    guard=READS_FILES,
    json=False,
    extra=READS,
    responses=served(HLS_TYPE, "The playlist."),
)
async def get_live_playlist(request: Request, here: Here, who: Who, job_id: JobId) -> Response:
    """Give an HLS playlist of the shots that are made, in order, to watch while the rest renders.

    It grows until the last shot is there or the job is over. What is heard is what the scenes
    sound like, also where the film is given another soundtrack. Its media are links that need no
    key; `/v1/jobs/{job_id}/artifact?output=live` gives a link to the playlist itself.
    """
    job = await here.jobs.store.get(job_id, tenant=who.tenant)
    return await serve_live(request, Linker.of(here, request), job)


@get(
    router,
    f"{PLAYBACK}/{{job_id}}/{{name}}",
    name="getPlayback",
    guard=PUBLIC,
    json=False,
    extra={
        "parameters": [
            *words(
                expires="When the link ends, in seconds since 1970.",
                signature="Covers the path and all other parameters.",
            ),
            *READS["parameters"],
        ]
    },
    responses=served("*/*", "What the player asked for.", *MISSING, *REFUSALS),
)
async def get_playback(
    request: Request,
    here: Here,
    job_id: JobId,
    name: Annotated[str, Path(description="Which one.", examples=["live.m3u8", "hls.m3u8"])],
) -> Response:
    """Give a playlist or track to who has a link to it; no key is needed, nor for its media."""
    expires = int(checked(request, here)[EXPIRES])
    try:
        job = await here.jobs.store.get(job_id)
    except NotFound as error:
        raise Gone("this film is not kept any more; ask for it again") from error
    role, linker = name.rpartition(".")[0], Linker.of(here, request)
    if role == LIVE:
        answer = await serve_live(request, linker, job, expires=expires)
    else:
        answer = await serve_written(request, linker, job, role=role, expires=expires)
    return opened(answer, cache="private, no-cache")


async def serve_live(
    request: Request, linker: Linker, job: jobs.Job, *, expires: int | None = None
) -> Response:
    """Answer with the playlist of what is made; its links end at a time, or as others do.

    Raises NotFound, NotReady, Gone.
    """
    text = await _live(linker, job, expires or _usual(linker))
    return serve_text(request, text, name=f"{job.id}-{LIVE}.m3u8", content_type=HLS_TYPE)


async def serve_written(
    request: Request, linker: Linker, job: jobs.Job, *, role: str, expires: int | None = None
) -> Response:
    """Answer with an output whose files have links; these end at a time, or as others do.

    Raises NotFound, NotReady, Gone.
    """
    file = await find(linker.here, job, role)
    text = await _with_links(linker, job, file, expires or _usual(linker))
    name = f"{job.id}-{role}.{file.key.rpartition('.')[2]}"
    return serve_text(request, text, name=name, content_type=file.content_type)


def _usual(linker: Linker) -> int:
    """Choose when links end that last so long at most, and mostly the same as the last time.

    What a player has read of a growing playlist should stand there again.
    """
    half = linker.here.settings.link_seconds // 2
    return (int(linker.here.clock()) // half + 2) * half


async def _live(linker: Linker, job: jobs.Job, expires: int) -> str:
    """Write the playlist of the shots that are made.

    Its media are served by this service, also where the store has links: those are others each
    time, and what a player has read of a playlist must not change.
    """
    streams = await find_pieces(linker.here, job)
    plan = await find_plan(linker.here, job)
    pieces = (
        Piece(linker.own(file, named(file, f"{job.id}-segment-{number}"), expires=expires), seconds)
        for number, (file, seconds) in enumerate(streams, 1)
    )
    longest = max(plan.format.seconds(shot.frames) for shot in plan.shots)
    over = job.state.terminal or len(streams) == len(plan.shots)
    return write_live(pieces, longest=longest, over=over)


async def find_pieces(here: Services, job: jobs.Job) -> list[tuple[Artifact, float]]:
    """Give the pieces of the first shots with their seconds, up to one that is not made.

    Raises NotFound, NotReady, Gone.
    """
    streams = _streams(job)
    if not streams and job.state.terminal:
        raise NotFound(f"the job is {job.state}; it has no shots to stream; watch its video")
    if not streams:
        raise NotReady("the first shot is not made yet; follow the job until it is")
    # While shots are made, nothing removes them.
    looked_at = streams if job.state.terminal else []
    kept = await asyncio.gather(*(here.artifacts.stat(file.key) for file, _ in looked_at))
    if None in kept:
        raise Gone("the shots were made, but are not kept any more; ask for the film again")
    return streams


def _streams(job: jobs.Job) -> list[tuple[Artifact, float]]:
    steps = sorted(
        (step for step in job.steps if step.kind == "segment"), key=lambda s: s.shot or 0
    )
    done = takewhile(lambda step: step.state is jobs.StepState.DONE, steps)
    made = (Result.from_json(step.result) for step in done if step.result is not None)
    streamed = takewhile(lambda result: _STREAM in result.files, made)
    return [(result.files[_STREAM], float(result.facts[_SECONDS])) for result in streamed]


async def _with_links(linker: Linker, job: jobs.Job, file: Artifact, expires: int) -> str:
    """Write a delivered file, which names others as they lie beside it, with links to them."""
    store = linker.here.artifacts
    written = (await contents(store, file.key)).decode()
    beside = {other.key.rpartition("/")[2]: (role, other) for role, other in delivered(job).items()}
    left = min(max(expires - int(linker.here.clock()), SHORTEST), LONGEST_LINK_SECONDS)
    urls = {}
    for name in beside.keys() & named_media(written):
        role, media = beside[name]
        given = await linker.artifact(job.id, role, media, seconds=left, way="inline")
        urls[name] = given.url
    return with_media(written, urls)
