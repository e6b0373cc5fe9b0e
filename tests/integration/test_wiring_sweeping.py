from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from coredis import Redis

from tests.integration.conftest import Valkey
from tests.integration.waiting import eventually
from tests.unit.pipeline.desk import ADDRESS, PRICE
from ttv import jobs
from ttv.artifacts.disk import Disk
from ttv.errors import Unavailable
from ttv.jobs import Job, Outcome, Step
from ttv.observability import WorkerMetrics
from ttv.pipeline import Kind, Pipeline, Purchase
from ttv.pipeline._cache import Cache, folder
from ttv.pipeline._ledger import Ledger
from ttv.pipeline._step import Result
from ttv.settings import Settings
from ttv.wiring.places import destination, home
from ttv.wiring.retention import Retention, What
from ttv.wiring.sweeping import Removed, Sweeper, look, swept_beside

pytestmark = pytest.mark.anyio

DAY = 86_400.0
MONTH = Retention(film=30 * DAY, step=30 * DAY)
STEPS = (
    Step("plan", "plan"),
    Step("segment-1", "segment", needs=("plan",)),
    Step("delivery", "delivery", needs=("segment-1",)),
)
NAMES = ("film.mp4", "manifest.json")


@dataclass
class House:
    """A service with a store, in which time can pass."""

    opened: jobs.Jobs
    store: Disk
    folder: Path
    numbers: random.Random = field(default_factory=lambda: random.Random(1))

    def sweeper(self, retention: Retention = MONTH, *, dry: bool = False) -> Sweeper:
        makes = Pipeline({}, {}, {}, self.store)
        return Sweeper(makes, self.opened.census, retention, dry)

    async def sweep(self, retention: Retention = MONTH, *, dry: bool = False) -> dict[What, int]:
        swept = await self.sweeper(retention, dry=dry).sweep()
        return {what: swept[what].files for what in What if swept[what].files}

    async def age(self, days: float) -> None:
        """Let all that is there, and the ends of all jobs, be so many days older."""
        for path in (self.folder / "store").rglob("*.*"):
            if path.is_file():
                time = path.stat().st_mtime - days * DAY
                os.utime(path, (time, time))
        redis = self.opened.connection.redis
        for key in await redis.keys("ttv:job:*"):
            if ended := await redis.type(key) == "hash" and await redis.hget(key, "finished_at"):
                await redis.hset(key, {"finished_at": round(int(ended) - days * DAY * 1000)})

    async def put(self, key: str, text: str = "a film") -> None:
        path = self.folder / "source"
        path.write_text(text)
        await self.store.put(key, path, content_type="text/plain")

    async def keys(self, prefix: str) -> set[str]:
        return {listed.key async for listed in self.store.listed(prefix)}

    async def result(self, kind: Kind, digest: str) -> Result:
        """Leave the result of a step in the store."""
        path = self.folder / "clip.mp4"
        path.write_text(digest)
        return await Cache(self.store).keep(kind, Result(digest), {"clip": path})

    async def job(self) -> Job:
        return (await self.opened.store.create({}, steps=STEPS)).job

    async def settle(self, job: Job, name: str, result: dict[str, Any]) -> Job:
        claim = await self.opened.leases.claim(job.step_id(name), worker="ann")
        assert claim
        await self.opened.leases.settle(claim, Outcome(result))
        return await self.opened.store.get(job.id)

    async def begin(self, job: Job) -> tuple[Result, Job]:
        """Make the steps of a job up to its delivery; give what the segment made."""
        await self.settle(job, "plan", (await self.result(Kind.PLAN, "a" * 64)).to_json())
        made = await self.result(Kind.SEGMENT, f"{self.numbers.randrange(16**64):064x}")
        return made, await self.settle(job, "segment-1", made.to_json())

    async def deliver(self, job: Job, *names: str) -> dict[str, Any]:
        """Put the film of a job's attempt at its place; give the result of that."""
        for name in names or NAMES:
            await self.put(f"{destination(job)}/{name}")
        film = {"key": f"{destination(job)}/film.mp4"}
        return {"files": {"film": film}}

    async def finish(self, job: Job) -> Job:
        return await self.settle(job, "delivery", await self.deliver(job))

    async def finished(self) -> Job:
        """Make a whole film."""
        _, job = await self.begin(await self.job())
        return await self.finish(job)


@pytest.fixture
async def house(shared_valkey: Valkey, redis: Redis[str], tmp_path: Path) -> AsyncIterator[House]:
    async with jobs.opened(shared_valkey.url) as opened, Disk(tmp_path / "store") as store:
        await opened.fleet.beat(jobs.WorkerCard("ann", {"cpu": 50}))
        yield House(opened, store, tmp_path)


async def test_a_film_goes_after_its_days_and_its_record_stays(house: House) -> None:
    job = await house.finished()
    await house.age(29)
    assert await house.sweep() == {}
    await house.age(2)
    before = await house.keys("films")
    assert (await house.sweep(dry=True))[What.FILM] == 2
    assert await house.keys("films") == before

    assert (await house.sweep())[What.FILM] == 2

    assert await house.keys("films") == set()
    job = await house.opened.store.get(job.id)
    assert job.state is jobs.State.FINISHED
    assert job.result


async def test_for_ever_is_the_default(house: House) -> None:
    await house.finished()
    await house.age(30_000)
    assert await house.sweep(Retention.of(Settings())) == {}


async def test_a_result_goes_when_nobody_can_have_found_it_for_a_day(house: House) -> None:
    made, job = await house.begin(await house.job())
    await house.finish(job)
    await house.age(31)
    place = folder(Kind.SEGMENT, made.address)

    assert (await house.sweep())[What.UNUSED] == 4  # the plan, too
    assert await Cache(house.store).find(Kind.SEGMENT, made.address) is None
    assert await house.keys(place) == {f"{place}/clip.mp4", f"{place}/unused.json"}
    assert await house.sweep() == {}

    await house.age(1.1)
    assert (await house.sweep())[What.STEP] == 4
    assert await house.keys("steps") == set()


async def test_a_job_that_found_a_result_just_before_keeps_it(house: House) -> None:
    made = await house.result(Kind.SEGMENT, "b" * 64)
    await house.age(31)
    assert await house.sweep() == {What.UNUSED: 2}

    job = await house.job()
    await house.settle(job, "plan", (await house.result(Kind.PLAN, "a" * 64)).to_json())
    await house.settle(job, "segment-1", made.to_json())
    for _ in range(3):
        await house.age(31)
        await house.sweep()

    assert await house.store.stat(made.files["clip"].key) == made.files["clip"]


async def test_a_result_that_was_made_again_is_found_again(house: House) -> None:
    await house.result(Kind.SEGMENT, "b" * 64)
    await house.age(31)
    await house.sweep()
    await house.result(Kind.SEGMENT, "b" * 64)
    await house.age(2)
    assert await house.sweep() == {}
    assert await Cache(house.store).find(Kind.SEGMENT, "b" * 64)


@pytest.mark.parametrize("state", ["running", "paused", "retried"])
async def test_what_a_job_needs_that_is_not_over_stays(house: House, state: str) -> None:
    made, job = await house.begin(await house.job())
    if state == "paused":
        await house.opened.store.pause(job.id, tenant="local")
    if state == "retried":
        await house.opened.store.cancel(job.id, tenant="local")
        await house.opened.store.retry(job.id, tenant="local")
    await house.age(400)

    assert await house.sweep() == {}
    assert await Cache(house.store).find(Kind.SEGMENT, made.address)


def purchase(job: Job) -> Purchase:
    return Purchase(ADDRESS, 1, ADDRESS, "dear", job.id, "segment-1", PRICE, at=0)


async def test_what_is_bought_and_not_there_yet_stays_however_long_its_job_is_paused(
    house: House,
) -> None:
    job = await house.job()
    ledger = Ledger(house.store, folder(Kind.SEGMENT, ADDRESS))
    await ledger.open(purchase(job))
    await house.opened.store.pause(job.id, tenant="local")
    await house.age(400)
    assert await house.sweep() == {}
    await ledger.answer(purchase(job), "task-0")
    assert await house.sweep() == {}
    entry = await ledger.last()
    assert entry
    assert entry.handle == "task-0"

    await ledger.end(purchase(job), "failed")
    await house.age(31)
    assert await house.sweep() == {What.STEP: 3}


async def test_what_was_bought_for_a_job_that_is_over_goes_after_its_days(house: House) -> None:
    job = await house.job()
    ledger = Ledger(house.store, folder(Kind.SEGMENT, ADDRESS))
    await ledger.open(purchase(job))
    await house.opened.store.cancel(job.id, tenant="local")
    await house.age(29)
    assert await house.sweep() == {}
    await house.age(2)
    assert await house.sweep() == {What.STEP: 1}


async def test_a_folder_that_cannot_be_read_keeps_no_other(house: House) -> None:
    await house.put("steps/segment/aa/aa11/purchase-1-intent.json", "{")
    await house.put("steps/segment/bb/bb11/clip.mp4")
    await house.age(31)
    assert await house.sweep() == {What.STEP: 1}


async def test_nobody_follows_the_purchase_of_a_clip_that_is_given_up(house: House) -> None:
    job = await house.job()
    ledger = Ledger(house.store, folder(Kind.SEGMENT, ADDRESS))
    await ledger.open(purchase(job))
    await ledger.answer(purchase(job), "task-0")
    await house.result(Kind.SEGMENT, ADDRESS)
    await house.age(31)

    assert await house.sweep() == {What.UNUSED: 4}
    assert await ledger.last() is None


async def test_half_a_result_goes_after_its_days(house: House) -> None:
    await house.put("steps/segment/aa/aa11/clip.mp4")
    await house.age(31)
    assert await house.sweep(Retention()) == {}
    assert await house.sweep() == {What.STEP: 1}


async def test_what_a_deleted_job_left_goes_at_once(house: House) -> None:
    job = await house.finished()
    await house.opened.store.delete(job.id, tenant="local")
    await house.sweeper().makes.discard(home(job))
    await house.opened.store.forget(job.id)
    await house.deliver(job)  # by a worker that was thought dead

    assert await house.sweep() == {What.ORPHAN: 2}
    assert await house.keys("films") == set()


async def test_of_a_film_that_was_made_anew_the_older_one_goes(house: House) -> None:
    job = await house.finished()
    job = await house.opened.store.remake(
        job.id, tenant="local", request={}, stale={"segment-1", "delivery"}
    )
    await house.age(2)
    assert await house.sweep() == {}
    made = await house.result(Kind.SEGMENT, "c" * 64)
    job = await house.settle(job, "segment-1", made.to_json())
    job = await house.finish(job)

    assert await house.sweep() == {What.ORPHAN: 2}
    assert await house.keys("films") == {f"{home(job)}/attempt-2/{name}" for name in NAMES}


async def test_a_lost_redis_does_not_cost_the_films(house: House, redis: Redis[str]) -> None:
    job = await house.finished()
    other = await house.job()
    await house.deliver(other, "film.mp4")
    await redis.flushall()
    await house.age(400)

    assert await house.sweep(Retention()) == {What.ORPHAN: 1}
    assert await house.keys("films") == {f"{home(job)}/{name}" for name in NAMES}


async def test_broken_uploads_go(house: House) -> None:
    broken = house.folder / "store" / ".incoming" / "half"
    broken.write_text("half")
    os.utime(broken, (1, 1))
    assert await house.sweep(dry=True) == {}
    assert await house.sweep() == {What.UPLOAD: 1}


async def test_the_bytes_are_told(house: House) -> None:
    await house.finished()
    await house.age(31)
    swept = await house.sweeper(dry=True).sweep()
    assert swept[What.FILM] == Removed(2, 2 * len("a film"))


async def test_of_all_processes_one_sweeps_in_each_interval(
    house: House, redis: Redis[str]
) -> None:
    census = house.opened.census
    assert await census.turn("ann", every_seconds=3600)
    assert await census.turn("ann", every_seconds=3600)  # the answer was lost
    assert not await census.turn("bob", every_seconds=3600)
    await redis.pexpire("ttv:tidier", 1_000_000)
    assert not await census.turn("ann", every_seconds=3600)
    assert not await census.turn("bob", every_seconds=3600, on=True)
    assert await census.turn("ann", every_seconds=3600, on=True)
    assert await redis.pttl("ttv:tidier") > 3_500_000

    await redis.pexpire("ttv:tidier", 40_000_000)  # the clock was set back
    assert await census.turn("bob", every_seconds=3600)


async def test_a_worker_sweeps_and_counts(house: House, redis: Redis[str]) -> None:
    job = await house.finished()
    await house.opened.store.delete(job.id, tenant="local")
    await house.opened.store.forget(job.id)
    metrics = WorkerMetrics()
    makes = house.sweeper().makes
    settings = Settings(data_dir=house.folder)

    async def gone() -> bool:
        return await house.keys("films") == set()

    async with swept_beside(makes, house.opened, settings, name="ann", metrics=metrics):
        await eventually(gone)
        await eventually(lambda: metrics.swept.labels(What.ORPHAN)._value.get() == 2)
    assert await redis.get("ttv:tidier") == "ann"


async def test_a_sweep_outlives_its_errors(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [Unavailable(), ZeroDivisionError()]
    swept = asyncio.Event()

    async def turn(*_: object, **__: object) -> bool:
        if errors:
            raise errors.pop()
        swept.set()
        return False

    monkeypatch.setattr(house.opened.census, "turn", turn)
    settings = Settings(sweep_seconds=1).model_copy(update={"sweep_seconds": 0.01})
    beside = swept_beside(
        house.sweeper().makes, house.opened, settings, name="ann", metrics=WorkerMetrics()
    )
    async with beside, asyncio.timeout(30):
        await swept.wait()


async def test_who_has_not_the_turn_sweeps_nothing(house: House) -> None:
    await house.opened.census.turn("ann", every_seconds=3600)
    await house.finished()
    await house.age(31)
    await look(house.sweeper(), "bob", WorkerMetrics(), every=3600)
    assert await house.keys("films")


async def test_jobs_that_are_not_over_are_all_told(house: House) -> None:
    queued = {(await house.job()).id for _ in range(300)}
    _, started = await house.begin(await house.job())
    over = await house.finished()
    told = {job.id async for job in house.opened.census.going()}
    assert told == queued | {started.id}
    assert over.id not in told


async def sweep(house: House, *arguments: str) -> str:
    """Run the command, and give what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ttv", "sweep", "--data-dir", str(house.folder), *arguments),
        env={
            **os.environ,
            "REDIS_URL": house.opened.connection.url,
            "TTV_REDIS_PERSISTENCE": "trust",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    return printed.decode()


async def test_the_command_says_what_it_removes(house: House) -> None:
    async with Disk(house.folder / "artifacts") as store:
        house.store = store
        job = await house.finished()
        await house.opened.store.delete(job.id, tenant="local")
        first = await sweep(house, "--dry-run")
        assert await house.keys("films")
        second = json.loads(await sweep(house, "--json"))
        assert await house.keys("films") == set()
    assert "films of no job               2 files       0 kB" in first
    assert first.splitlines()[-1] == "nothing was removed: --dry-run"
    assert second["dry_run"] is False
    assert second["removed"]["orphan"] == {"files": 2, "bytes": 12}


async def test_what_is_left_of_an_upload_that_broke_off_goes_after_a_day(house: House) -> None:
    whole, half = (f"files/acme/file_01JDQX3V0000000000000000A{end}" for end in "AB")
    for key in (f"{whole}/content.png", f"{whole}/record.json", f"{half}/content.png"):
        await house.put(key)
    assert await house.sweep() == {}
    await house.age(2)
    assert await house.sweep(dry=True) == {What.UPLOAD: 1}
    assert len(await house.keys("files")) == 3

    assert await house.sweep() == {What.UPLOAD: 1}

    assert await house.keys("files") == {f"{whole}/content.png", f"{whole}/record.json"}
