"""Links to the files of films, for who has no API key: players, people, other services.

Where the store has links of its own (GCS, S3), those are given; else this service signs one and
serves the file. A link is absolute where the address under which the client reached us is known
to be right (``origin.base_url``), and a path of this service elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final, Self

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ttv.api import schemas
from ttv.api.openapi import words
from ttv.api.origin import base_url
from ttv.api.problems import Gone
from ttv.api.routing import PUBLIC, get
from ttv.api.services import Here, Services
from ttv.api.serving import READS, named, serve_file, served
from ttv.api.signing import EXPIRES, Signer
from ttv.artifacts import Artifact, Offer, content_type
from ttv.moments import moment

router = APIRouter(tags=["links"])

#: The shortest that a link works, in seconds.
SHORTEST: Final = 60
FILES: Final = "/v1/artifacts"
PLAYBACK: Final = "/v1/playback"
#: Outputs that name files beside them: each is written with links to those for who asks.
WRITTEN: Final = frozenset({"hls", "sprites-vtt"})
#: The playlist of what is made so far, and its media type.
LIVE: Final = "live"
HLS_TYPE: Final = content_type(f"{LIVE}.m3u8")
#: Why a link is refused.
REFUSALS: Final = ("invalid_request", "bad_link", "link_expired", "unavailable")
_TYPE: Final = "type"
_DISPOSITION: Final = "disposition"


@dataclass(frozen=True, slots=True)
class Linker:
    """Gives links to who has sent a request."""

    here: Services
    #: What stands before a path for him.
    base: str

    @classmethod
    def of(cls, here: Services, request: Request) -> Self:
        """Give the linker of a request."""
        peer = request.client.host if request.client else None
        trusted = here.settings.trusted_proxies
        return cls(here, base_url(peer, request.scope["scheme"], request.headers, trusted))

    @property
    def signer(self) -> Signer:
        """Give what signs the links of this service itself."""
        return Signer.of(self.here.access)

    def expires(self, seconds: int) -> int:
        """Tell when a link of so many seconds ends."""
        return int(self.here.clock()) + seconds

    async def artifact(
        self, job_id: str, role: str, file: Artifact, *, seconds: int, way: str
    ) -> schemas.Artifact:
        """Describe a file of a job with a link to it; ``way`` is ``inline`` or ``attachment``.

        What names files beside it gets a link under which each of them has one, unless it is to
        be saved.
        """
        if role in WRITTEN and way == "inline":
            suffix, kind = file.key.rpartition(".")[2], file.content_type
            return self.playback(job_id, f"{role}.{suffix}", content_type=kind, seconds=seconds)
        offer = Offer(seconds, file.content_type, named(file, f"{job_id}-{role}", way=way))
        expires = self.expires(seconds)
        url = await self.here.artifacts.link(file.key, offer)
        return schemas.Artifact(
            url=url or self.base + self.own(file, offer.disposition, expires=expires),
            expires_at=moment(expires * 1_000),
            file=file.key.rpartition("/")[2],
            size=file.size,
            sha256=file.sha256,
            content_type=file.content_type,
        )

    def playback(
        self, job_id: str, file: str, *, content_type: str, seconds: int
    ) -> schemas.Artifact:
        """Describe what is written when it is asked for, with a link to it."""
        expires = self.expires(seconds)
        path = self.signer.sign(f"{PLAYBACK}/{job_id}/{file}", expires=expires)
        return schemas.Artifact(
            url=self.base + path,
            expires_at=moment(expires * 1_000),
            file=file,
            size=None,
            sha256=None,
            content_type=content_type,
        )

    def own(self, file: Artifact, disposition: str, *, expires: int) -> str:
        """Give the path under which this service itself serves a file without a key."""
        told = {_TYPE: file.content_type, _DISPOSITION: disposition}
        return self.signer.sign(f"{FILES}/{file.key}", expires=expires, **told)


@get(
    router,
    f"{FILES}/{{key:path}}",
    name="getLinkedFile",
    guard=PUBLIC,
    json=False,
    extra={
        "parameters": [
            *words(
                expires="When the link ends, in seconds since 1970.",
                type="The media type of the answer.",
                disposition="The Content-Disposition of the answer.",
                signature="Covers the path and all other parameters.",
            ),
            *READS["parameters"],
        ]
    },
    # A key with a line break in it is no address of this route.
    responses=served("*/*", "The file.", "not_found", "gone", *REFUSALS),
)
async def get_file(
    request: Request,
    here: Here,
    key: Annotated[str, Path(description="Where the file is in the store.")],
) -> Response:
    """Give a file to who has a link to it; no key is needed.

    Links are given by `/v1/jobs/{job_id}/artifact` and `/v1/jobs/{job_id}/outputs`. One that was
    changed in any way is refused, and so is one that has expired.
    """
    told = checked(request, here, _TYPE, _DISPOSITION)
    file = await here.artifacts.stat(key)
    if file is None:
        raise Gone("this file is not kept any more; ask for the film again")
    shown = replace(file, content_type=told[_TYPE])
    answer = serve_file(request, here.artifacts, shown, disposition=told[_DISPOSITION])
    left = int(told[EXPIRES]) - int(here.clock())
    return opened(answer, cache=f"private, max-age={left}")


def checked(request: Request, here: Services, *names: str) -> dict[str, str]:
    """Give the parameters of a signed address. Raises what ``Signer.check`` raises."""
    path, query = request.scope["path"], request.scope["query_string"]
    return dict(Signer.of(here.access).check(path, query, names=names, now=here.clock()))


def opened(answer: Response, *, cache: str) -> Response:
    """Let the pages of others show what a link gives: who has the link has the right."""
    answer.headers["Cache-Control"] = cache
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
