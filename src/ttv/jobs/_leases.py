"""What workers do with jobs: claim steps, report, settle or fail them, and mend what got stuck.

Every write carries the claim's fencing token; after its lease was given to another worker
a claim changes nothing.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final
from weakref import WeakValueDictionary

from ttv.errors import Cancelled, LeaseLost
from ttv.jobs._advance import Advance, advance, work
from ttv.jobs._job import POOLS, Failure, Job, Outcome, StepId
from ttv.jobs._outbox import Queue, deliver
from ttv.jobs._record import define, load_job, pairs, read_job, write
from ttv.jobs._worker import Claim, Hold, Sweep
from ttv.redis import Connection, answering

#: Milliseconds after which a step in the queue that nobody claimed is sent again.
_UNCLAIMED: Final = 3_000
#: Milliseconds without a change after which a started job is looked at again.
_QUIET: Final = 30_000
#: Calls of one process that are under way at once: fewer than Redis is asked at once, so that its
#: signs of life and its sweeps need not wait behind those of a thousand steps.
_AT_ONCE: Final = 8
#: Things that one sweep mends of each kind; the next goes on.
_SWEEP: Final = 100


class _Latest:
    """The newest that this process knows of a job whose steps are being settled."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.lock = asyncio.Lock()


class Leases:
    """Gives steps to workers for a limited time, over a connection that the caller opens."""

    def __init__(
        self,
        redis: Connection,
        queue: Queue,
        *,
        lease_seconds: float = 10,
        attempts: int = 4,
        told_every_seconds: float = 0.25,
    ) -> None:
        self._redis = redis
        self._queue = queue
        #: How long a claim stands without a report.
        self.lease_seconds = lease_seconds
        #: How often a step may be claimed before it fails for good.
        self.attempts = attempts
        #: How long after a note of progress the next one of a job is told to its readers.
        self.told_every_seconds = told_every_seconds
        #: Numbers this process's claims: one that comes again is known by it.
        self._calls = itertools.count()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        # While one settles a step of a job, its siblings in this process wait for what it
        # learns; each for itself, a hundred at once would decide again a hundred times each.
        self._settling: WeakValueDictionary[str, _Latest] = WeakValueDictionary()

    @property
    def _lease(self) -> int:
        return round(self.lease_seconds * 1000)

    async def _ask(self, name: str, *args: str | int | float) -> Any:
        async with self._at_once:
            return await self._redis.script(name, *args)

    async def _send(self, tickets: Sequence[str]) -> None:
        async with self._at_once:
            await deliver(self._queue, tickets)

    async def claim(self, step_id: str, *, worker: str) -> Claim | None:
        """Take a step; None when it is not to be run: done, running, waiting or called off."""
        call = f"{worker}/{next(self._calls)}"
        answer = await self._ask("claim", step_id, worker, self._lease, call)
        if answer[0] != "claimed":
            return None
        job = read_job(pairs(answer[1]), pairs(answer[2]))
        await self._send(answer[3])
        name = StepId.parse(step_id)
        return Claim(name, worker, token=job.step(name.step).token, job=job)

    async def report(
        self, claim: Claim, *, fraction: float | None = None, message: str = ""
    ) -> Hold:
        """Renew the lease of a claim, and note how far the step is."""
        answer = await self._ask(
            "report",
            *_fence(claim),
            self._lease,
            round(self.told_every_seconds * 1000),
            "" if fraction is None else min(max(fraction, 0.0), 1.0),
            message,
        )
        return Hold(answer)

    async def settle(self, claim: Claim, outcome: Outcome) -> Advance:
        """Store what a step gave, let run what follows, and tell what that is.

        Raises LeaseLost, Cancelled, and InvalidRequest when the steps that the outcome adds
        do not fit the job.
        """
        latest = self._settling.setdefault(claim.job.id, _Latest(claim.job))
        async with latest.lock:
            if latest.job.graph < claim.job.graph:
                latest.job = claim.job
            while True:
                job = latest.job
                if job.attempt != claim.step_id.attempt:
                    raise LeaseLost
                after = job.settled(claim.step_id.step, outcome)
                what = advance(after)
                answer, tickets = await self._ask(
                    "settle",
                    *_fence(claim),
                    job.graph,
                    write(outcome.result),
                    write(outcome.warnings),
                    write(after.warnings),
                    work(after.steps),
                    *_decided(what),
                    int(outcome.reused),
                    len(outcome.steps),
                    *define(after.steps, start=len(job.steps)),
                    *what.ready,
                )
                if answer == "settled":
                    latest.job = replace(after.readied(what.ready), graph=job.graph + 1)
                    break
                if answer != "moved":
                    raise _ended(answer)
                # A sibling was settled meanwhile: decide again with it.
                latest.job = await load_job(self._redis, job.id)
        await self._send(tickets)
        return what

    async def fail(self, claim: Claim, failure: Failure, *, retry_in: float | None = None) -> None:
        """End an attempt: to be repeated in some seconds or, without, to fail with its job.

        Raises LeaseLost and Cancelled.
        """
        retry = "" if retry_in is None else round(retry_in * 1000)
        answer, tickets = await self._ask(
            "fail", *_fence(claim), failure.code, failure.message, retry
        )
        if answer not in {"failed", "retrying"}:
            raise _ended(answer)
        await self._send(tickets)

    async def hold(self, claim: Claim, failure: Failure) -> None:
        """Give a claim back, and let no step of its job start until a person resumes it.

        The attempt does not count. Raises LeaseLost and Cancelled.
        """
        answer, tickets = await self._ask("hold", *_fence(claim), failure.code, failure.message)
        if answer != "held":
            raise _ended(answer)
        await self._send(tickets)

    async def release(self, claim: Claim) -> None:
        """Give a claim back unused, for another worker to take at once."""
        await self._send(await self._ask("release", *_fence(claim)))

    async def sweep(self, *, worker: str, every_seconds: float, expire: bool) -> Sweep:
        """Send on what waits in the outbox, and fail the jobs whose deadline has passed.

        With ``expire`` it frees leases that ran out.

        Of all processes that call this, one does it in each interval; the others find nothing.
        """
        tickets, freed, quiet, overdue = await self._redis.script(
            "sweep",
            worker,
            round(every_seconds * 1000),
            int(expire),
            self.attempts,
            _UNCLAIMED,
            _QUIET,
            _SWEEP,
            *POOLS,
        )
        await deliver(self._queue, tickets)
        return Sweep(tuple(freed), tuple(quiet), tuple(overdue))

    async def proceed(self, job_id: str) -> Advance:
        """Write down what follows from a job's record; a repair, since settling does it too."""
        job = await load_job(self._redis, job_id)
        what = advance(job)
        tickets = await self._redis.script(
            "advance", job_id, job.graph, *_decided(what), *what.ready
        )
        await deliver(self._queue, tickets)
        return what

    async def watch_canceled(self, notice: Callable[[str, int], None]) -> None:
        """Tell job and attempt as they are called off, until this is cancelled.

        What is called off while Redis is away is not told; the next report answers it.
        """
        with answering():
            async with self._redis.redis.pubsub(
                channels=["ttv:canceled"], ignore_subscribe_messages=True
            ) as channel:
                async for message in channel:
                    job_id, _, attempt = str(message["data"]).partition(":")
                    notice(job_id, int(attempt))


def _fence(claim: Claim) -> tuple[str, str, int]:
    return str(claim.step_id), claim.worker, claim.token


def _decided(what: Advance) -> tuple[str, int]:
    return what.stage, int(what.finished)


def _ended(answer: str) -> Cancelled | LeaseLost:
    return Cancelled() if Hold(answer) is Hold.CANCELED else LeaseLost()
