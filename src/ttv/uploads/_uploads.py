"""Keep the files that users give: admitted, each once, and within what their tenant may keep."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ttv import media
from ttv.artifacts import Artifact, KeyTaken, Store, content_type, contents, put_document
from ttv.errors import Conflict, InvalidRequest, NotFound, Unavailable
from ttv.files import sha256_of
from ttv.scratch import scratch
from ttv.tenancy import check_tenant
from ttv.uploads._upload import (
    UNKNOWN,
    Purpose,
    Upload,
    UploadKind,
    content_key,
    file_id,
    is_file_id,
    record_key,
    shown_name,
    tenant_folder,
)

#: The longest page of a listing.
MAX_PAGE: Final = 100
#: Files that are made anew at a time: each takes a core and up to half a gigabyte.
_AT_ONCE: Final = 2
#: Files that are on their way here or wait for their turn: each takes its size on the disk.
_MOST_ARRIVING: Final = 32
#: Those of one tenant: who sends many, or slowly, leaves room for the others.
_MOST_OF_ONE: Final = 16


class NoRoom(Conflict):
    """No more files may be kept."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a tenant may keep, and how long its audio may be."""

    bytes: int
    files: int
    audio_seconds: float


@dataclass(frozen=True, slots=True)
class Page:
    """Uploads in the order of their ids."""

    uploads: tuple[Upload, ...]
    #: Where the next page begins; None on the last.
    cursor: str | None


class Uploads:
    """The files of all tenants in one store; what is another's is not found."""

    def __init__(self, store: Store, quota: Quota, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._quota = quota
        self._clock = clock
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._arriving = Counter[str]()

    @contextmanager
    def arriving(self, tenant: str) -> Iterator[None]:
        """Hold a place for a file from its first byte until it is kept. Raises Unavailable."""
        if self._arriving[tenant] >= _MOST_OF_ONE or self._arriving.total() >= _MOST_ARRIVING:
            raise Unavailable("too many files arrive here at once; send this one again later")
        self._arriving[tenant] += 1
        try:
            yield
        finally:
            self._arriving[tenant] -= 1
            self._arriving += Counter()  # forgets who has none

    async def put(
        self,
        tenant: str,
        path: Path,
        *,
        purpose: Purpose | None = None,
        filename: str | None = None,
    ) -> Upload:
        """Admit a file and keep it; the same bytes twice are the same upload.

        ``path`` stays the caller's. Raises InvalidRequest (``file``, ``purpose``) for what is
        not taken, NoRoom, and what the store raises.
        """
        check_tenant(tenant)
        kind = await asyncio.to_thread(_kind, path, purpose)
        upload_id = file_id(tenant, await asyncio.to_thread(sha256_of, path))
        known = await self._find(tenant, upload_id)
        if known is not None:
            return known
        await self._check_room(tenant, 0)
        with scratch() as folder:
            made = folder / "content"
            async with self._turns:
                facts = await self._admit(kind, path, made)
            await self._check_room(tenant, (await asyncio.to_thread(made.stat)).st_size)
            content = await self._keep(content_key(tenant, upload_id, kind), made)
            upload = Upload(
                id=upload_id,
                kind=kind,
                size=content.size,
                sha256=content.sha256,
                content_type=content.content_type,
                created_at=round(self._clock(), 3),
                filename=shown_name(filename),
                **facts,
            )
            return await self._record(tenant, upload)

    async def get(self, tenant: str, upload_id: str) -> Upload:
        """Give an upload. Raises NotFound."""
        found = await self._find(tenant, upload_id)
        if found is None:
            raise NotFound(UNKNOWN)
        return found

    async def content(self, tenant: str, upload_id: str) -> Artifact:
        """Give the stored file of an upload, to be read from the store. Raises NotFound."""
        upload = await self.get(tenant, upload_id)
        return Artifact(
            content_key(tenant, upload.id, upload.kind),
            upload.size,
            upload.sha256,
            upload.content_type,
        )

    async def list(self, tenant: str, *, limit: int, cursor: str | None = None) -> Page:
        """Give a page of a tenant's uploads. Raises InvalidRequest (``limit``, ``cursor``)."""
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidRequest(f"limit must be 1 to {MAX_PAGE}", param="limit")
        if cursor is not None and not is_file_id(cursor):
            raise InvalidRequest(
                "cursor was not made here; send the next_cursor of the page before, or none",
                param="cursor",
            )
        ids = [one for one in sorted(await self._sizes(tenant)) if cursor is None or one > cursor]
        found = [await self._find(tenant, one) for one in ids[:limit]]
        return Page(
            tuple(upload for upload in found if upload is not None),
            ids[limit - 1] if len(ids) > limit else None,
        )

    async def delete(self, tenant: str, upload_id: str) -> None:
        """Forget an upload, its record first; films that are made of it later fail. NotFound."""
        upload = await self.get(tenant, upload_id)
        await self._store.delete(record_key(tenant, upload_id))
        await self._store.delete(content_key(tenant, upload_id, upload.kind))

    async def _admit(self, kind: UploadKind, path: Path, to: Path) -> dict[str, Any]:
        if kind is UploadKind.IMAGE:
            picture = await media.admit_image(path, to)
            return {"width": picture.width, "height": picture.height}
        recording = await media.admit_audio(path, to, most_seconds=self._quota.audio_seconds)
        return {"seconds": recording.seconds}

    async def _keep(self, key: str, made: Path) -> Artifact:
        """Store the bytes; those that are there already stay, since a record may name them."""
        try:
            return await self._store.put(key, made, content_type=content_type(key), if_absent=True)
        except KeyTaken:
            there = await self._store.stat(key)
        return there or await self._keep(key, made)

    async def _record(self, tenant: str, upload: Upload) -> Upload:
        """Write what is known of an upload, or give what somebody wrote of it just before."""
        key = record_key(tenant, upload.id)
        try:
            await put_document(self._store, key, upload.to_json(), if_absent=True)
        except KeyTaken:
            return await self._find(tenant, upload.id) or upload
        return upload

    async def _find(self, tenant: str, upload_id: str) -> Upload | None:
        if not is_file_id(upload_id):
            return None
        try:
            record = await contents(self._store, record_key(tenant, upload_id))
        except NotFound:
            return None
        upload = Upload.from_json(json.loads(record))
        there = await self._store.stat(content_key(tenant, upload_id, upload.kind))
        return upload if there else None

    async def _sizes(self, tenant: str) -> dict[str, int]:
        """Give the bytes that each file of a tenant takes, by id."""
        sizes: dict[str, int] = {}
        async for listed in self._store.listed(tenant_folder(tenant)):
            upload_id = listed.key.split("/")[2]
            sizes[upload_id] = sizes.get(upload_id, 0) + listed.size
        return sizes

    async def _check_room(self, tenant: str, more: int) -> None:
        sizes = await self._sizes(tenant)
        if len(sizes) >= self._quota.files:
            raise NoRoom(f"no more than {self._quota.files:,} files may be kept; delete some")
        if sum(sizes.values()) + more > self._quota.bytes:
            raise NoRoom(
                f"files of {sum(sizes.values()):,} bytes are kept, and with this one they would "
                f"exceed the limit of {self._quota.bytes:,}; delete some"
            )


def _kind(path: Path, purpose: Purpose | None) -> UploadKind:
    """Tell what a file is, and that it is what it is to be used as."""
    if not path.is_file():
        raise InvalidRequest("file does not exist; name one that does", param="file")
    if not path.stat().st_size:
        raise InvalidRequest("file is empty; send the bytes of an image or audio", param="file")
    told = media.kind_of(path)
    if told is None:
        raise InvalidRequest(
            "file is no image or audio that is taken; send a PNG, JPEG or WebP, or a WAV, FLAC, "
            "MP3, Ogg, M4A or AAC",
            param="file",
        )
    kind = UploadKind(told)
    if purpose is not None and kind is not purpose.kind:
        raise InvalidRequest(
            f"file is no {purpose.kind.value}; {purpose.value} needs {purpose.kind.value}",
            param="purpose",
        )
    return kind
