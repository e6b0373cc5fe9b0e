"""A real Valkey for the tests that need one: its own process, socket and folder."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from coredis import Redis

from tests.loops import BACKEND
from ttv import embedded, jobs, tether
from ttv.redis import Connection

#: The first step of most jobs here.
PLAN = jobs.Step("plan", "plan")


class Valkey:
    """A Valkey server that can be killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, *options: str) -> None:
        """Start the server and wait until it answers."""
        self.process = subprocess.Popen(
            tether.tied(
                str(embedded.binary()),
                *("--port", "0"),
                *("--unixsocket", str(self.socket)),
                *("--dir", str(self.folder)),
                *("--appendonly", "yes"),
                *("--appendfsync", "always"),
                *("--maxmemory-policy", "noeviction"),
                *("--save", ""),
                *options,
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while not self.socket.exists():
            assert self.process.poll() is None, "Valkey did not start"
            assert time.monotonic() < deadline, "Valkey did not open its socket"
            time.sleep(0.01)

    def kill(self) -> None:
        """End the server as a crash would."""
        self._end(signal.SIGKILL)
        self.socket.unlink(missing_ok=True)

    def stop(self) -> None:
        """End the server in order."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Stop the server from answering, without ending it."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        assert self.process
        os.kill(self.process.pid, signal.SIGCONT)

    def _end(self, sign: signal.Signals) -> None:
        if self.process:
            os.kill(self.process.pid, sign)
            self.process.wait(timeout=10)
            self.process = None


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One server for all tests that leave it running."""
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start("--appendfsync", "no")
    yield valkey
    valkey.stop()


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server for one test that may kill or freeze it."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
async def redis(shared_valkey: Valkey) -> AsyncIterator[Redis[str]]:
    """A client of the shared server, emptied."""
    async with Redis.from_url(shared_valkey.url, decode_responses=True) as client:
        await client.flushall()
        yield client


class Outbox:
    """A queue that only remembers what it was given."""

    def __init__(self) -> None:
        self.sent: list[jobs.Ticket] = []

    async def send(self, tickets: Sequence[jobs.Ticket]) -> None:
        self.sent += tickets

    def take(self) -> list[str]:
        """Give the ids sent since the last call."""
        ids = [ticket.step_id for ticket in self.sent]
        self.sent.clear()
        return ids


@dataclass(frozen=True)
class Shop:
    """A store and its workers' side, with a queue that delivers nothing by itself."""

    connection: Connection
    store: jobs.JobStore
    leases: jobs.Leases
    fleet: jobs.Fleet
    outbox: Outbox
    redis: Redis[str]

    async def order(self, *steps: jobs.Step) -> jobs.Job:
        """Make a job of these steps, or of a plan."""
        return (await self.store.create({"prompt": "a fox"}, steps=steps or [PLAN])).job

    async def claim(self, step_id: str, worker: str = "ann") -> jobs.Claim:
        claim = await self.leases.claim(step_id, worker=worker)
        assert claim
        return claim

    async def finish(self, step_id: str, *steps: jobs.Step) -> jobs.Advance:
        """Claim and settle a step whose outcome adds these steps."""
        claim = await self.claim(step_id)
        return await self.leases.settle(claim, jobs.Outcome({"made": claim.step.name}, steps))

    async def sweep(self, *, expire: bool = True) -> jobs.Sweep:
        """Sweep, whoever did it last."""
        await self.redis.delete(["ttv:sweeper"])
        return await self.leases.sweep(worker="ann", every_seconds=1, expire=expire)

    async def end_lease(self, claim: jobs.Claim) -> None:
        """Let a lease be long over, as if its worker had been silent."""
        await self.redis.zadd("ttv:leases", {str(claim.step_id): 1})


@pytest.fixture
async def shop(shared_valkey: Valkey, redis: Redis[str]) -> AsyncIterator[Shop]:
    outbox = Outbox()
    async with jobs.connect(shared_valkey.url) as connection:
        fleet = jobs.Fleet(connection)
        await fleet.beat(jobs.WorkerCard("ann", {"cpu": 50}))
        yield Shop(
            connection=connection,
            store=jobs.JobStore(connection, outbox),
            leases=jobs.Leases(connection, outbox, told_every_seconds=0),
            fleet=fleet,
            outbox=outbox,
            redis=redis,
        )
