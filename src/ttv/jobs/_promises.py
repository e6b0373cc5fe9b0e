"""What was acknowledged in the last seconds, and is done again where Redis has forgotten it.

A Redis that syncs its file once a second loses up to two seconds of writes with the power of
its machine; one that fails over to a replica loses what the replica had not heard yet. Who was
told "accepted" or "canceled" in that time must not find it undone, so the process that told
them does it again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from ttv.beside import beside
from ttv.errors import NotFound, TtvError, Unavailable
from ttv.observability import log
from ttv.redis import Connection

#: Seconds for which a promise is held while Redis answers; its file is at most two behind.
_HELD: Final = 5.0
#: Seconds between two looks whether it is still the same Redis.
_LOOK: Final = 1.0
#: Bytes that promises hold at most, about; then the oldest go.
_MOST: Final = 64 << 20

#: Does what was promised unless it is done, and tells whether it had to.
Redo = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Promise:
    """One thing that somebody was told is done."""

    job_id: str
    #: What it was, for the log: "create", "cancel".
    what: str
    redo: Redo
    size: int
    #: By the clock of this process.
    given_at: float


class Promises:
    """Remembers what one process acknowledged, and keeps it."""

    def __init__(
        self, redis: Connection, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._monotonic = monotonic
        self._given: deque[_Promise] = deque()
        #: Those that a Redis which started anew may have forgotten.
        self._doubted: tuple[_Promise, ...] = ()
        self._size = 0
        #: Names one start of one Redis; None while nobody keeps promises.
        self._run_id: str | None = None

    def note(self, job_id: str, what: str, redo: Redo, *, size: int = 0) -> None:
        """Remember what was acknowledged, while promises are kept at all."""
        if self._run_id is None:
            return
        self._given.append(_Promise(job_id, what, redo, size, self._monotonic()))
        self._size += size
        while self._size > _MOST:
            self._drop()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep promises for a block; raises Unavailable when Redis is away at its start."""
        self._run_id = await self._ask()
        try:
            async with beside(self._keep()):
                yield
        finally:
            self._run_id = None

    async def look(self) -> None:
        """Do again what a Redis that started anew has forgotten, and let old promises go.

        Raises Unavailable; then nothing is let go, and the next look goes on.
        """
        asked_at = self._monotonic()
        run_id = await self._ask()
        if run_id != self._run_id:
            log.warning(
                "Redis started anew; what it was told last is looked for",
                action="redis.restarted",
                promises=len(self._given),
            )
            # What is done again now can be forgotten again.
            self._given = deque(replace(promise, given_at=asked_at) for promise in self._given)
            self._doubted = tuple(self._given)
            self._run_id = run_id
        self._doubted = tuple([one for one in self._doubted if not await self._redone(one)])
        while self._given and self._given[0].given_at < asked_at - _HELD:
            self._drop()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            try:
                await self.look()
            except Unavailable:
                continue
            except TtvError as error:
                log.error("Promises not kept", action="promises.unkept", error=error.message)

    async def _redone(self, promise: _Promise) -> bool:
        """Do one thing again; False while its job is not there.

        The process that accepted the job may be about to make it again.
        """
        facts = {"job_id": promise.job_id, "what": promise.what}
        try:
            if await promise.redo():
                log.warning("Job restored", action="job.restored", **facts)
        except Unavailable:
            raise
        except TtvError as error:
            late = self._monotonic() - promise.given_at > _HELD
            if isinstance(error, NotFound) and not late:
                return False
            log.error("Job not restored", action="job.unrestored", error=error.message, **facts)
        return True

    def _drop(self) -> None:
        self._size -= self._given.popleft().size

    async def _ask(self) -> str:
        """Read what names this start of Redis; empty where it does not tell."""
        return str((await self._redis.told("server")).get("run_id", ""))
