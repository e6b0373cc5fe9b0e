"""Redis killed, robbed of its last second, or frozen, while jobs are accepted and made."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from coredis import Redis

from tests.acceptance.commands import free_port
from tests.chaos.conftest import Figures
from tests.chaos.forge import Forge, Hand
from tests.chaos.house import FILM, LEASE, MOMENTS, House, Moment
from tests.chaos.trials import PATIENCE, TRIALS, tried
from tests.integration.conftest import Valkey
from tests.integration.waiting import eventually
from ttv.jobs import State

pytestmark = pytest.mark.anyio

#: Seconds of writes that ``everysec`` may lose with the power.
_LOST = 1.0
#: Seconds in which jobs are accepted before the power goes, and between two of them.
_BUSY = 2.0
_PACE = 0.03


@dataclass(frozen=True, slots=True)
class _Outage:
    """What a loss of power did to the jobs that were accepted before it."""

    accepted: int
    #: Those that the file of Redis did not hold any more.
    forgotten: int
    #: Those that the API says it has made again.
    told: int
    #: Those that are not there in the end.
    lost: int
    finished: int


@pytest.mark.parametrize("sync", ["everysec", "always"])
async def test_a_job_that_was_accepted_outlives_a_loss_of_power(
    forge: Forge, tmp_path: Path, figures: Figures, sync: str
) -> None:
    async def trial(number: int, _lane: int) -> _Outage:
        server = Valkey(tmp_path / f"valkey-{number}")
        server.folder.mkdir()
        try:
            return await _outage(server, tmp_path / f"trial-{number}", forge, sync)
        finally:
            server.stop()

    ends = await tried(range(TRIALS.power_loss), trial, at_once=2)

    figures(
        f"loss of power, appendfsync {sync}",
        trials=len(ends),
        accepted=sum(end.accepted for end in ends),
        forgotten_by_redis=sum(end.forgotten for end in ends),
        told_in_the_log=sum(end.told for end in ends),
        lost=sum(end.lost for end in ends),
        finished=sum(end.finished for end in ends),
    )
    assert all(end.accepted for end in ends)
    assert [end.forgotten > 0 for end in ends] == [sync == "everysec"] * len(ends)
    assert [end.told for end in ends] == [end.forgotten for end in ends]
    assert sum(end.lost for end in ends) == 0
    assert [end.finished for end in ends] == [end.accepted for end in ends]


async def _outage(server: Valkey, tmp: Path, forge: Forge, sync: str) -> _Outage:
    server.start("--appendfsync", sync)
    async with (
        House.opened(server.url, tmp / "house", forge) as house,
        _counter(house) as (api, client),
    ):
        journal = _Journal(server)
        accepted: set[str] = set()
        end = time.monotonic() + _BUSY
        while time.monotonic() < end:
            journal.note()
            accepted.add(await _create(client))
            await asyncio.sleep(_PACE)
        server.kill()
        if sync == "everysec":
            journal.cut(_LOST)
        forgotten = accepted - await _kept(server, tmp)
        server.start("--appendfsync", sync)
        await eventually(lambda: bool(api.said("redis.restarted")), seconds=30)
        house.worker("ann", slots=4)
        await eventually(lambda: _all_over(house), seconds=PATIENCE)
        lost = accepted - await house.ids()
        told = {str(line["job_id"]) for line in api.said("job.restored")}
        return _Outage(
            len(accepted),
            forgotten=len(forgotten),
            told=len(told & accepted),
            lost=len(lost),
            finished=await house.count(State.FINISHED),
        )


class _Journal:
    """Knows how long the append-only file was some time ago: so much a disk has for certain."""

    def __init__(self, server: Valkey) -> None:
        self._folder = server.folder / "appendonlydir"
        self._sizes: deque[tuple[float, int]] = deque()

    def note(self) -> None:
        """Note how long the file is now."""
        self._sizes.append((time.monotonic(), self._file.stat().st_size))

    def cut(self, seconds: float) -> None:
        """Take away what was written in the last seconds before the last note."""
        last, _ = self._sizes[-1]
        kept = [size for at, size in self._sizes if at <= last - seconds]
        with self._file.open("r+b") as file:
            file.truncate(kept[-1])

    @property
    def _file(self) -> Path:
        (file,) = self._folder.glob("*.incr.aof")
        return file


async def _kept(server: Valkey, tmp: Path) -> set[str]:
    """Name the jobs in the file of a server that is down, by way of one that nobody else knows."""
    twin = Valkey(tmp / "twin")
    await asyncio.to_thread(shutil.copytree, server.folder, twin.folder)
    twin.start()
    try:
        async with Redis.from_url(twin.url, decode_responses=True) as client:
            return set(await client.zrange("ttv:jobs:local", 0, -1))
    finally:
        twin.stop()


@asynccontextmanager
async def _counter(house: House) -> AsyncIterator[tuple[Hand, httpx.AsyncClient]]:
    """Run an API, with a client of it."""
    port = free_port()
    api = house.start("api", "api", port=port)
    await house.answers(port, api)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield api, client


async def _create(client: httpx.AsyncClient) -> str:
    answer = await client.post("/v1/jobs", json={"prompt": f"a fox {uuid4().hex}"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def _all_over(house: House) -> bool:
    return await house.count(State.QUEUED, State.STARTED) == 0


async def test_work_goes_on_when_redis_was_frozen_past_every_lease(
    forge: Forge, tmp_path: Path, figures: Figures
) -> None:
    count = iter(range(1_000_000))

    async def trial(moment: Moment, _lane: int) -> tuple[State, int, int]:
        folder = tmp_path / f"trial-{next(count)}"
        server = Valkey(folder / "valkey")
        server.folder.mkdir(parents=True)
        server.start("--appendfsync", "no")
        try:
            async with House.opened(server.url, folder / "house", forge) as house:
                return await _frozen(server, house, moment)
        finally:
            server.thaw()
            server.stop()

    ends = await tried(MOMENTS * TRIALS.frozen, trial, at_once=5)

    figures(
        "Redis frozen past every lease",
        trials=len(ends),
        finished=sum(state is State.FINISHED for state, _, _ in ends),
        made_again=sum(again for _, again, _ in ends),
        paid_again=sum(paid for _, _, paid in ends),
    )
    assert {state for state, _, _ in ends} == {State.FINISHED}
    assert sum(again for _, again, _ in ends) == 0
    assert sum(paid for _, _, paid in ends) == 0


async def _frozen(server: Valkey, house: House, moment: Moment) -> tuple[State, int, int]:
    """Freeze Redis in the middle of a step; tell what was begun or paid more than once."""
    house.worker("ann")
    house.worker("bob")
    job = await house.stopped_at(moment, FILM)
    server.freeze()
    await asyncio.sleep(1.5 * LEASE)
    server.thaw()
    house.let_go(moment)
    job = await house.over(job)
    begun = house.notes("begin")
    charges = house.notes("charge")
    again = len(begun) - len({note["step"] for note in begun})
    return job.state, again, len(charges) - len({charge["address"] for charge in charges})
