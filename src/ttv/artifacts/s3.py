"""Store files as objects of an S3 bucket: of AWS, MinIO or another service that speaks S3.

Beside each object stands the SHA-256 of its bytes, taken before they were sent and checked by
S3 as they came. An object that somebody else put there has no such note, and is read to its end
to be described.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from ttv.artifacts._bucket import SHA256, Prefix, UploadGone
from ttv.artifacts._key import checked_key, is_key
from ttv.artifacts._port import Artifact, Listed, Offer
from ttv.artifacts._s3_errors import Beyond
from ttv.artifacts._s3_parcel import Parcel, measured
from ttv.artifacts._s3_reading import Reading, head
from ttv.artifacts._s3_upload import send
from ttv.artifacts._s3_wire import Wire, client
from ttv.artifacts._source import opened
from ttv.artifacts._tries import Tries
from ttv.backends import checked
from ttv.errors import InvalidRequest, NotFound, Unavailable, storage_errors
from ttv.files import whole

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ListObjectsV2RequestTypeDef, MultipartUploadTypeDef

_Url = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+/?$")]

#: Uploads that came to no end are swept after this long.
_ABANDONED_SECONDS: Final = 24 * 3600
#: No key of a film has this name: no part of one begins with a dot.
_PROBE: Final = ".ping"


class Options(BaseModel):
    """Options of the S3 store."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    prefix: Prefix = "ttv"
    #: Unset means: as boto finds it (``AWS_REGION``, profile), else us-east-1.
    region: Annotated[str, Field(min_length=1)] | None = None
    #: Where S3 is when it is not AWS: ``http://minio:9000``.
    endpoint: _Url | None = None
    #: The same as those see it who follow a link, where that is another address.
    link_endpoint: _Url | None = None
    #: Both or none; without them boto looks for credentials in its usual places.
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    #: Whether the bucket stands in the path and not in the host name. Unset means: with an
    #: endpoint of its own, and where the name has a dot, which no certificate covers.
    path_style: bool | None = None
    #: How long S3 may be silent before a call is made again.
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0


def build(options: Mapping[str, object]) -> S3:
    """Build the store from its options."""
    read = checked(Options, options)
    if (read.access_key is None) != (read.secret_key is None):
        missing = "access_key" if read.access_key is None else "secret_key"
        raise InvalidRequest(
            f"option {missing} is missing; give access_key and secret_key, or neither",
            param=missing,
        )
    return S3(read)


class S3:
    """A bucket as Store; each call to it waits in a thread of the store's own."""

    def __init__(
        self,
        options: Options,
        *,
        tries: Tries | None = None,
        clock: Callable[[], float] = time.time,
        draw: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._options = options
        self._tries = tries or Tries()
        self._clock = clock
        self._draw = draw
        self._before = f"{options.prefix}/" if options.prefix else ""
        self._wire: Wire
        self._signer: S3Client

    async def __aenter__(self) -> Self:
        s3 = await asyncio.to_thread(_client, self._options, self._options.endpoint)
        self._wire = Wire(s3, self._options.bucket, self._tries)
        self._signer = s3
        if self._options.link_endpoint:
            self._signer = await asyncio.to_thread(
                _client, self._options, self._options.link_endpoint
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.close()
        self._signer.close()

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        name = self._name(key)
        with opened(source) as file:
            parcel = Parcel(
                file=file,
                measured=await asyncio.to_thread(measured, file),
                name=name,
                content_type=content_type,
                if_absent=if_absent,
                put=self._draw(),
            )
            await send(self._wire, parcel)
        return Artifact(key, parcel.measured.size, parcel.measured.sha256, content_type)

    async def stat(self, key: str) -> Artifact | None:
        name = self._name(key)
        found = await head(self._wire, name)
        if found is None:
            return None
        digest = found.notes.get(SHA256) or await self._hashed(name)
        return Artifact(key, found.size, digest, found.content_type)

    async def fetch(self, key: str, to: Path) -> Artifact:
        reading = Reading(self._wire, self._name(key))
        digest = hashlib.sha256()
        with storage_errors(to.parent), whole(to) as part, part.open("wb") as copy:
            async with aclosing(reading.chunks()) as chunks:
                async for chunk in chunks:
                    await asyncio.to_thread(_keep, chunk, copy, digest)
            found = reading.head
            if found.notes.get(SHA256, digest.hexdigest()) != digest.hexdigest():
                raise Unavailable(f"{key} came with other bytes than it was stored with")
        return Artifact(key, found.size, digest.hexdigest(), found.content_type)

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        name = self._name(key)
        if end is not None and end <= start:
            return
        with suppress(Beyond):
            async with aclosing(Reading(self._wire, name, start=start, end=end).chunks()) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def delete(self, key: str) -> None:
        call = partial(self._wire.s3.delete_object, Bucket=self._wire.bucket, Key=self._name(key))
        with suppress(NotFound):
            await self._wire.ask(call)

    async def listed(self, prefix: str) -> AsyncIterator[Listed]:
        wanted: ListObjectsV2RequestTypeDef = {
            "Bucket": self._wire.bucket,
            "Prefix": f"{self._name(prefix)}/",
        }
        while True:
            page = await self._wire.ask(partial(self._wire.s3.list_objects_v2, **wanted))
            for found in page.get("Contents", ()):
                key = found["Key"].removeprefix(self._before)
                if is_key(key):  # else it is another program's, which we could not name
                    yield Listed(key, found["Size"], found["LastModified"].timestamp())
            if not page["IsTruncated"]:
                return
            wanted["ContinuationToken"] = page["NextContinuationToken"]

    def uri(self, key: str) -> str:
        return f"s3://{self._options.bucket}/{self._name(key)}"

    async def link(self, key: str, offer: Offer) -> str | None:
        given = {
            "Bucket": self._options.bucket,
            "Key": self._name(key),
            "ResponseContentType": offer.content_type,
            "ResponseContentDisposition": offer.disposition,
        }
        sign = partial(
            self._signer.generate_presigned_url, "get_object", given, ExpiresIn=offer.seconds
        )
        # In a thread, since boto may ask the machine for its credentials.
        return await self._wire.once(sign)

    async def sweep(self) -> int:
        """Count by the clock of this machine; S3 serves none that is wrong by much.

        MinIO lists no uploads by the first parts of their names, and sweeps them itself.
        """
        swept = 0
        for upload in await self._wire.ask(self._uploads):
            if self._clock() - upload["Initiated"].timestamp() > _ABANDONED_SECONDS:
                swept += await self._give_up(upload["Key"], upload["UploadId"])
        return swept

    async def ping(self) -> None:
        """Begin an upload and give it up: this needs the right to write, and leaves nothing."""
        name = f"{self._before}{_PROBE}"
        begin = partial(self._wire.s3.create_multipart_upload, Bucket=self._wire.bucket, Key=name)
        begun = await self._wire.once(begin)
        await self._give_up(name, begun["UploadId"])

    def _name(self, key: str) -> str:
        """Name an object by its key."""
        return f"{self._before}{checked_key(key)}"

    async def _hashed(self, name: str) -> str:
        digest = hashlib.sha256()
        async with aclosing(Reading(self._wire, name).chunks()) as chunks:
            async for chunk in chunks:
                await asyncio.to_thread(digest.update, chunk)
        return digest.hexdigest()

    def _uploads(self) -> list[MultipartUploadTypeDef]:
        pages = self._wire.s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._wire.bucket, Prefix=self._before
        )
        return [upload for page in pages for upload in page.get("Uploads", ())]

    async def _give_up(self, name: str, upload: str) -> bool:
        """End an upload; False when somebody else did."""
        call = partial(
            self._wire.s3.abort_multipart_upload,
            Bucket=self._wire.bucket,
            Key=name,
            UploadId=upload,
        )
        try:
            await self._wire.ask(call)
        except UploadGone:
            return False
        return True


def _client(options: Options, endpoint: str | None) -> S3Client:
    keys = None
    if options.access_key and options.secret_key:
        keys = options.access_key.get_secret_value(), options.secret_key.get_secret_value()
    path_style = options.path_style
    if path_style is None:
        path_style = options.endpoint is not None or "." in options.bucket
    return client(
        region=options.region,
        endpoint=endpoint,
        keys=keys,
        path_style=path_style,
        timeout_seconds=options.timeout_seconds,
    )


def _keep(chunk: bytes, copy: BinaryIO, digest: hashlib._Hash) -> None:
    copy.write(chunk)
    digest.update(chunk)
