"""Measure what requests cost the API, over the real stack: Valkey, Hypercorn, one API process.

    .venv/bin/python -m benchmarks.api [--quick] [--strict]

Prints the processor time that a request takes of the API process (and of Redis beside it) for
creating, reading and listing jobs, each with its ratio to a bare route of the same server in
the same run; the memory of a queued job; and 1,000 clients that follow jobs by server-sent
events. MONITOR shows every command that a listing sends to Redis.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Figures, percentile, resident_bytes
from benchmarks.stack import Stack, running
from benchmarks.wire import Answer, Wire, load
from ttv import jobs
from ttv.errors import Unavailable
from ttv.pipeline import opening_steps

PROMPT: Final = "a red fox runs through a snowy forest at night, number {}"
CONNECTIONS: Final = 8
#: Jobs that the clients follow, and what happens to each.
FOLLOWED: Final = 50
REPORTS: Final = 20
_COMMAND: Final = re.compile(r'\] "(\w+)"')


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    requests: int
    jobs: int
    lists: int
    clients: int


FULL: Final = Size(requests=3_000, jobs=100_000, lists=300, clients=1_000)
QUICK: Final = Size(requests=600, jobs=5_000, lists=100, clients=200)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small version of everything")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a bar is missed")
    options = parser.parse_args()
    figures = Figures()
    asyncio.run(measure(figures, QUICK if options.quick else FULL))
    return figures.status(strict=options.strict)


async def measure(figures: Figures, size: Size) -> None:
    async with running() as stack:
        bench = Bench(stack, figures, size)
        await bench.bare()
        await bench.create()
        await bench.get()
        await bench.fill()
        await bench.page()
        await bench.follow()


class Bench:
    """Measurements that build on one another."""

    def __init__(self, stack: Stack, figures: Figures, size: Size) -> None:
        self._stack = stack
        self._figures = figures
        self._size = size
        self._ask = stack.request
        self._bare_ms = 0.0
        self._made: list[str] = []

    async def bare(self) -> None:
        """Measure a route that does nothing, after all code was run once."""
        for path in ("/healthz", "/v1/jobs", "/v1/jobs/x"):
            await self._cost(always(self._ask("GET", path)), number=200)
        answers, self._bare_ms, _ = await self._cost(always(self._ask("GET", "/healthz")))
        self._check("GET /healthz: errors", answers, 200)
        self._figures.note(f"a bare route takes {self._bare_ms:.3f} ms of the API")

    async def create(self) -> None:
        """Measure the making of jobs."""
        await self._cost(self._order, number=200)
        before = await self._stack.used_bytes()
        answers, api_ms, redis_ms = await self._cost(self._order)
        after = await self._stack.used_bytes()
        self._check("create: errors", answers, 202)
        self._told("create", api_ms, redis_ms, bar=2.2)
        self._made = [json.loads(answer.body)["id"] for answer in answers if answer.status == 202]
        kib = (after - before) / len(answers) / 1024
        self._figures.note(f"a queued job takes {kib:.2f} KiB of Redis")

    async def get(self) -> None:
        """Measure the reading of jobs."""
        chance = random.Random(1)
        answers, api_ms, redis_ms = await self._cost(
            lambda _: self._ask("GET", f"/v1/jobs/{chance.choice(self._made)}")
        )
        self._check("get: errors", answers, 200)
        self._told("get", api_ms, redis_ms, bar=1.3)

    async def fill(self) -> None:
        """Make many jobs more, by the store of the service itself."""
        steps = [jobs.Step(step.name, step.kind) for step in opening_steps()]
        missing = iter(range(max(0, self._size.jobs - len(self._made))))

        async def make() -> None:
            for number in missing:
                with suppress(Unavailable):  # on a busy machine; one job less
                    await self._stack.jobs.store.create(
                        {"prompt": PROMPT.format(number), "seconds": 5.0}, steps=steps
                    )

        await asyncio.gather(*(make() for _ in range(CONNECTIONS)))

    async def page(self) -> None:
        """Measure pages of 100 jobs, the first ones and later ones, and what Redis sees of it."""
        pages = [b"" for _ in range(self._size.lists)]
        cursor = ""
        for number in range(len(pages)):
            pages[number] = self._ask("GET", f"/v1/jobs?limit=100{cursor}")
            if number % 10 == 9:
                one = always(pages[number])
                (answer,) = await load(self._stack.port, one, number=1, connections=1)
                cursor = f"&cursor={json.loads(answer.body)['next_cursor']}"
        commands = asyncio.create_task(self._monitor())
        await asyncio.sleep(0.2)
        answers, api_ms, redis_ms = await self._cost(
            pages.__getitem__, number=len(pages), connections=1
        )
        await asyncio.sleep(0.2)
        commands.cancel()
        seen = await commands
        self._check("list: errors", answers, 200)
        waits = [answer.seconds * 1000 for answer in answers]
        p99 = percentile(waits, 0.99)
        total = await self._stack.redis.zcard("ttv:jobs:local")
        beside = (
            f"median {percentile(waits, 0.5):.1f}, {api_ms:.2f} ms CPU, "
            f"Redis {redis_ms:.2f} ms, {api_ms / self._bare_ms:.1f} x bare"
        )
        self._figures.at_most(f"list 100 of {total:,} jobs: p99", p99, 50, "ms", beside=beside)
        self._figures.note(f"Redis saw {', '.join(sorted(seen))}")
        self._figures.none("list: KEYS or SCAN", sorted(seen & {"KEYS", "SCAN", "SORT"}))

    async def follow(self) -> None:
        """Measure clients that follow jobs while things happen to them."""
        followed = self._made[:FOLLOWED]
        before = resident_bytes(self._stack.api)
        wires: list[Wire] = []
        got: list[list[str]] = [[] for _ in range(self._size.clients)]
        readers: list[asyncio.Task[None]] = []
        for number in range(self._size.clients):
            job_id = followed[number % FOLLOWED]
            wires.append(wire := await Wire.open(self._stack.port))
            readers.append(asyncio.create_task(self._read(wire, job_id, got[number])))
            if number % CONNECTIONS == CONNECTIONS - 1:  # more at once would only wait
                async with asyncio.timeout(30):
                    while not all(got[: number + 1]):  # noqa: ASYNC110 - tasks of their own
                        await asyncio.sleep(0.001)
        idle = resident_bytes(self._stack.api)
        api, redis = self._stack.spent()
        await asyncio.gather(*(self._happen(job_id) for job_id in followed))
        async with asyncio.timeout(120):
            await asyncio.gather(*readers)
        api, redis = (
            now - then for now, then in zip(self._stack.spent(), (api, redis), strict=True)
        )
        for wire in wires:
            wire.close()
        told = {job_id: await self._journal(job_id) for job_id in followed}
        wrong = [
            f"client {number}: {len(ids)} of {len(told[followed[number % FOLLOWED]])} events"
            for number, ids in enumerate(got)
            if ids != told[followed[number % FOLLOWED]]
        ]
        events = sum(map(len, got))
        self._figures.none(f"{len(wires):,} SSE clients: gaps, doubles, disorder", wrong)
        self._figures.note(f"{(idle - before) / len(wires) / 1024:.1f} KiB of the API for a client")
        self._figures.note(f"{events:,} events sent, {api / events * 1e6:.0f} us CPU for each")

    def _order(self, number: int) -> bytes:
        """Write a request for a film, each another one."""
        return self._ask("POST", "/v1/jobs", prompt=PROMPT.format(number), seconds=5)

    async def _cost(
        self,
        requests: Callable[[int], bytes],
        *,
        number: int | None = None,
        connections: int = CONNECTIONS,
    ) -> tuple[Sequence[Answer], float, float]:
        """Send requests; gives the answers and the milliseconds of API and Redis for each."""
        number = number or self._size.requests
        api, redis = self._stack.spent()
        answers = await load(self._stack.port, requests, number=number, connections=connections)
        api_after, redis_after = self._stack.spent()
        return answers, (api_after - api) / number * 1000, (redis_after - redis) / number * 1000

    def _check(self, name: str, answers: Sequence[Answer], status: int) -> None:
        wrong = [f"{one.status} {one.body[:200]!r}" for one in answers if one.status != status]
        self._figures.none(name, wrong)

    def _told(self, name: str, api_ms: float, redis_ms: float, *, bar: float) -> None:
        beside = f"Redis {redis_ms:.2f} ms, {api_ms / self._bare_ms:.1f} x bare"
        self._figures.at_most(f"{name}: CPU of the API", api_ms, bar, "ms", beside=beside)

    async def _monitor(self) -> set[str]:
        """Name every command that Redis gets, until cancelled."""
        seen: set[str] = set()
        reader, writer = await asyncio.open_unix_connection(self._stack.url.removeprefix("unix://"))
        writer.write(b"MONITOR\r\n")
        try:
            while line := await reader.readline():
                if command := _COMMAND.search(line.decode(errors="replace")):
                    seen.add(command[1].upper())
        except asyncio.CancelledError:
            return seen
        finally:
            writer.close()
        return seen

    async def _read(self, wire: Wire, job_id: str, ids: list[str]) -> None:
        events = self._ask("GET", f"/v1/jobs/{job_id}/events", events=True)
        await wire.follow(events, ids.append)

    async def _happen(self, job_id: str) -> None:
        """Do a job's work as a worker would, up to the end of the job."""
        told = self._stack.jobs
        leases = jobs.Leases(told.connection, told.queue, told_every_seconds=0)
        claim = await leases.claim(f"{job_id}:1:plan", worker="bench")
        if claim is None:
            raise SystemExit(f"{job_id} cannot be claimed")
        delivery = jobs.Step("delivery", "delivery", needs=("plan",))
        await leases.settle(claim, jobs.Outcome({}, (delivery,)))
        claim = await leases.claim(f"{job_id}:1:delivery", worker="bench")
        if claim is None:
            raise SystemExit(f"{job_id} cannot be finished")
        for number in range(REPORTS):
            await leases.report(claim, fraction=number / REPORTS, message=f"Part {number}")
        await leases.settle(claim, jobs.Outcome({}))

    async def _journal(self, job_id: str) -> list[str]:
        tail = await self._stack.jobs.store.events(job_id, limit=1_000)
        return [event.id for event in tail.events]


def always(text: bytes) -> Callable[[int], bytes]:
    """Give the same request again and again."""
    return lambda _: text


if __name__ == "__main__":
    sys.exit(main())
