"""Read an object from one byte to another; a reading that breaks off goes on where it was."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from botocore.response import StreamingBody

from ttv.artifacts._bucket import Unmatched
from ttv.artifacts._s3_wire import Wire
from ttv.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import (
        GetObjectOutputTypeDef,
        GetObjectRequestTypeDef,
        HeadObjectOutputTypeDef,
    )

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """What S3 says of an object."""

    #: Changes with the bytes.
    version: str
    size: int
    content_type: str
    #: What was written down when it was stored; the keys are those of ``_bucket``.
    notes: Mapping[str, str]

    @classmethod
    def of(cls, answer: GetObjectOutputTypeDef | HeadObjectOutputTypeDef) -> Head:
        """Read an answer that is about the whole object."""
        return cls(
            answer["ETag"], answer["ContentLength"], answer["ContentType"], answer["Metadata"]
        )


async def head(wire: Wire, name: str) -> Head | None:
    """Ask what an object is, or None when there is none."""
    try:
        answer = await wire.ask(partial(wire.s3.head_object, Bucket=wire.bucket, Key=name))
    except NotFound:
        return None
    return Head.of(answer)


class Reading:
    """One reading of one version of an object.

    The first answer names the version; all that follow are asked to be of the same, and where it
    is gone the reading ends with Unavailable: it never gives the bytes of two.
    """

    def __init__(self, wire: Wire, name: str, *, start: int = 0, end: int | None = None) -> None:
        self._wire = wire
        self._name = name
        self._position = start
        self._end = end
        self._left: int | None = None
        self._head: Head | None = None
        self._body: StreamingBody | None = None

    @property
    def head(self) -> Head:
        """Give what is said of the object; there once the chunks are read."""
        if self._head is None:
            raise RuntimeError("nothing was read yet")
        return self._head

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Give the bytes; raises NotFound, and Beyond where there are none from the start on."""
        try:
            while self._left != 0:
                yield await self._wire.tries(self._next)
        except NotFound as error:
            raise NotFound(f"there is no object {self._name}") from error
        except Unmatched as error:
            raise Unavailable(f"{self._name} was replaced while it was read") from error
        finally:
            self._drop()

    async def _next(self) -> bytes:
        body = self._body or await self._opened()
        try:
            chunk: bytes = await self._wire.once(partial(body.read, _CHUNK))
        except BaseException:
            self._drop()
            raise
        self._position += len(chunk)
        self._left = (self._left or 0) - len(chunk)
        return chunk

    async def _opened(self) -> StreamingBody:
        wanted: GetObjectRequestTypeDef = {"Bucket": self._wire.bucket, "Key": self._name}
        if self._position or self._end is not None:
            last = "" if self._end is None else self._end - 1
            wanted["Range"] = f"bytes={self._position}-{last}"
        if self._head:
            wanted["IfMatch"] = self._head.version
        answer = await self._wire.open(wanted)
        self._head = self._head or Head.of(answer)
        self._left = answer["ContentLength"]
        self._body = answer["Body"]
        return self._body

    def _drop(self) -> None:
        if self._body:
            self._body.close()
            self._body = None
