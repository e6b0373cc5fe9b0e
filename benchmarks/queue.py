"""Measure the queue with films that are made of nothing, over the real stack and a real worker.

    .venv/bin/python -m benchmarks.queue [--quick] [--strict] [--only film burst remote fairness]

Prints the time of a film from its POST to its end and of a step from ready to claimed, films a
second with one worker, the memory of a worker with 1,000 remote segments under way, and how long
a tenant with ten jobs waits beside one with 10,000.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.figures import Figures, cpu_seconds, percentile, resident_bytes
from benchmarks.stack import Stack, running
from benchmarks.wire import Wire, load
from ttv import jobs, tether

SLOTS: Final = 2
PLAN: Final = jobs.Step("plan", "plan")
#: In the comparison of tenants a segment takes long enough to be felt.
SEGMENT_SECONDS: Final = 0.05
FEW: Final = 10


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    films: int
    burst: int
    remote: int
    backlog: int


FULL: Final = Size(films=50, burst=500, remote=1_000, backlog=10_000)
QUICK: Final = Size(films=15, burst=100, remote=200, backlog=1_000)


def main() -> int:
    parts = {"film": film, "burst": burst, "remote": remote, "fairness": fairness}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small version of everything")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    options = parser.parse_args()
    figures = Figures()
    for name in options.only:
        asyncio.run(_part(parts[name], figures, QUICK if options.quick else FULL))
    return figures.status(strict=options.strict)


Part = Callable[[Stack, Figures, Size], Awaitable[None]]


async def _part(part: Part, figures: Figures, size: Size) -> None:
    async with running() as stack:
        await part(stack, figures, size)


async def film(stack: Stack, figures: Figures, size: Size) -> None:
    """Measure one film after another on an idle service."""
    order = stack.request("POST", "/v1/jobs", prompt="nothing")
    seconds, waits = [], []
    async with working(stack):
        for number in range(size.films + 3):
            began = time.perf_counter()
            (answer,) = await load(stack.port, lambda _: order, number=1, connections=1)
            job_id = json.loads(answer.body)["id"]
            wire = await Wire.open(stack.port)
            events = stack.request("GET", f"/v1/jobs/{job_id}/events", events=True)
            await wire.follow(events, lambda _: None)
            wire.close()
            if number >= 3:  # the first ones warm up
                seconds.append(time.perf_counter() - began)
                waits += await step_waits(stack, job_id)
    median = statistics.median(seconds) * 1000
    p95 = f"p95 {percentile(seconds, 0.95) * 1000:.0f} ms, 5 steps each"
    figures.at_most("no-op film, POST to finished: median", median, 250, "ms", beside=p95)
    figures.note(
        f"a step is claimed {statistics.median(waits):.0f} ms after it got ready "
        f"(median; p95 {percentile(waits, 0.95):.0f} ms)"
    )


async def burst(stack: Stack, figures: Figures, size: Size) -> None:
    """Measure how many films a second one worker makes."""
    await ordered(stack, size.burst)
    async with working(stack) as pid:
        began, spent, redis = time.perf_counter(), cpu_seconds(pid), stack.spent()[1]
        await finished(stack, size.burst)
        seconds = time.perf_counter() - began
        cpu = (cpu_seconds(pid) - spent) / size.burst * 1000
        redis = (stack.spent()[1] - redis) / size.burst * 1000
    beside = f"CPU of a film: worker {cpu:.1f} ms, Redis {redis:.1f} ms"
    figures.at_least(
        "no-op films a second, one worker", size.burst / seconds, 20, "/s", beside=beside
    )


async def remote(stack: Stack, figures: Figures, size: Size) -> None:
    """Measure a worker that waits for many remote segments."""
    count = size.remote // 50
    await ordered(stack, count, segments=50, pool="remote")
    async with working(stack) as pid:
        began = time.perf_counter()
        async with asyncio.timeout(300):
            while await stack.jobs.store.active() < size.remote:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        seconds = time.perf_counter() - began
        spent = cpu_seconds(pid)
        await asyncio.sleep(10)
        busy = (cpu_seconds(pid) - spent) / 10
        mib = resident_bytes(pid) / 2**20
        (stack.folder / "go").touch()
        await finished(stack, count)
    beside = f"{seconds:.1f} s to get there, then {busy:.0%} of a core"
    figures.at_most(f"{size.remote:,} remote segments: worker", mib, 300, "MB", beside=beside)


async def fairness(stack: Stack, figures: Figures, size: Size) -> None:
    """Measure a tenant with few jobs, alone and beside one with many."""
    alone = await few(stack)
    await ordered(stack, size.backlog, tenant="many", seconds_each=SEGMENT_SECONDS)
    crowded = await few(stack)
    for wait in ("begin", "end"):
        before, beside = (statistics.median(waits[wait]) for waits in (alone, crowded))
        figures.at_most(
            f"few jobs beside {size.backlog:,}, wait to their {wait}",
            beside / before,
            2,
            "x alone",
            beside=f"median {beside:.0f} ms, alone {before:.0f} ms",
        )


async def few(stack: Stack) -> Mapping[str, Sequence[float]]:
    """Order few jobs of one tenant while a worker is busy; give their waits in milliseconds."""
    async with working(stack):
        await asyncio.sleep(3)
        made = await ordered(stack, FEW, tenant="few", seconds_each=SEGMENT_SECONDS)
        await finished(
            stack, len((await stack.jobs.store.list("few", limit=100)).jobs), tenant="few"
        )
        done = [await stack.jobs.store.get(job_id) for job_id in made]
    return {
        "begin": [(job.started_at or 0) - job.created_at for job in done],
        "end": [(job.finished_at or 0) - job.created_at for job in done],
    }


@asynccontextmanager
async def working(stack: Stack) -> AsyncIterator[int]:
    """Run a worker for a block; gives its process id when it is ready."""
    process = await asyncio.create_subprocess_exec(
        *tether.tied(sys.executable, "-m", "benchmarks.noop"),
        *(stack.url, str(stack.folder), str(SLOTS)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await stack.jobs.fleet.workers():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def ordered(stack: Stack, count: int, *, tenant: str = "local", **wish: Any) -> list[str]:
    """Make jobs, and give their ids."""

    async def make(share: int) -> list[str]:
        made = [
            await stack.jobs.store.create(wish, steps=[PLAN], tenant=tenant) for _ in range(share)
        ]
        return [one.job.id for one in made]

    shares = [count // 8 + (number < count % 8) for number in range(8)]
    return [job_id for some in await asyncio.gather(*map(make, shares)) for job_id in some]


async def finished(stack: Stack, count: int, *, tenant: str = "local") -> None:
    """Wait until so many jobs of a tenant are finished."""
    async with asyncio.timeout(600):
        while await stack.redis.zcard(f"ttv:jobs:{tenant}:finished") < count:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def step_waits(stack: Stack, job_id: str) -> list[float]:
    """Give the milliseconds from each step's being ready to its being claimed.

    A step of these films gets ready when the one before it is done.
    """
    events = (await stack.jobs.store.events(job_id, limit=1_000)).events
    marks = [event for event in events if event.kind in _MARKS]
    at = [int(event.id.partition("-")[0]) for event in marks]
    return [
        at[number] - at[number - 1]
        for number, event in enumerate(marks)
        if number and event.kind is not jobs.EventKind.DONE
    ]


_MARKS: Final = frozenset(
    {
        jobs.EventKind.CREATED,
        jobs.EventKind.STARTED,
        jobs.EventKind.CLAIMED,
        jobs.EventKind.DONE,
    }
)


if __name__ == "__main__":
    sys.exit(main())
