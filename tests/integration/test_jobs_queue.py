"""What any queue engine must do; the store and the workers rely on this and no more."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from coredis import Redis

from tests.integration.conftest import Valkey
from ttv.errors import Unavailable
from ttv.jobs import StepQueue, Ticket, connect

pytestmark = pytest.mark.anyio

IDLE = 0.6


@dataclass
class Bench:
    """A worker of one pool, whose handlers wait until they are told to go on."""

    queue: StepQueue
    pool: str = "cpu"
    slots: int = 2
    name: str = "ann"
    runs: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, step_id: str) -> None:
        await self._note(step_id, 1)
        await self.go.wait()
        await self._note(None, -1)

    async def _note(self, step_id: str | None, change: int) -> None:
        async with self.changed:
            self.runs += [step_id] if step_id else []
            self.running += change
            self.most = max(self.most, self.running)
            self.changed.notify_all()

    async def ran(self, count: int, *, running: int | None = None) -> None:
        """Wait until that many deliveries were made, and so many of them run."""
        async with asyncio.timeout(30), self.changed:
            await self.changed.wait_for(
                lambda: len(self.runs) == count and running in {None, self.running}
            )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[asyncio.Task[None]]:
        work = asyncio.create_task(
            self.queue.run(
                self.handle, pool=self.pool, slots=self.slots, worker=self.name, stop=self.stop
            )
        )
        try:
            yield work
        finally:
            self.go.set()
            self.stop.set()
            await asyncio.wait([work])


def tickets(*ids: str, pool: str = "cpu", turn: str = "1") -> list[Ticket]:
    return [Ticket(step_id, pool, turn) for step_id in ids]


@pytest.fixture
async def queue(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[StepQueue]:
    async with (
        connect(shared_valkey.url) as connection,
        StepQueue(connection, idle_seconds=IDLE) as queue,
    ):
        yield queue


async def test_steps_reach_the_workers_of_their_pool_only(queue: StepQueue) -> None:
    await queue.send([*tickets("a", pool="remote"), *tickets("b", pool="cpu")])
    local, remote = Bench(queue), Bench(queue, pool="remote", name="bob")
    async with local.open(), remote.open():
        await local.ran(1)
        await remote.ran(1)
    assert (local.runs, remote.runs) == (["b"], ["a"])


async def test_no_more_steps_run_than_there_are_slots(queue: StepQueue) -> None:
    await queue.send(tickets("a", "b", "c", "d", "e"))
    bench = Bench(queue)
    async with bench.open():
        await bench.ran(2)
        bench.go.set()
        await bench.ran(5)
    assert (sorted(bench.runs), bench.most) == (["a", "b", "c", "d", "e"], 2)


async def test_a_step_that_waits_behind_a_long_one_goes_to_a_free_worker(
    queue: StepQueue,
) -> None:
    busy, free = Bench(queue, slots=1), Bench(queue, slots=1, name="bob")
    await queue.send(tickets("long"))
    async with busy.open():
        await busy.ran(1)
        await queue.send(tickets("short"))
        async with free.open():
            await free.ran(1)
    assert (busy.runs, free.runs) == (["long"], ["short"])


async def test_a_step_sent_twice_before_it_was_handled_runs_once(queue: StepQueue) -> None:
    bench = Bench(queue)
    await queue.send(tickets("a"))
    await queue.send(tickets("a", "b"))
    async with bench.open():
        await bench.ran(2)
    assert sorted(bench.runs) == ["a", "b"]


async def test_a_step_can_be_sent_again_once_it_was_handled(queue: StepQueue) -> None:
    bench = Bench(queue)
    bench.go.set()
    async with bench.open():
        await queue.send(tickets("a"))
        await bench.ran(1, running=0)
        for _ in range(100):  # the handler returned; the engine takes note a moment later
            await queue.send(tickets("a"))
            if len(bench.runs) == 2:
                break
            await asyncio.sleep(0.01)
    assert bench.runs == ["a", "a"]


async def test_a_step_longer_than_the_idle_time_runs_once(queue: StepQueue) -> None:
    holder, other = Bench(queue, slots=1), Bench(queue, slots=1, name="bob")
    await queue.send(tickets("long"))
    async with holder.open():
        await holder.ran(1)
        async with other.open():
            await asyncio.sleep(4 * IDLE)
            await queue.send(tickets("next"))
            await other.ran(1)
    assert (holder.runs, other.runs) == (["long"], ["next"])


#: Takes a step of the server at argv[1], says so and never returns.
DYING = f"""
import asyncio, sys
from ttv.jobs import StepQueue, connect

async def hold(step_id):
    print(step_id, flush=True)
    await asyncio.sleep(3600)

async def main():
    queue = StepQueue(connect(sys.argv[1]), idle_seconds={IDLE})
    await queue.run(hold, pool="cpu", slots=2, worker="dying", stop=asyncio.Event())

asyncio.run(main())
"""


async def test_a_step_of_a_worker_that_died_goes_to_another(
    queue: StepQueue, shared_valkey: Valkey
) -> None:
    await queue.send(tickets("a"))
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING, shared_valkey.url, stdout=asyncio.subprocess.PIPE
    )
    assert dying.stdout
    assert await dying.stdout.readline() == b"a\n"
    dying.kill()
    await dying.wait()
    heir = Bench(queue)
    async with heir.open():
        await heir.ran(1)
    assert heir.runs == ["a"]


async def test_stopping_lets_running_handlers_end_and_leaves_the_rest_to_others(
    queue: StepQueue,
) -> None:
    leaving, heir = Bench(queue, slots=1), Bench(queue, slots=1, name="bob")
    await queue.send(tickets("a", "b"))
    async with leaving.open() as work:
        await leaving.ran(1)
        leaving.stop.set()
        async with heir.open():
            await heir.ran(1)
            assert not work.done()
            leaving.go.set()
            await asyncio.wait_for(work, 5)
    assert sorted(leaving.runs + heir.runs) == ["a", "b"]


async def test_fetching_goes_on_after_a_restart_of_redis_while_a_long_step_runs(
    own_valkey: Valkey,
) -> None:
    async with (
        connect(own_valkey.url) as connection,
        StepQueue(connection, idle_seconds=IDLE) as queue,
    ):
        bench = Bench(queue)
        await queue.send(tickets("long"))
        async with bench.open():
            await bench.ran(1)
            own_valkey.kill()
            with pytest.raises(Unavailable):
                await queue.send(tickets("early"))
            own_valkey.start()
            await queue.send(tickets("next"))
            async with asyncio.timeout(30), bench.changed:
                await bench.changed.wait_for(lambda: "next" in bench.runs)
            assert bench.runs.count("long") <= 2
            assert bench.running == 2


async def test_workers_that_are_long_gone_leave_nothing(
    shared_valkey: Valkey, redis: Redis[str]
) -> None:
    async def known() -> set[object]:
        found = await redis.xinfo_consumers("streaq:ttv:queues:cpu", "workers")
        return {one["name"] for one in found}

    async with (
        connect(shared_valkey.url) as connection,
        StepQueue(connection, idle_seconds=IDLE, gone_seconds=0.05) as queue,
    ):
        for number, name in enumerate(("ann", "bob", "eve")):
            bench = Bench(queue, name=name)
            async with bench.open():
                await queue.send(tickets(f"step-{number}"))
                await bench.ran(1)
                bench.go.set()
                await bench.ran(1, running=0)
            await asyncio.sleep(0.1)

    assert await known() == {"eve"}
