"""Send a file to S3 so that it is there whole, once, and with the bytes that were hashed.

S3 gets the hashes with the bytes and refuses what does not fit: a file that changes meanwhile
is never stored under the hash of another. What fails is sent again part by part. An upload that
does not come to its end is given up, so that its parts are not kept and paid for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, TypedDict, cast

from ttv.artifacts._bucket import PUT, Unmatched, UploadGone
from ttv.artifacts._port import KeyTaken
from ttv.artifacts._s3_errors import Contested
from ttv.artifacts._s3_parcel import Parcel, Part, Window
from ttv.artifacts._s3_reading import head
from ttv.artifacts._s3_wire import Wire
from ttv.errors import TtvError, Unavailable

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CompletedPartTypeDef

#: Parts of one file that are on their way at a time.
_AT_ONCE: Final = 4
#: How often an upload is made anew that another one got in the way of.
_ROUNDS: Final = 4
#: A cancellation is over within 5: so long it waits for parts on their way, and for S3.
_LAST_PARTS_SECONDS: Final = 1.5
_GIVE_UP_SECONDS: Final = 3.0


class _Absent(TypedDict, total=False):
    IfNoneMatch: Literal["*"]


async def send(wire: Wire, parcel: Parcel) -> None:
    """Store the file; raises KeyTaken where it must be absent and is not."""
    send_once = _put if len(parcel.measured.parts) == 1 else _put_parts
    for _ in range(_ROUNDS):
        try:
            return await send_once(wire, parcel)
        except (Contested, Unmatched, UploadGone) as error:
            there = await head(wire, parcel.name)
            if there and there.notes.get(PUT) == parcel.put:
                return None  # it was our own commit, and its answer was lost
            if there and isinstance(error, Unmatched):
                raise KeyTaken from error
        await wire.tries.sleep(wire.tries.chance())
    raise Unavailable("others go on changing the same file")


async def _put(wire: Wire, parcel: Parcel) -> None:
    (part,) = parcel.measured.parts

    def put() -> None:
        wire.s3.put_object(
            Bucket=wire.bucket,
            Key=parcel.name,
            Body=_body(parcel, part, lambda: parcel.file.closed),
            ContentType=parcel.content_type,
            Metadata=parcel.notes,
            ChecksumSHA256=part.checksum,
            **_condition(parcel),
        )

    await wire.ask(put)


async def _put_parts(wire: Wire, parcel: Parcel) -> None:
    if parcel.if_absent and await head(wire, parcel.name):
        raise Unmatched  # before all is sent; the last call decides
    begun = await wire.ask(
        partial(
            wire.s3.create_multipart_upload,
            Bucket=wire.bucket,
            Key=parcel.name,
            ContentType=parcel.content_type,
            Metadata=parcel.notes,
            ChecksumAlgorithm="SHA256",
        )
    )
    upload = _Upload(wire, parcel, begun["UploadId"])
    try:
        await upload.send()
    except BaseException:
        await asyncio.shield(asyncio.ensure_future(upload.give_up()))
        raise


class _Upload:
    """An upload in parts that S3 has begun."""

    def __init__(self, wire: Wire, parcel: Parcel, number: str) -> None:
        self._wire = wire
        self._parcel = parcel
        self._number = number
        self._over = False
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._calls: set[Future[CompletedPartTypeDef]] = set()

    async def send(self) -> None:
        """Send the parts, and then say that they are one file."""
        try:
            async with asyncio.TaskGroup() as group:
                sending = [
                    group.create_task(self._send_part(part)) for part in self._parcel.measured.parts
                ]
        except* TtvError as group:
            raise group.exceptions[0] from group
        done = [task.result() for task in sending]
        await self._wire.ask(
            partial(
                self._wire.s3.complete_multipart_upload,
                Bucket=self._wire.bucket,
                Key=self._parcel.name,
                UploadId=self._number,
                MultipartUpload={"Parts": done},
                **_condition(self._parcel),
            )
        )

    async def give_up(self) -> None:
        """Have S3 forget the parts, as far as it hears it: the sweep sees to the rest.

        First wait for those that are on their way, for S3 may keep one that comes afterwards.
        """
        self._over = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_PARTS_SECONDS):
                calls = map(asyncio.wrap_future, tuple(self._calls))
                await asyncio.gather(*calls, return_exceptions=True)
        with suppress(TtvError, TimeoutError):
            async with asyncio.timeout(_GIVE_UP_SECONDS):
                await self._wire.ask(
                    partial(
                        self._wire.s3.abort_multipart_upload,
                        Bucket=self._wire.bucket,
                        Key=self._parcel.name,
                        UploadId=self._number,
                    )
                )

    async def _send_part(self, part: Part) -> CompletedPartTypeDef:
        async with self._gate:
            return await self._wire.tries(partial(self._try_part, part))

    async def _try_part(self, part: Part) -> CompletedPartTypeDef:
        call = self._wire.submit(partial(self._sent, part))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        return await asyncio.wrap_future(call)

    def _sent(self, part: Part) -> CompletedPartTypeDef:
        answer = self._wire.s3.upload_part(
            Bucket=self._wire.bucket,
            Key=self._parcel.name,
            UploadId=self._number,
            PartNumber=part.number,
            Body=_body(self._parcel, part, self._is_over),
            ChecksumSHA256=part.checksum,
        )
        return {
            "PartNumber": part.number,
            "ETag": answer["ETag"],
            "ChecksumSHA256": part.checksum,
        }

    def _is_over(self) -> bool:
        return self._over or self._parcel.file.closed


def _body(parcel: Parcel, part: Part, over: Callable[[], bool]) -> BinaryIO:
    """Give a part to boto, which reads, seeks and tells, and does no more with it."""
    return cast("BinaryIO", Window(parcel.file, part, over=over))


def _condition(parcel: Parcel) -> _Absent:
    return {"IfNoneMatch": "*"} if parcel.if_absent else {}
