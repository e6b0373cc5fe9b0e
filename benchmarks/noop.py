"""A worker as ``ttv worker`` runs it, whose films are made of nothing.

    python -m benchmarks.noop URL FOLDER SLOTS

A job may say how many ``segments`` it has (one), how many ``seconds`` each takes (none), and
their ``pool``. Segments of the pool ``remote`` are under way until FOLDER/go is there.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ttv import jobs
from ttv.jobs import Job, Outcome, Step

# Loaded as in a real worker, so that its memory is what a real worker's is.
from ttv.wiring.service import REMOTE_SLOTS
from ttv.worker import Options, Report, Worker, stop_on_signals

#: How often a remote segment is looked at, as an engine is polled.
_POLL_SECONDS: Final = 0.5


class Nothing:
    """Runs steps that leave nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._go = folder / "go"

    async def run(
        self,
        job: Job,
        step: Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: Report,
    ) -> Outcome:
        """Take as long as the job says, and name the steps that follow a plan."""
        del results, workspace
        report(0.5, step.name)
        if step.kind == "segment":
            await asyncio.sleep(job.request.get("seconds_each", 0))
        while step.pool == "remote" and not self._go.exists():  # noqa: ASYNC110 - as polled
            await asyncio.sleep(_POLL_SECONDS)
        return Outcome({}, steps=_film(job.request) if step.kind == "plan" else ())

    async def discard(self, job: Job) -> None:
        """Remove nothing, for nothing was left behind."""


def _film(request: Mapping[str, Any]) -> tuple[Step, ...]:
    """Give the steps of a film: keyframe, segments, film and delivery."""
    pool = request.get("pool", "cpu")
    segments = tuple(
        Step(f"segment-{number}", "segment", needs=("keyframe-1",), pool=pool)
        for number in range(1, request.get("segments", 1) + 1)
    )
    return (
        Step("keyframe-1", "keyframe", needs=("plan",)),
        *segments,
        Step("film", "film", needs=tuple(segment.name for segment in segments)),
        Step("delivery", "delivery", needs=("film",)),
    )


async def main(url: str, folder: Path, slots: int) -> None:
    """Work until SIGTERM."""
    stop = stop_on_signals()
    options = Options(
        name="noop", slots={"cpu": slots, "remote": REMOTE_SLOTS}, scratch=folder / "work"
    )
    async with jobs.opened(url) as opened:
        worker = Worker(opened, Nothing(folder), options=options, chance=random.Random(1))
        await worker.serve(stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
