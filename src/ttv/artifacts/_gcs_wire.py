"""Speak with Google Cloud Storage: its client in threads of our own, tried again by our policy."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self, TypeVar

import requests
from google.cloud import storage

from ttv.artifacts._gcs_errors import gcs_errors
from ttv.artifacts._tries import Tries

_Result = TypeVar("_Result")

#: Calls at a time; those beyond wait. The threads of asyncio are left to the rest of the process.
_THREADS: Final = 10

# Else the client asks about the bucket beside our calls, in threads that outlive it, to name the
# bucket in traces that we do not send.
os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")


@dataclass(frozen=True, slots=True)
class Head:
    """What the service says of an object."""

    name: str
    #: Another for every object that ever had this name.
    generation: int
    #: Counts the changes to what is noted beside the bytes.
    metageneration: int
    size: int
    content_type: str
    #: Of the bytes, as base64.
    crc32c: str
    notes: Mapping[str, str]

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> Self:
        """Read an object's description as the API writes it."""
        return cls(
            name=str(resource["name"]),
            generation=int(resource["generation"]),
            metageneration=int(resource["metageneration"]),
            size=int(resource["size"]),
            content_type=str(resource.get("contentType") or "application/octet-stream"),
            crc32c=str(resource.get("crc32c")),
            notes=dict(resource.get("metadata") or {}),
        )


class Wire:
    """One bucket, as the service shows it; whoever makes it closes it."""

    def __init__(
        self, client: storage.Client, bucket: str, tries: Tries, *, patience: tuple[float, float]
    ) -> None:
        self._client = client
        self._bucket = client.bucket(bucket)
        self.bucket = bucket
        self.tries = tries
        #: How many seconds the service may take no bytes, a connection among them, and give none.
        self.patience = patience
        #: For the addresses of uploads, which need no credentials.
        self.plain = requests.Session()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="ttv-gcs")

    def close(self) -> None:
        """Close the connections; calls under way end with theirs or by their time."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.plain.close()
        self._client.close()

    async def once(self, call: Callable[[], _Result]) -> _Result:
        """Make a call, and raise its errors in our families."""
        return await asyncio.wrap_future(self._threads.submit(self._called, call))

    async def ask(self, call: Callable[[], _Result]) -> _Result:
        """Make a call as often as the policy says; it must do no harm when made twice."""
        return await self.tries(partial(self.once, call))

    def blob(self, name: str, generation: int | None = None) -> storage.Blob:
        """Give the client's handle of an object; nothing is asked."""
        return self._bucket.blob(name, generation=generation)

    async def look(self, name: str) -> Head:
        """Describe the newest object of this name; raises NotFound."""
        return await self.ask(partial(self._looked, name))

    async def piece(self, head: Head, start: int, end: int) -> bytes:
        """Read bytes of this very object; raises NotFound when it was replaced."""
        call = partial(
            self.blob(head.name, head.generation).download_as_bytes,
            start=start,
            end=end - 1,
            raw_download=True,
            checksum=None,
            timeout=self.patience,
            retry=None,
        )
        data: bytes = await self.ask(call)
        return data

    async def remove(self, name: str, generation: int | None = None) -> None:
        """Delete an object; raises NotFound."""
        blob = self.blob(name, generation)
        await self.ask(partial(blob.delete, timeout=self.patience, retry=None))

    async def page(self, prefix: str, token: str | None) -> tuple[list[storage.Blob], str | None]:
        """List some objects by name, and say where the next ones start."""
        return await self.ask(partial(self._paged, prefix, token))

    async def note(self, head: Head, notes: Mapping[str, str]) -> None:
        """Note something beside an object, unless it has changed; raises Unmatched."""
        blob = self.blob(head.name)
        blob.metadata = dict(notes)
        await self.ask(
            partial(
                blob.patch,
                if_generation_match=head.generation,
                if_metageneration_match=head.metageneration,
                timeout=self.patience,
                retry=None,
            )
        )

    async def probe(self, name: str) -> None:
        """Begin an upload and give it up; asked once, as it tells how things are now."""
        await self.once(partial(self._probed, name))

    def _probed(self, name: str) -> None:
        session = self.blob(name).create_resumable_upload_session(
            size=0, checksum=None, timeout=self.patience, retry=None
        )
        self.plain.delete(session, timeout=self.patience, allow_redirects=False)

    def _looked(self, name: str) -> Head:
        blob = self.blob(name)
        blob.reload(timeout=self.patience, retry=None)
        return Head(
            name=name,
            generation=blob.generation,
            metageneration=blob.metageneration,
            size=blob.size,
            content_type=blob.content_type or "application/octet-stream",
            crc32c=blob.crc32c,
            notes=dict(blob.metadata or {}),
        )

    def _paged(self, prefix: str, token: str | None) -> tuple[list[storage.Blob], str | None]:
        found = self._client.list_blobs(
            self._bucket,
            prefix=prefix,
            page_token=token,
            fields="items(name,size,timeCreated),nextPageToken",
            timeout=self.patience,
            retry=None,
        )
        page = next(found.pages)
        return list(page), found.next_page_token

    def _called(self, call: Callable[[], _Result]) -> _Result:
        with gcs_errors(self.bucket):
            return call()
