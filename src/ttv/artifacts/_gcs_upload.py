"""Upload a file to Google Cloud Storage so that it is there whole, once, and as it was hashed.

The file is read once to take its hashes. The service gets its CRC32C before the bytes and makes no
object of others, so that a file that changes meanwhile is never stored under the hash of another.
After a break the service is asked how far the upload got, and it goes on from there.
"""

from __future__ import annotations

import hashlib
import io
import re
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import google_crc32c
from requests import Response

from ttv.artifacts._bucket import PUT, SHA256, Unmatched, UploadGone
from ttv.artifacts._gcs_errors import Damaged, refused
from ttv.artifacts._gcs_wire import Head, Wire
from ttv.artifacts._port import KeyTaken
from ttv.artifacts._source import opened
from ttv.errors import Conflict, NotFound, Transient, Unavailable

#: What is sent in one piece: a multiple of 256 KiB, as the service asks.
PIECE: Final = 8 << 20
_READ: Final = 1 << 20
#: How often an upload that the service has forgotten is begun again.
_MOST_BEGUN: Final = 4
_RANGE: Final = re.compile(r"bytes=0-(\d+)")
_MADE: Final = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file that has been read, ready to be sent."""

    source: Path
    name: str
    content_type: str
    size: int
    sha256: str
    #: As base64.
    crc32c: str
    if_absent: bool
    #: Drawn for this put, and noted beside the object: it tells our own object from another's.
    put: str


def measured(source: Path) -> tuple[int, str, str]:
    """Give the size and both hashes of a file, or raise NotFound."""
    size, sha256, crc32c = 0, hashlib.sha256(), google_crc32c.Checksum()
    with opened(source) as file:
        while chunk := file.read(_READ):
            size += len(chunk)
            sha256.update(chunk)
            crc32c.update(chunk)
    return size, sha256.hexdigest(), b64encode(crc32c.digest()).decode()


async def send(wire: Wire, parcel: Parcel) -> None:
    """Store the file; raises KeyTaken where it must be absent and is not."""
    try:
        await _sent(wire, parcel)
    except Damaged as error:
        raise Unavailable(f"the bytes reached the bucket {wire.bucket} damaged") from error


async def _sent(wire: Wire, parcel: Parcel) -> None:
    try:
        head = await _Upload(wire, parcel).made()
    except Unmatched as error:
        # The answer to the last piece may have been lost, and the object be our own.
        with suppress(NotFound):
            if (await wire.look(parcel.name)).notes.get(PUT) == parcel.put:
                return
        raise KeyTaken from error
    if (head.size, head.crc32c) != (parcel.size, parcel.crc32c):
        with suppress(NotFound):
            await wire.remove(parcel.name, head.generation)
        raise Damaged


class _Upload:
    """One upload, through as many sessions of the service as it takes."""

    def __init__(self, wire: Wire, parcel: Parcel) -> None:
        self._wire = wire
        self._parcel = parcel
        #: Where the service takes the bytes: whoever knows it may send them.
        self._session: str | None = None
        self._begun = 0
        #: How many bytes the service has; None when that must be asked.
        self._sent: int | None = 0
        #: How many bytes it ever said that it had.
        self._known = 0
        self._head: Head | None = None

    async def made(self) -> Head:
        """Send until there is an object; every step forward may be tried as often as the first."""
        while self._head is None:
            await self._wire.tries(self._forward)
        return self._head

    async def _forward(self) -> None:
        """Bring the upload forward, or raise."""
        try:
            session = self._session or await self._begin()
            if self._sent is None:
                await self._ask(session)
                if self._head or self._moved():
                    return
            await self._send(session)
        except UploadGone as error:
            self._session, self._sent, self._known = None, 0, 0
            raise Unavailable("the upload was forgotten by the service") from error
        except Transient:
            self._sent = None
            raise

    def _moved(self) -> bool:
        """Tell whether the service has more than it had, and remember it."""
        before, self._known = self._known, max(self._known, self._sent or 0)
        return self._known > before

    async def _begin(self) -> str:
        if self._begun == _MOST_BEGUN:
            raise Unavailable("the service goes on forgetting the upload")
        parcel = self._parcel
        blob = self._wire.blob(parcel.name)
        blob.metadata = {SHA256: parcel.sha256, PUT: parcel.put}
        blob.crc32c = parcel.crc32c
        session: str = await self._wire.once(
            partial(
                blob.create_resumable_upload_session,
                content_type=parcel.content_type,
                size=parcel.size,
                checksum=None,
                if_generation_match=0 if parcel.if_absent else None,
                timeout=self._wire.patience,
                retry=None,
            )
        )
        self._session, self._sent, self._begun = session, 0, self._begun + 1
        return session

    async def _ask(self, session: str) -> None:
        """Learn how far the upload has got."""
        self._learn(await self._put(session, b"", f"bytes */{self._parcel.size}"))

    async def _send(self, session: str) -> None:
        """Send the next piece."""
        start, size = self._sent or 0, self._parcel.size
        end = min(start + PIECE, size)
        piece = await self._wire.once(partial(_piece, self._parcel, start, end))
        span = f"bytes {start}-{end - 1}/{size}" if piece else f"bytes */{size}"
        self._learn(await self._put(session, piece, span))
        if not self._head and not self._moved():
            raise Unavailable("the service takes no bytes of the upload")

    async def _put(self, session: str, data: bytes, span: str) -> Response:
        return await self._wire.once(
            partial(
                self._wire.plain.put,
                session,
                # A stream is sent in small blocks, and each has the time of its own to leave.
                data=io.BytesIO(data) if data else b"",
                headers={"Content-Range": span},
                timeout=self._wire.patience,
                allow_redirects=False,
            )
        )

    def _learn(self, answer: Response) -> None:
        """Take from an answer how far the upload has got."""
        if answer.status_code in _MADE:
            self._head = Head.of(answer.json())
        elif answer.status_code == 308:
            match = _RANGE.fullmatch(answer.headers.get("Range", ""))
            self._sent = int(match[1]) + 1 if match else 0
        elif answer.status_code in (404, 410):
            raise UploadGone
        else:
            raise refused(answer, self._wire.bucket)


def _piece(parcel: Parcel, start: int, end: int) -> bytes:
    with opened(parcel.source) as file:
        file.seek(start)
        piece = file.read(end - start)
    if len(piece) < end - start:
        raise Conflict(f"{parcel.source.name} was changed while it was stored")
    return piece
