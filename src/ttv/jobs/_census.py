"""What the sweep of the store asks about jobs: how they stand, and what they still need."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self

from ttv.jobs._job import Job
from ttv.jobs._record import NoSuchJob, load_job
from ttv.jobs._state import State
from ttv.redis import Connection, answering

#: Jobs that are read at once.
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Fate:
    """How a job stands whose files are in the store."""

    #: None once somebody has deleted it.
    state: State | None
    attempt: int = 0
    #: Milliseconds since 1970 by the clock of Redis.
    finished_at: int | None = None
    #: What the last step made in the latest attempt that finished.
    result: Mapping[str, Any] | None = None

    @classmethod
    def read(cls, answer: Sequence[str]) -> Self:
        """Read what the script tells."""
        if answer[0] == "deleted":
            return cls(None)
        state, attempt, finished_at, result = answer
        return cls(
            State(state),
            int(attempt),
            int(finished_at) if finished_at else None,
            json.loads(result) if result else None,
        )


class Census:
    """Reads jobs for who tidies up after them; raises Unavailable like the store."""

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    async def fates(self, job_ids: Sequence[str]) -> tuple[Fate | None, ...]:
        """Tell how jobs stand, in the order asked for; None for one that is not known."""
        if not job_ids:
            return ()
        answers = await self._redis.script("fates", *job_ids)
        return tuple(Fate.read(answer) if answer else None for answer in answers)

    async def going(self) -> AsyncIterator[Job]:
        """Give every job that is not over; one that begins or ends meanwhile may come too."""
        # One that begins meanwhile moves from the first to the second.
        for index in ("ttv:queued", "ttv:started"):
            async for ids in self._scanned(index):
                for job in await asyncio.gather(*map(self._load, ids)):
                    if job is not None:
                        yield job

    async def turn(self, name: str, *, every_seconds: float, on: bool = False) -> bool:
        """Take the turn to sweep the store, or hold it ``on`` while at work.

        Of all processes that ask, one gets it in each interval.
        """
        answer = await self._redis.script("turn", name, round(every_seconds * 1000), int(on))
        return bool(answer)

    async def _scanned(self, index: str) -> AsyncIterator[Sequence[str]]:
        """Give the ids of an index, some at a time; those that stay in it all come."""
        cursor: int | None = None
        while cursor != 0:
            with answering():
                cursor, found = await self._redis.redis.zscan(index, cursor or 0, count=_AT_ONCE)
            yield [str(one.member) for one in found]

    async def _load(self, job_id: str) -> Job | None:
        with suppress(NoSuchJob):
            return await load_job(self._redis, job_id)
        return None
