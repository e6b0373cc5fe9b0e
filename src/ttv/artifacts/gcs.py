"""Store files as objects in a bucket of Google Cloud Storage.

The hash of the bytes stands beside each object as its metadata. Objects that other programs wrote
have none there: they are read once to take it, and it is noted.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from google.auth.credentials import Credentials, Signing
from google.cloud import storage
from pydantic import BaseModel, ConfigDict, Field

from ttv.artifacts import _gcs_signing as signing
from ttv.artifacts._bucket import SHA256, Prefix, Unmatched
from ttv.artifacts._gcs_errors import gcs_errors
from ttv.artifacts._gcs_upload import Parcel, measured, send
from ttv.artifacts._gcs_wire import Head, Wire
from ttv.artifacts._key import checked_key, is_key
from ttv.artifacts._port import Artifact, Listed, Offer
from ttv.artifacts._tries import Tries
from ttv.backends import checked
from ttv.errors import NotFound, StorageUnwritable, Unavailable, storage_errors
from ttv.files import whole

#: What is read in one call.
_PIECE: Final = 4 << 20
_CONNECT_SECONDS: Final = 10.0


class Options(BaseModel):
    """Options of the store in a bucket of Google Cloud Storage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$")
    prefix: Prefix = "ttv"
    #: The JSON key of a service account. Unset means: what the machine or workload signs in with.
    credentials_file: Path | None = None
    #: The account that signs links where the credentials hold no key; mostly it is found.
    service_account: str | None = Field(default=None, pattern=r"^[^@\s/]+@[^@\s/]+$")
    project: str | None = None
    #: The address of an emulator, of its signing service too. It is spoken to as nobody unless
    #: ``credentials_file`` or ``service_account`` is set.
    endpoint: str | None = Field(default=None, pattern=r"^https?://[^/?#\s]+$")
    #: How long the service may be silent before a call is broken off and tried again.
    silent_seconds: float = Field(default=30, gt=0, le=600)

    @property
    def patience(self) -> tuple[float, float]:
        """Give the seconds to wait for bytes to be taken, and for bytes to come."""
        return min(_CONNECT_SECONDS, self.silent_seconds), self.silent_seconds


def build(options: Mapping[str, object]) -> Gcs:
    """Build the store from its options."""
    return Gcs(checked(Options, options))


class Gcs:
    """A bucket as Store."""

    def __init__(self, options: Options, *, tries: Tries | None = None) -> None:
        self._options = options
        self._tries = tries or Tries()
        self._folder = f"{options.prefix}/" if options.prefix else ""
        self._key = signing.from_key(options.credentials_file) if options.credentials_file else None
        self._wire: Wire
        self._signer: Signing | None = None

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.close()

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        name = self._name(key)
        size, sha256, crc32c = await asyncio.to_thread(measured, source)
        parcel = Parcel(
            source, name, content_type, size, sha256, crc32c, if_absent=if_absent, put=uuid4().hex
        )
        await send(self._wire, parcel)
        return Artifact(key, size, sha256, content_type)

    async def stat(self, key: str) -> Artifact | None:
        try:
            head = await self._wire.look(self._name(key))
        except NotFound:
            return None
        sha256 = head.notes.get(SHA256) or await self._hashed(head)
        return _artifact(key, head, sha256)

    async def fetch(self, key: str, to: Path) -> Artifact:
        head = await self._found(key)
        digest = hashlib.sha256()
        with storage_errors(to.parent), whole(to) as part:
            part.write_bytes(b"")
            async for piece in self._pieces(head, 0, head.size):
                digest.update(piece)
                await asyncio.to_thread(_append, part, piece)
            sha256 = digest.hexdigest()
            if head.notes.get(SHA256, sha256) != sha256:
                raise Unavailable(f"the bytes of {key} arrived damaged")
        return _artifact(key, head, sha256)

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        head = await self._found(key)
        end = head.size if end is None else min(end, head.size)
        async for piece in self._pieces(head, start, end):
            yield piece

    async def delete(self, key: str) -> None:
        with suppress(NotFound):
            await self._wire.remove(self._name(key))

    async def listed(self, prefix: str) -> AsyncIterator[Listed]:
        below, token = f"{self._name(prefix)}/", None
        while True:
            page, token = await self._wire.page(below, token)
            for blob in page:
                key = blob.name.removeprefix(self._folder)
                if is_key(key):  # else it is no file of ours
                    yield Listed(key, blob.size, blob.time_created.timestamp())
            if not token:
                return

    def uri(self, key: str) -> str:
        return f"gs://{self._options.bucket}/{self._name(key)}"

    async def link(self, key: str, offer: Offer) -> str | None:
        """Sign with the key at hand, or by the IAM service; None where nobody can sign."""
        name = self._name(key)
        if self._signer is None:
            return None
        sign = partial(
            self._wire.blob(name).generate_signed_url,
            version="v4",
            expiration=timedelta(seconds=offer.seconds),
            response_type=offer.content_type,
            response_disposition=offer.disposition,
            credentials=self._signer,
        )
        return str(await self._wire.ask(sign))

    async def sweep(self) -> int:
        """Remove nothing: a broken upload is no object, and Google forgets it within a week."""
        return 0

    async def ping(self) -> None:
        """Begin an upload and give it up: it asks for all that a put needs, and leaves nothing."""
        await self._wire.probe(f"{self._folder}ping")

    def _open(self) -> None:
        options = self._options
        with gcs_errors(options.bucket):
            credentials = self._credentials()
            self._signer = self._found_signer(credentials)
            client = storage.Client(
                project=options.project,
                credentials=credentials,
                client_options={"api_endpoint": options.endpoint} if options.endpoint else None,
            )
        self._wire = Wire(client, options.bucket, self._tries, patience=options.patience)

    def _credentials(self) -> Credentials:
        if self._key:
            return self._key
        if self._options.endpoint and not self._options.service_account:
            return signing.nobody()
        return signing.found()

    def _found_signer(self, credentials: Credentials) -> Signing | None:
        if isinstance(credentials, Signing):
            return credentials
        email = self._options.service_account or signing.account_of(credentials)
        if email is None:
            return None
        return signing.IamSigner(
            credentials,
            email,
            bucket=self._options.bucket,
            endpoint=self._options.endpoint,
            timeout=self._options.patience,
        )

    def _name(self, key: str) -> str:
        return self._folder + checked_key(key)

    async def _found(self, key: str) -> Head:
        try:
            return await self._wire.look(self._name(key))
        except NotFound as error:
            raise NotFound(f"there is no file {key}") from error

    async def _pieces(self, head: Head, start: int, end: int) -> AsyncIterator[bytes]:
        """Read one object, never the bytes of two, piece by piece."""
        for at in range(start, end, _PIECE):
            try:
                yield await self._wire.piece(head, at, min(at + _PIECE, end))
            except NotFound as error:
                raise Unavailable("the file was replaced while it was read") from error

    async def _hashed(self, head: Head) -> str:
        """Take the hash of an object that another program wrote, and note it where we may."""
        digest = hashlib.sha256()
        async for piece in self._pieces(head, 0, head.size):
            digest.update(piece)
        with suppress(Unmatched, NotFound, StorageUnwritable):
            await self._wire.note(head, {SHA256: digest.hexdigest()})
        return digest.hexdigest()


def _artifact(key: str, head: Head, sha256: str) -> Artifact:
    return Artifact(key, head.size, sha256, head.content_type)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
