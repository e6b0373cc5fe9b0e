"""Speak with S3: boto's client in threads of our own, tried again by our policy alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.response import StreamingBody

from ttv.artifacts._s3_errors import s3_errors
from ttv.artifacts._tries import Tries

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef, GetObjectRequestTypeDef

_Result = TypeVar("_Result")

#: Calls at a time; those beyond wait. The threads of asyncio are left to the rest of the process.
_THREADS: Final = 16
#: A film that is read keeps its connection between two calls.
_CONNECTIONS: Final = 64
_CONNECT_SECONDS: Final = 10
#: A session of boto makes clients one at a time; these may then be used from any thread.
_MAKING: Final = Lock()


def client(
    *,
    region: str | None,
    endpoint: str | None,
    keys: tuple[str, str] | None,
    path_style: bool,
    timeout_seconds: float,
) -> S3Client:
    """Make a client that sends each call once, by Signature Version 4.

    Without ``keys`` and ``region`` boto looks for them in its usual places.
    """
    access_key, secret_key = keys or (None, None)
    config = Config(
        signature_version="s3v4",
        retries={"total_max_attempts": 1},
        connect_timeout=min(timeout_seconds, _CONNECT_SECONDS),
        read_timeout=timeout_seconds,
        max_pool_connections=_CONNECTIONS,
        # Not "auto": its links lead to the one address of all regions, which redirects them.
        s3={"addressing_style": "path" if path_style else "virtual"},
        # Uploads carry SHA-256 of our own, and what comes back is held against it.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    with _MAKING:
        session = _session()
        return session.client(
            "s3",
            region_name=region or session.region_name or "us-east-1",
            endpoint_url=endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=config,
        )


@cache
def _session() -> boto3.session.Session:
    """Read boto's large tables once for a process."""
    return boto3.session.Session()


class Wire:
    """One bucket, as S3 shows it; whoever makes it closes it."""

    def __init__(self, s3: S3Client, bucket: str, tries: Tries) -> None:
        self.s3 = s3
        self.bucket = bucket
        self.tries = tries
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="ttv-s3")

    def close(self) -> None:
        """Close the connections; calls under way end with theirs or by their time."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.s3.close()

    async def once(self, call: Callable[[], _Result]) -> _Result:
        """Make a call, and raise its errors in our families."""
        return await asyncio.wrap_future(self.submit(call))

    async def ask(self, call: Callable[[], _Result]) -> _Result:
        """Make a call as often as the policy says; it must do no harm when made twice."""
        return await self.tries(partial(self.once, call))

    async def open(self, wanted: GetObjectRequestTypeDef) -> GetObjectOutputTypeDef:
        """Begin to read an object; whoever gets the answer closes its body."""
        opening = self.submit(partial(self.s3.get_object, **wanted))
        try:
            return await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_body)
            raise

    def submit(self, call: Callable[[], _Result]) -> Future[_Result]:
        """Begin a call in a thread; its errors are of our families."""
        return self._threads.submit(self._called, call)

    def _called(self, call: Callable[[], _Result]) -> _Result:
        with s3_errors(self.bucket):
            return call()


def _close_body(opening: Future[GetObjectOutputTypeDef]) -> None:
    """Close what was opened for somebody who has left."""
    if not opening.cancelled() and not opening.exception():
        body: StreamingBody = opening.result()["Body"]
        body.close()
