"""What every process of the service does beside its work, so that nothing stays stuck."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from typing import Final

from ttv.beside import beside
from ttv.errors import NotFound, Unavailable
from ttv.jobs._job import Job
from ttv.jobs._leases import Leases
from ttv.jobs._store import JobStore
from ttv.observability import log

#: Seconds between two sweeps, over all processes.
_SWEEP: Final = 1.0
#: Seconds between two looks for deleted jobs.
_CLEAR: Final = 5.0


@dataclass(frozen=True, slots=True)
class Caretaker:
    """Mends what got stuck and clears away what was deleted, while Redis answers.

    Processes of the API have one as workers do: deadlines pass also when no worker lives.
    """

    leases: Leases
    store: JobStore
    #: Unique to the process.
    name: str
    #: Removes what a deleted job left for its owner; what is gone already is no error.
    discard: Callable[[Job], Awaitable[None]]

    def at_work(self) -> AbstractAsyncContextManager[None]:
        """Take care while the block runs."""
        return beside(self._mend(), self._clear())

    async def _mend(self) -> None:
        """Mend what got stuck, every second.

        Leases are left alone until Redis has answered for the time between two reports: after
        it was away, those who hold leases renew them first.
        """
        patience = self.leases.lease_seconds / 3 + _SWEEP
        loop = asyncio.get_running_loop()
        answering_since = loop.time()
        while True:
            try:
                await self._sweep(expire=loop.time() - answering_since > patience)
            except Unavailable:
                answering_since = loop.time()
            except Exception:  # noqa: BLE001  # a boundary: one bad record must not end all mending
                log.exception("Sweep failed", action="sweep.failed")
            await asyncio.sleep(_SWEEP)

    async def _sweep(self, *, expire: bool) -> None:
        found = await self.leases.sweep(worker=self.name, every_seconds=_SWEEP, expire=expire)
        for step_id in found.freed:
            log.warning("Lease ran out", action="lease.expired", step_id=step_id)
        for job_id in found.overdue:
            log.warning("Deadline passed", action="job.overdue", job_id=job_id)
        for job_id in found.quiet:
            with suppress(NotFound):
                await self.leases.proceed(job_id)

    async def _clear(self) -> None:
        while True:
            with suppress(Unavailable):
                for job in await self.store.deleted():
                    await self._remove(job)
            await asyncio.sleep(_CLEAR)

    async def _remove(self, job: Job) -> None:
        """Remove the files of a deleted job; where that fails, it is tried again."""
        try:
            await self.discard(job)
            await self.store.forget(job.id)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001  # likewise: one film must not keep the others
            log.exception("Film not removed", action="job.undiscarded", job_id=job.id)
        else:
            log.info("Film removed", action="job.discarded", job_id=job.id)
