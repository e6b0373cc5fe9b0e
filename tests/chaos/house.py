"""The world of one trial: a folder, a database, workers that can be killed, and what they left."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import httpx
from coredis import Redis

from tests.acceptance.commands import alive, descendants
from tests.chaos.forge import Forge, Hand
from tests.chaos.studio import opening
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import Unavailable
from ttv.jobs import Event, Job, State, StepState
from ttv.redis import answering

_Answer = TypeVar("_Answer")

#: A film of two segments; and the steps at which trials interrupt it.
FILM: Final[Mapping[str, Any]] = {"prompt": "a fox", "segments": 2}
STEPS: Final = ("plan", "keyframe-1", "segment-1", "film", "delivery")
#: Seconds without a sign of life after which a worker's step goes to another.
LEASE: Final = 1.0
#: What a job may take beyond the lease to go on after its worker was killed (CONVENTIONS.md).
RESUME: Final = LEASE + 5


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in a film something happens."""

    step: str
    #: False: its child is at work. True: its result is stored, and not yet written down.
    late: bool

    def __str__(self) -> str:
        return f"{'after' if self.late else 'in'} {self.step}"

    @property
    def hold(self) -> str:
        """Name the file that stops the film there."""
        return f"{'late' if self.late else 'hold'}-{self.step}"


#: Every stage, and what lies between them.
MOMENTS: Final = tuple(Moment(step, late) for step in STEPS for late in (False, True))


@dataclass
class House:
    """Everything that one trial touches."""

    url: str
    folder: Path
    jobs: jobs.Jobs
    forge: Forge
    lease: float = LEASE
    hands: list[Hand] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, folder: Path, forge: Forge) -> AsyncIterator[House]:
        """Open an empty house; whoever still works there when it closes is killed."""
        folder.mkdir(parents=True, exist_ok=True)
        async with Redis.from_url(url, decode_responses=True) as plain:
            await plain.flushdb()
        async with AsyncExitStack() as stack:
            opened = await patient(
                lambda: stack.enter_async_context(
                    jobs.opened(url, lease_seconds=LEASE, idle_seconds=0.5)
                )
            )
            house = cls(url, folder, opened, forge)
            try:
                yield house
            finally:
                for hand in house.hands:
                    if not hand.ended:
                        end_all(tree(hand.pid))
                    hand.close()

    def worker(self, name: str, *, slots: int = 1) -> Hand:
        """Start a worker of the studio."""
        return self.start("studio", name, name=name, lease=self.lease, slots=slots)

    def start(self, role: str, log: str, **arguments: str | float) -> Hand:
        """Start a process of a role; a URL among the arguments is not that of the house."""
        given = {"url": self.url, "folder": str(self.folder), **arguments}
        hand = self.forge.start(role, log=self.folder / f"{log}.log", **given)
        self.hands.append(hand)
        return hand

    @staticmethod
    async def answers(port: int, api: Hand) -> None:
        """Wait until an API takes requests."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def ready() -> bool:
                assert not api.ended, api.log.read_text()
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(ready, seconds=30)

    async def ids(self) -> set[str]:
        """Name every job of the listing."""

        async def ask() -> set[str]:
            found: set[str] = set()
            cursor = None
            while True:
                page = await self.jobs.store.list(limit=100, cursor=cursor)
                found |= {job.id for job in page.jobs}
                if (cursor := page.cursor) is None:
                    return found

        return await patient(ask)

    @asynccontextmanager
    async def crew(self, count: int, *, slots: int = 1) -> AsyncIterator[dict[str, Hand]]:
        """Have workers that are started again when they end, as the supervisor does it."""
        starts = itertools.count(1)
        crew = {
            f"place-{place}": self.worker(f"{next(starts)}", slots=slots) for place in range(count)
        }

        async def replace() -> None:
            while True:
                for place, hand in crew.items():
                    if hand.ended:
                        crew[place] = self.worker(f"{next(starts)}", slots=slots)
                await asyncio.sleep(0.02)

        replacing = asyncio.create_task(replace())
        try:
            yield crew
        finally:
            replacing.cancel()

    async def count(self, *states: State) -> int:
        """Count the jobs that are in one of these states."""
        redis = self.jobs.connection.redis

        async def ask() -> int:
            with answering():
                return sum([await redis.zcard(f"ttv:jobs:local:{state}") for state in states])

        return await patient(ask)

    async def order(self, request: Mapping[str, Any]) -> Job:
        """Accept a job."""
        key = uuid4().hex
        made = await patient(
            lambda: self.jobs.store.create(request, steps=opening(), idempotency_key=key)
        )
        return made.job

    async def seen(self, job: Job) -> Job:
        """Read a job as it is now."""
        return await patient(lambda: self.jobs.store.get(job.id))

    async def running(self, job: Job, step: str) -> dict[str, Any]:
        """Wait until the child of a step is at work, and give what it noted."""

        def begun() -> list[dict[str, Any]]:
            notes = self.notes("begin", job=job.id)
            return [note for note in notes if note["step"] == step and alive(note["child"])]

        await eventually(lambda: bool(begun()), seconds=30)
        return begun()[-1]

    async def reached(self, job: Job, step: str, state: StepState) -> Job:
        """Wait until a step is in a state."""

        async def there() -> bool:
            nonlocal job
            job = await self.seen(job)
            return any(one.name == step and one.state is state for one in job.steps)

        await eventually(there, seconds=30)
        return job

    async def stopped_at(self, moment: Moment, request: Mapping[str, Any]) -> Job:
        """Make a film until a moment; its hold is still there."""
        self.mark(moment.hold)
        job = await self.order(request)
        job = await self.reached(job, moment.step, StepState.RUNNING)
        if moment.late:
            await eventually(lambda: moment.step in self.made(), seconds=30)
        else:
            await self.running(job, moment.step)
        return job

    def let_go(self, moment: Moment) -> None:
        """Let the film go on, for whoever makes it now."""
        (self.folder / moment.hold).unlink()

    async def over(self, job: Job, *, seconds: float = 60) -> Job:
        """Wait until nothing can follow for a job."""

        async def ended() -> bool:
            nonlocal job
            job = await self.seen(job)
            return job.state.terminal

        await eventually(ended, seconds=seconds)
        return job

    async def events(self, job: Job) -> tuple[Event, ...]:
        """Give a job's whole journal."""
        return (await patient(lambda: self.jobs.store.events(job.id, limit=10_000))).events

    def mark(self, name: str) -> Path:
        """Make a file that the studio looks for: ``hold-<step>``, ``late-<step>``."""
        file = self.folder / name
        file.touch()
        return file

    def notes(self, what: str, **facts: str) -> list[dict[str, Any]]:
        """Read the diary."""
        diary = self.folder / "diary.log"
        lines = diary.read_text().splitlines() if diary.exists() else []
        notes = [json.loads(line) for line in lines]
        return [note for note in notes if {**note, **facts, "what": what} == note]

    def scratch(self, job: Job) -> list[Path]:
        """List the folders of a job's running steps."""
        return list((self.folder / "work").glob(f"{job.id}/*"))

    def made(self) -> set[str]:
        """Name the steps whose result is stored."""
        return {data.decode() for data in self.stored().values()}

    def stored(self) -> dict[str, bytes]:
        """Read what the artifact store holds."""
        root = self.folder / "artifacts" / "steps"
        return {path.name: path.read_bytes() for path in root.glob("*")}


async def patient(ask: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """Ask again while a busy machine keeps Redis from answering in time; to ask twice is safe."""
    for _ in range(20):
        with suppress(Unavailable):
            return await ask()
    return await ask()


def tree(pid: int) -> tuple[int, ...]:
    """Name a process and all below it."""
    return (pid, *descendants(pid))


def end_all(pids: Iterable[int]) -> None:
    """Kill processes that a test has started, as a crash of the machine would."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


async def ended(pids: Iterable[int], *, seconds: float) -> float:
    """Wait until processes are gone, and tell how long it took."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    await eventually(lambda: not any(alive(pid) for pid in pids), seconds=seconds)
    return loop.time() - started
