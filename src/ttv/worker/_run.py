"""One claimed step, from its claim to the last write about it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from ttv.errors import Cancelled, LeaseLost, OnHold, Transient, TtvError, Unavailable
from ttv.jobs import Claim, Failure, Leases, Outcome
from ttv.observability import WorkerMetrics, log
from ttv.worker._port import Runner
from ttv.worker._pulse import Pulse
from ttv.worker._workspace import workspace

T = TypeVar("T")

#: Seconds between two tries to write while Redis is away.
_PAUSE: Final = 0.5
#: Seconds for which a finished step waits for a Redis that is away; then its lease is left to
#: run out, and whoever takes the step finds its result in the artifact store.
_INSIST: Final = 120
#: Seconds before the first retry, at most; it doubles with each attempt up to the limit. What
#: is away comes back later than what only stumbled.
_FIRST_RETRY: Final = 1.0
_FIRST_RETURN: Final = 5.0
_LAST_RETRY: Final = 60.0


class HandBack(Exception):
    """The worker stops; its steps go to others."""


def backoff(error: Transient, attempts: int, chance: random.Random) -> float:
    """Choose how many seconds to wait before the next attempt: full jitter, doubling bound.

    The other side's own wish comes first, and the jitter is added to it.
    """
    first = _FIRST_RETURN if isinstance(error, Unavailable) else _FIRST_RETRY
    spread = chance.uniform(0, min(_LAST_RETRY, first * 2 ** (attempts - 1)))
    return (error.retry_after or 0.0) + spread


class StepRun:
    """Runs one claim; ``interrupt`` ends it early."""

    def __init__(
        self,
        claim: Claim,
        *,
        leases: Leases,
        runner: Runner,
        scratch: Path,
        metrics: WorkerMetrics,
        chance: random.Random,
    ) -> None:
        self.claim = claim
        self._leases = leases
        self._runner = runner
        self._scratch = scratch
        self._metrics = metrics
        self._chance = chance
        self._pulse = Pulse(leases, claim)
        self._interrupted: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    def interrupt(self, reason: Exception) -> None:
        """End the work now; the reason (Cancelled or HandBack) says what to write about it."""
        if not self._interrupted.done():
            self._interrupted.set_result(reason)

    async def go(self) -> None:
        """Run the step and write down how it ended; raises nothing that work can cause."""
        started = time.monotonic()
        step = self.claim.step
        ending = await self._run()
        seconds = time.monotonic() - started
        self._metrics.steps.labels(step.kind, ending).observe(seconds)
        log.info(
            f"Step {ending}",
            action=f"step.{ending}",
            job_id=self.claim.job.id,
            step=step.name,
            attempt=step.attempts,
            duration_ms=round(seconds * 1000),
        )

    async def _run(self) -> str:
        """Give the ending in the words of the metrics."""
        try:
            outcome = await self._make_and_settle()
        except HandBack:
            return await self._release()
        except TtvError as error:
            return await self._after(error)
        except Exception:  # noqa: BLE001  # the boundary of a step: any cause is recorded, and ends it
            log.exception(
                "Step broke",
                action="step.broke",
                job_id=self.claim.job.id,
                step=self.claim.step.name,
            )
            sentence = "Something went wrong inside the service; its log tells what."
            return await self._fail(Failure(TtvError.code, sentence))
        if outcome.reused:
            self._metrics.cache_hits.labels(self.claim.step.kind).inc()
        return "reused" if outcome.reused else "made"

    async def _after(self, error: TtvError) -> str:
        """Do what the family of an error asks for."""
        if isinstance(error, Cancelled | LeaseLost):
            return self._over(error)
        if isinstance(error, OnHold):
            return await self._hold(Failure(error.code, error.message))
        if isinstance(error, Transient):
            return await self._retry(error)
        return await self._fail(Failure(error.code, error.message))

    async def _make_and_settle(self) -> Outcome:
        pulse = asyncio.create_task(self._pulse.beat())
        try:
            outcome = await self._make(pulse)
            what = await self._insist(lambda: self._leases.settle(self.claim, outcome))
            if what.finished:
                log.info("Job finished", action="job.finished", job_id=self.claim.job.id)
            return outcome
        finally:
            await _end(pulse)

    async def _make(self, pulse: asyncio.Task[TtvError]) -> Outcome:
        step = self.claim.step
        async with workspace(self._scratch, self.claim) as folder:
            work = asyncio.create_task(
                self._runner.run(
                    self.claim.job,
                    step,
                    results={name: self.claim.job.step(name).result or {} for name in step.needs},
                    workspace=folder,
                    report=self._pulse.report,
                )
            )
            try:
                ends: set[asyncio.Future[Any]] = {work, pulse, self._interrupted}
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
                if work.cancelled():
                    raise Transient("The step was interrupted.")
                if work.done():
                    return work.result()
                reason = (self._interrupted if self._interrupted.done() else pulse).result()
                await _end(work, reason)
                raise reason
            finally:
                if not work.done():
                    await _end(work)

    async def _retry(self, error: Transient) -> str:
        step, failure = self.claim.step, Failure(error.code, error.message)
        if step.attempts >= self._leases.attempts:
            return await self._fail(failure)
        ending = await self._fail(failure, delay=backoff(error, step.attempts, self._chance))
        if ending == "failed":
            self._metrics.retries.labels(step.kind, failure.code).inc()
        return ending

    async def _fail(self, failure: Failure, *, delay: float | None = None) -> str:
        step = self.claim.step
        log.warning(
            "Attempt failed",
            action="step.attempt_failed",
            job_id=self.claim.job.id,
            step=step.name,
            code=failure.code,
            error=failure.message,
            retry_in=delay,
        )
        try:
            await self._insist(lambda: self._leases.fail(self.claim, failure, retry_in=delay))
        except (Cancelled, LeaseLost) as error:
            return self._over(error)
        return "failed"

    async def _hold(self, failure: Failure) -> str:
        log.warning(
            "Job held until somebody decides",
            action="job.held",
            job_id=self.claim.job.id,
            step=self.claim.step.name,
            code=failure.code,
            error=failure.message,
        )
        try:
            await self._insist(lambda: self._leases.hold(self.claim, failure))
        except (Cancelled, LeaseLost) as error:
            return self._over(error)
        return "held"

    async def _release(self) -> str:
        try:
            await self._leases.release(self.claim)
        except Unavailable:
            return "lost"  # the lease runs out by itself
        return "released"

    def _over(self, reason: Cancelled | LeaseLost) -> str:
        if isinstance(reason, Cancelled):
            return "canceled"
        self._metrics.lease_losses.inc()
        return "lost"

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Repeat a write while Redis is away; a write that was made already changes nothing."""
        end = time.monotonic() + _INSIST
        while True:
            try:
                return await write()
            except Unavailable as error:
                if time.monotonic() > end or self._interrupted.done():
                    raise LeaseLost from error
            await asyncio.sleep(_PAUSE)


async def _end(task: asyncio.Task[Any], reason: Exception | None = None) -> None:
    """Cancel a task and wait until it has ended, however it ends.

    Its message tells the work whether anybody still wants it.
    """
    task.cancel(Cancelled.code if isinstance(reason, Cancelled) else None)
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # seen; what matters is why it was cancelled
