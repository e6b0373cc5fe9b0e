"""A worker: the steps it runs now, and what it does beside them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ttv.errors import Cancelled, TtvError, Unavailable
from ttv.jobs import Caretaker, Jobs, WorkerCard
from ttv.observability import WorkerMetrics, log
from ttv.worker._port import Runner
from ttv.worker._run import HandBack, StepRun
from ttv.worker._workspace import remove_abandoned

#: Seconds between two signs of life of a worker.
_BEAT: Final = 3.0
#: Seconds until a channel that broke is listened to again.
_PAUSE: Final = 1.0
#: Seconds between two looks for abandoned scratch folders.
_CLEAN: Final = 300.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a worker works."""

    #: Unique to the process; it stands in logs and in the job record.
    name: str
    #: Steps run at once, by pool.
    slots: Mapping[str, int]
    #: Folder for the scratch of running steps.
    scratch: Path
    #: How long a stopping worker lets running steps finish before it gives them back.
    grace_seconds: float = 30


class Worker:
    """Runs steps from the queue until it is told to stop."""

    def __init__(
        self,
        jobs: Jobs,
        runner: Runner,
        *,
        options: Options,
        chance: random.Random,
        metrics: WorkerMetrics | None = None,
    ) -> None:
        self._jobs = jobs
        self._runner = runner
        self._options = options
        self._caretaker = Caretaker(jobs.leases, jobs.store, options.name, runner.discard)
        self._chance = chance
        # The runner may count its own work in them.
        self._metrics = metrics or WorkerMetrics()
        self._running: set[StepRun] = set()
        self._draining = False
        self._over = False

    async def serve(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then drain.

        Draining, it claims nothing more, gives running steps the grace time, and hands back
        the leases of those that need longer.
        """
        with suppress(Unavailable):  # before the first sweep, which sends what this can take
            await self._beat()
        async with self._caretaker.at_work(), asyncio.TaskGroup() as group:
            beside = [
                group.create_task(_repeat(self._beat, every=_BEAT)),
                group.create_task(_repeat(self._clean, every=_CLEAN)),
                group.create_task(self._watch_canceled()),
            ]
            pools = [
                group.create_task(
                    self._jobs.queue.run(
                        self._handle, pool=pool, slots=slots, worker=self._options.name, stop=stop
                    )
                )
                for pool, slots in self._options.slots.items()
            ]
            log.info("Worker ready", action="worker.ready", slots=dict(self._options.slots))
            await stop.wait()
            log.info("Worker drains", action="worker.draining", running=len(self._running))
            self._draining = True
            with suppress(Unavailable):  # its slots are for others from now on
                await self._beat()
            await asyncio.wait(pools, timeout=self._options.grace_seconds)
            self._over = True
            for run in self._running:
                run.interrupt(HandBack())
            await asyncio.wait(pools)
            for task in beside:
                task.cancel()
        await self._leave()
        log.info("Worker stopped", action="worker.stopped")

    async def _handle(self, step_id: str) -> None:
        try:
            claim = await self._jobs.leases.claim(step_id, worker=self._options.name)
        except TtvError as error:
            log.warning("Step not claimed", action="step.unclaimed", error=error.message)
            return  # it stays in the outbox
        if claim is None:
            return
        run = StepRun(
            claim,
            leases=self._jobs.leases,
            runner=self._runner,
            scratch=self._options.scratch,
            metrics=self._metrics,
            chance=self._chance,
        )
        self._running.add(run)
        if self._over:  # it was being claimed when the grace time ended
            run.interrupt(HandBack())
        try:
            await run.go()
        except Exception:  # noqa: BLE001  # the boundary of a worker: one step must not end the others
            log.exception(
                "Step lost", action="step.lost", job_id=claim.job.id, step=claim.step.name
            )
        finally:
            self._running.discard(run)

    async def _beat(self) -> None:
        card = WorkerCard(
            name=self._options.name,
            slots={} if self._draining else self._options.slots,
            running=tuple(str(run.claim.step_id) for run in self._running),
        )
        await self._jobs.fleet.beat(card)
        counted = self._metrics.increments()
        await self._jobs.totals.add(counted)
        self._metrics.sent(counted)

    async def _leave(self) -> None:
        with suppress(Unavailable):
            await self._beat()
            await self._jobs.fleet.leave(self._options.name)

    async def _clean(self) -> None:
        await remove_abandoned(self._options.scratch, self._jobs.store, now=time.time())

    async def _watch_canceled(self) -> None:
        def notice(job_id: str, attempt: int) -> None:
            for run in self._running:
                if (run.claim.job.id, run.claim.job.attempt) == (job_id, attempt):
                    run.interrupt(Cancelled())

        await _repeat(lambda: self._jobs.leases.watch_canceled(notice), every=_PAUSE)


async def _repeat(work: Callable[[], Awaitable[None]], *, every: float) -> None:
    """Do something again and again; an error only makes it fail this time."""
    while True:
        try:
            await work()
        except TtvError as error:
            log.warning("Worker cut off", action="worker.cut_off", error=error.message)
        await asyncio.sleep(every)
