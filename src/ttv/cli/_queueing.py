"""Look into the queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ttv import embedded
from ttv.errors import Unavailable
from ttv.jobs import WorkerCard
from ttv.settings import Settings
from ttv.wiring.queue import open_jobs


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue at one moment."""

    #: Steps that wait for a worker, by pool.
    waiting: Mapping[str, int]
    running: int
    workers: tuple[WorkerCard, ...]

    def to_json(self) -> str:
        """Give the JSON form, on one line."""
        return json.dumps(asdict(self))

    def to_text(self) -> str:
        """Say it a fact a line."""
        lines = [f"waiting {pool:<7} {count:>5}" for pool, count in sorted(self.waiting.items())]
        lines += [f"running         {self.running:>5}", f"workers         {len(self.workers):>5}"]
        for worker in self.workers:
            steps = worker.running if self.running else ()  # what it told may be seconds old
            lines += [f"  {worker.name}", *(f"    {step}" for step in steps)]
        return "\n".join(lines)


async def look(settings: Settings) -> Queue:
    """Ask the configured queue server, or the one that runs for the data folder."""
    if settings.redis_url is None and not await embedded.runs(settings.data_dir):
        raise Unavailable(
            f"no queue server runs for {settings.data_dir}; start the service with: ttv up"
        )
    async with open_jobs(settings) as jobs:
        return Queue(
            waiting=await jobs.store.depth(),
            running=await jobs.store.active(),
            workers=await jobs.fleet.workers(),
        )
