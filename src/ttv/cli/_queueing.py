"""Look into the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from ttv import embedded
from ttv.errors import Unavailable
from ttv.jobs import Overview, WorkerCard
from ttv.settings import Settings
from ttv.wiring.queue import open_jobs


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue at one moment."""

    overview: Overview
    workers: tuple[WorkerCard, ...]

    def to_json(self) -> str:
        """Give the JSON form, on one line."""
        return json.dumps({**asdict(self.overview), "workers": [asdict(w) for w in self.workers]})

    def to_text(self) -> str:
        """Say it a fact a line."""
        return "\n".join((*self._pools(), *self._tenants(), *self._workers()))

    def _pools(self) -> Iterator[str]:
        yield "pool    waiting delayed running   slots  oldest wait"
        for name, pool in self.overview.pools.items():
            counts = (pool.waiting, pool.delayed, pool.running, pool.slots)
            row = " ".join(f"{count:>7}" for count in counts)
            yield f"{name:<7} {row} {pool.oldest_wait_seconds:>10.0f} s"

    def _tenants(self) -> Iterator[str]:
        if not self.overview.tenants:
            return
        yield ""
        yield "tenant                queued running"
        for name, tenant in self.overview.tenants.items():
            yield f"{name:<20} {tenant.queued:>7} {tenant.running:>7}"
        more = self.overview.tenant_count - len(self.overview.tenants)
        if more > 0:
            yield f"and {more} more"

    def _workers(self) -> Iterator[str]:
        yield ""
        yield f"workers {len(self.workers)}"
        busy = any(pool.running for pool in self.overview.pools.values())
        for worker in self.workers:
            yield f"  {worker.name}"
            if busy:  # what it told may be seconds old
                yield from (f"    {step}" for step in worker.running)


async def look(settings: Settings) -> Queue:
    """Ask the configured queue server, or the one that runs for the data folder."""
    if settings.redis_url is None and not await embedded.runs(settings.data_dir):
        raise Unavailable(
            f"no queue server runs for {settings.data_dir}; start the service with: ttv up"
        )
    async with open_jobs(settings) as jobs:
        return Queue(await jobs.places.overview(), await jobs.fleet.workers())
