"""The store of jobs: what the API does with them, each change one atomic script in Redis."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ttv.errors import Conflict, InvalidRequest
from ttv.ids import new_id
from ttv.jobs._advance import advance, work
from ttv.jobs._calls import Calls
from ttv.jobs._event import START, Event, Tail
from ttv.jobs._job import POOLS, Job, Step, Terms, ordered
from ttv.jobs._letter import PLACE, DeadLetter, DeadLetters
from ttv.jobs._limits import raise_refusal
from ttv.jobs._once import IdempotencyMismatch, Once, write_once
from ttv.jobs._outbox import Queue, deliver
from ttv.jobs._page import Page, check_limit, cursor_after, read_cursor
from ttv.jobs._promises import Promises
from ttv.jobs._record import (
    NoSuchJob,
    define,
    load_job,
    pairs,
    read_job,
    write,
    write_finished,
    write_terms,
)
from ttv.jobs._state import State
from ttv.redis import Connection, answering

#: The terms of a job that came with none.
_PLAIN: Final = Terms()
#: What Redis takes for the id of a stream's entry.
_EVENT_ID: Final = re.compile(r"[0-9]{1,15}-[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Created:
    """An accepted job."""

    job: Job
    #: True when the idempotency key had made this job before.
    replayed: bool


def new_job_id() -> str:
    """Make the id of a new job; ids sort by the time they were made."""
    return new_id("job")


class JobStore(Calls):
    """Keeps jobs, over a connection that the caller opens and closes.

    Every method raises Unavailable within two seconds when Redis is away.
    """

    def __init__(
        self,
        redis: Connection,
        queue: Queue,
        *,
        new_id: Callable[[], str] = new_job_id,
    ) -> None:
        super().__init__(redis, queue, new_id=new_id)
        #: What this store acknowledged lately; kept where somebody opens ``promises.kept()``.
        self.promises = Promises(redis)

    async def ping(self) -> None:
        """Raise Unavailable unless Redis answers."""
        await self._redis.ping()

    async def create(
        self,
        request: Mapping[str, Any],
        *,
        steps: Sequence[Step],
        tenant: str = "local",
        terms: Terms = _PLAIN,
        idempotency_key: str | None = None,
        fingerprint: str = "",
    ) -> Created:
        """Accept a job; when this returns, nothing loses it.

        The same ``idempotency_key`` with the same ``fingerprint`` (a hash of the request) gives
        the job that it made first, for a day; with another one it raises IdempotencyMismatch.
        Raises TooManyJobs and QueueFull when a limit is reached.
        """
        job = Job(
            id=self._new_id(),
            tenant=tenant,
            request=request,
            created_at=0,
            terms=terms,
            steps=ordered(steps),
        )
        first = advance(job)
        args: tuple[str | int | float, ...] = (
            job.id,
            tenant,
            write(request),
            write_terms(terms),
            work(job.steps),
            *write_once(Once(idempotency_key, fingerprint) if idempotency_key else None, tenant),
            first.stage,
            len(job.steps),
            *define(job.steps),
            *first.ready,
        )
        answer = await self._redis.script("create", "new", *args)
        raise_refusal(answer[0])
        if answer[0] == "mismatch":
            raise IdempotencyMismatch
        if answer[0] == "late":
            raise InvalidRequest("deadline must be later than now", param="deadline")
        if answer[0] == "replayed":
            return Created(await self._replayed(answer[1], tenant), replayed=True)
        await deliver(self._queue, answer[2])
        created_at = int(answer[1])
        self._promise_job(args, created_at)
        stored = replace(job.readied(first.ready), created_at=created_at, stage=first.stage)
        return Created(stored, replayed=False)

    async def _replayed(self, job_id: str, tenant: str) -> Job:
        try:
            return await self.get(job_id, tenant=tenant)
        except NoSuchJob as error:
            raise Conflict("The job that this idempotency key made was deleted.") from error

    async def restore(self, job: Job) -> bool:
        """Store a finished job that Redis has lost; False when there is one of its id.

        Its journal begins with its end.
        """
        facts, steps = write_finished(job)
        return bool(await self._redis.script("restore", job.id, job.tenant, facts, *steps))

    async def get(self, job_id: str, *, tenant: str | None = None) -> Job:
        """Read a job; raises NotFound, also for another tenant's."""
        return await load_job(self._redis, job_id, tenant=tenant)

    async def list(
        self,
        tenant: str = "local",
        *,
        limit: int = 20,
        cursor: str | None = None,
        state: State | None = None,
    ) -> Page:
        """Read a page of a tenant's jobs, newest first; new jobs do not shift later pages."""
        check_limit(limit)
        index = f"{tenant}:{state}" if state else tenant
        before = f"({read_cursor(cursor)}" if cursor else "+"
        found = await self._redis.script("list", index, before, limit + 1)
        jobs = tuple(read_job(pairs(facts)) for facts in found[:limit])
        return Page(jobs, cursor_after(jobs[-1].id) if len(found) > limit else None)

    async def cancel(self, job_id: str, *, tenant: str, revision: int | None = None) -> Job:
        """Stop a job and give it as it is then; cancelling twice is no error.

        With a ``revision``, only if the job still has it. Raises NotFound, Changed, and
        Conflict for a job that is over.
        """
        job = await self._call("cancel", job_id, tenant, revision)
        self._promise_end(job)
        return job

    def _promise_job(self, args: tuple[str | int | float, ...], created_at: int) -> None:
        """Promise that a job which was accepted is there."""

        async def redo() -> bool:
            answer = await self._redis.script("create", "accepted", *args)
            if answer[0] == "deleted":
                return False
            if answer[0] != "created":
                raise Conflict(f"The job cannot be made again: {answer[0]}.")
            await deliver(self._queue, answer[2])
            return int(answer[1]) != created_at

        size = sum(len(arg) for arg in args if isinstance(arg, str))
        self.promises.note(str(args[0]), "create", redo, size=size)

    def _promise_end(self, canceled: Job) -> None:
        """Promise that a job stays canceled, until somebody has it tried again."""

        async def redo() -> bool:
            if await self._is_deleted(canceled.id):
                return False
            job = await load_job(self._redis, canceled.id)
            if job.state.terminal or job.attempt != canceled.attempt:
                return False
            await self.cancel(job.id, tenant=job.tenant)
            return True

        self.promises.note(canceled.id, "cancel", redo)

    async def _is_deleted(self, job_id: str) -> bool:
        with answering():
            return await self._redis.redis.zscore("ttv:gone", job_id) is not None

    async def deleted(self, *, limit: int = 100) -> tuple[Job, ...]:
        """Give deleted jobs whose files may still be there, the longest deleted first."""
        found = await self._redis.script("deleted", limit)
        return tuple(read_job(pairs(facts), pairs(steps)) for facts, steps in found)

    async def forget(self, job_id: str) -> None:
        """Note that the files of a deleted job are gone; twice is no error."""
        await self._redis.script("forget", job_id)

    async def dead_letters(
        self, tenant: str | None = None, *, limit: int = 20, cursor: str | None = None
    ) -> DeadLetters:
        """Read a page of the steps that failed for good, newest first, of one tenant or of all."""
        check_limit(limit)
        before = f"({read_cursor(cursor, PLACE.fullmatch)}" if cursor else "+"
        index = "ttv:dead" if tenant is None else f"ttv:dead:{tenant}"
        found = await self._redis.script("letters", index, before, limit + 1)
        letters = tuple(DeadLetter.read(answer) for answer in found[:limit])
        more = len(found) > limit
        return DeadLetters(letters, cursor_after(found[limit - 1][0]) if more else None)

    async def events(self, job_id: str, *, after: str = START, limit: int = 100) -> Tail:
        """Read a job's journal from behind the event with the id ``after``, oldest first.

        Raises InvalidRequest when ``after`` is no id of an event.
        """
        if not _EVENT_ID.fullmatch(after):
            raise InvalidRequest("after must be the id of an event", param="after")
        with answering():
            # With the event itself: while it is kept, so is all that followed.
            entries = await self._redis.redis.xrange(_journal(job_id), after, "+", count=limit + 1)
        events = tuple(Event.read(str(entry.identifier), entry.field_values) for entry in entries)
        if events and events[0].id == after:
            return Tail(events[1:], whole=True)
        whole = events[0].revision == 1 if events else after == START
        return Tail(events[:limit], whole=whole)

    async def last_event(self, job_id: str) -> str:
        """Give the id of the newest event of a job's journal."""
        with answering():
            entries = await self._redis.redis.xrevrange(_journal(job_id), "+", "-", count=1)
        return str(entries[0].identifier) if entries else START

    async def depth(self) -> dict[str, int]:
        """Count the steps that wait for a worker, by pool; not those whose time is yet to come."""
        with answering():
            async with self._redis.redis.pipeline(transaction=False) as pipe:
                counts = [
                    (pool, pipe.zcard(f"ttv:waiting:{pool}"), pipe.zcard(f"ttv:sent:{pool}"))
                    for pool in POOLS
                ]
            return {pool: await waiting + await sent for pool, waiting, sent in counts}

    async def active(self) -> int:
        """Count the steps that workers hold now."""
        with answering():
            return await self._redis.redis.zcard("ttv:leases")


def _journal(job_id: str) -> str:
    return f"ttv:job:{job_id}:events"
