"""A paid film from order to manifest: a real pipeline on the budget of a real job."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from coredis import Redis

from tests.integration.api.pictures import png
from tests.integration.conftest import PLAN, Valkey
from tests.integration.waiting import eventually
from tests.unit.media.sounds import write_sound
from ttv import generators, jobs
from ttv.errors import OutcomeUnknown
from ttv.generators import Capabilities, Generator, SegmentRequest, Status
from ttv.jobs import Cost, Job, Stage, State, Terms
from ttv.media import Format
from ttv.pipeline import Given, Order, Pipeline, Result
from ttv.planning import Plan, Shot
from ttv.settings import Settings
from ttv.uploads import Uploads
from ttv.wiring.films import open_pipeline
from ttv.wiring.runner import FilmRunner
from ttv.wiring.uploads import uploads_in
from ttv.worker import Options, Worker

pytestmark = pytest.mark.anyio

TOY = Format(160, 90, 12)
SHOTS = (Shot("a red fox in a forest", 12, 1), Shot("an owl over a meadow", 12, 2))
ORDER = Order(plan=Plan("a test", SHOTS, TOY, seed=1), format=TOY)
#: Of one shot, which lasts a second.
PRICE = 250_000


class Dear:
    """The animatic as a provider would sell it."""

    def __init__(self, made_by: Generator) -> None:
        self.made_by = made_by
        self.sold: list[str] = []
        #: Whether all that it makes takes forever.
        self.is_slow = False
        self.download, self.cancel = made_by.download, made_by.cancel

    def capabilities(self) -> Capabilities:
        return replace(
            self.made_by.capabilities(),
            model="dear",
            pool="remote",
            poll_seconds=0.05,
            price_per_second=PRICE,
        )

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        self.sold.append(key)
        return await self.made_by.submit(request, key=key)

    async def poll(self, handle: str) -> Status:
        return Status(generators.State.RUNNING) if self.is_slow else await self.made_by.poll(handle)

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        raise OutcomeUnknown


@dataclass
class Company:
    """A service of one worker whose engine is paid for."""

    opened: jobs.Jobs
    makes: Pipeline
    dear: Dear
    uploads: Uploads
    folder: Path

    async def order(self, max_cost: int | None = None, **given: Given) -> Job:
        terms, order = Terms(max_cost=max_cost), replace(ORDER, **given)  # type: ignore[arg-type]  # fields of it
        return (await self.opened.store.create(order.to_json(), steps=[PLAN], terms=terms)).job

    async def again(self, job: Job) -> Job:
        await self.opened.store.retry(job.id, tenant="local")
        return await self.over(job)

    async def picture(self) -> Given:
        """Upload a picture; twice is the same."""
        path = self.folder / "a.png"
        await asyncio.to_thread(path.write_bytes, png(0xFF2030E0))
        made = await self.uploads.put("local", path)
        return Given(made.id, made.sha256)

    async def sound(self) -> Given:
        """Upload a recording; twice is the same."""
        path = self.folder / "a.wav"
        made = await self.uploads.put("local", await asyncio.to_thread(_tone, path))
        return Given(made.id, made.sha256)

    async def until(self, job: Job, met: Callable[[Job], bool]) -> Job:
        async def check() -> bool:
            nonlocal job
            job = await self.opened.store.get(job.id)
            return met(job)

        async with self._working():
            await eventually(check, seconds=60)
        return job

    async def over(self, job: Job) -> Job:
        return await self.until(job, lambda job: job.state.terminal)

    async def read(self, job: Job, role: str) -> Any:
        """Read a document of a finished job."""
        assert job.result
        file = Result.from_json(job.result).files[role]
        return json.loads(b"".join([chunk async for chunk in self.makes.store.read(file.key)]))

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        scratch = self.folder / "work"
        options = Options(
            name="ann", slots={"cpu": 1, "remote": 1}, scratch=scratch, grace_seconds=1
        )
        runner = FilmRunner(self.makes, self.opened.spend)
        worker = Worker(self.opened, runner, options=options, chance=random.Random(1))
        stop = asyncio.Event()
        serving = asyncio.create_task(worker.serve(stop))
        try:
            yield
        finally:
            stop.set()
            await serving


@pytest.fixture
async def company(
    shared_valkey: Valkey, redis: Redis[str], tmp_path: Path
) -> AsyncIterator[Company]:
    async with (
        open_pipeline(Settings(data_dir=tmp_path)) as free,
        jobs.opened(shared_valkey.url, idle_seconds=0.5) as opened,
    ):
        dear = Dear(free.generators["animatic"])
        makes = replace(free, generators={"animatic": dear})
        uploads = uploads_in(makes.store, Settings(data_dir=tmp_path))
        yield Company(opened, makes, dear, uploads, tmp_path)


def _tone(path: Path) -> Path:
    return write_sound(path, "wav", seconds=1)


async def test_a_film_stops_at_its_budget_and_goes_on_with_a_higher_one(company: Company) -> None:
    held = await company.until(
        await company.order(max_cost=2 * PRICE - 1),
        lambda job: job.stage is Stage.PAUSED and job.cost.spent == PRICE,
    )
    assert held.hold
    assert held.hold.code == "over_budget"
    assert held.hold.message.startswith(f"{held.hold.step} would cost 0.25 US dollars")
    assert held.cost == Cost(estimate=2 * PRICE, spent=PRICE)

    await company.opened.store.resume(held.id, tenant="local", max_cost=2 * PRICE)
    done = await company.over(held)

    assert done.state is State.FINISHED
    assert done.cost == Cost(estimate=2 * PRICE, spent=2 * PRICE)
    assert [done.step(f"segment-{n}").cost.spent for n in (1, 2)] == [PRICE, PRICE]
    assert len(company.dear.sold) == len(set(company.dear.sold)) == 2
    manifest = await company.read(done, "manifest")
    assert manifest["job"]["id"] == done.id
    assert manifest["job"]["cost"] == {"estimate": 2 * PRICE, "reserved": 0, "spent": 2 * PRICE}
    assert manifest["steps"]["segment-1"]["facts"]["cost"] == PRICE


async def test_a_film_of_a_free_engine_is_said_to_cost_nothing(company: Company) -> None:
    free = replace(company.makes, generators={"animatic": company.dear.made_by})

    done = await replace(company, makes=free).over(await company.order())

    assert done.cost == Cost(estimate=0)


async def test_one_shot_is_made_anew_for_what_it_was_said_to_cost(company: Company) -> None:
    done = await company.over(await company.order())
    order = Order.from_json(done.request).retaken(2, prompt="a crow over a lake")
    plan = await company.makes.planned(Result.from_json(done.step("plan").result or {}))
    stale = company.makes.stale(order, plan, 2)

    await company.opened.store.remake(done.id, tenant="local", request=order.to_json(), stale=stale)
    again = await company.over(done)

    assert again.attempt == 2
    assert company.makes.stale_cost(order, plan, 2).cost == PRICE
    assert again.cost.spent == 3 * PRICE
    assert len(company.dear.sold) == 3
    made = {step.name for step in again.steps if step.result != done.step(step.name).result}
    assert made == {"keyframe-2", "segment-2", "film", "delivery"} == set(stale)
    assert (await company.read(again, "manifest"))["order"]["takes"][0]["number"] == 1


async def test_a_film_whose_file_is_gone_buys_nothing_and_ends_once_it_is_there_again(
    company: Company,
) -> None:
    sound = await company.sound()
    job = await company.order(soundtrack=sound)
    await company.uploads.delete("local", sound.id)

    failed = await company.over(job)

    assert failed.error
    assert failed.error.code == "gone"
    assert sound.id in failed.error.message
    assert failed.step("plan").attempts == 1
    assert company.dear.sold == []
    assert await company.sound() == sound
    done = await company.again(job)
    assert done.state is State.FINISHED
    assert len(company.dear.sold) == 2


async def test_what_was_bought_before_a_file_was_deleted_is_kept_and_nothing_more_is_bought(
    company: Company,
) -> None:
    sound = await company.sound()
    job = await company.order(soundtrack=sound)
    company.dear.is_slow = True
    await company.until(job, lambda _: len(company.dear.sold) == 1)
    company.dear.is_slow = False
    await company.uploads.delete("local", sound.id)

    failed = await company.over(job)

    assert failed.error
    assert failed.error.code == "gone"
    assert [step.cost.spent for step in failed.steps if step.kind == "segment"].count(PRICE) == 1
    assert len(company.dear.sold) == 1
    await company.sound()
    assert (await company.again(job)).state is State.FINISHED
    assert len(company.dear.sold) == 2


async def test_a_picture_that_is_deleted_once_it_is_cut_to_the_film_is_not_missed(
    company: Company,
) -> None:
    picture = await company.picture()
    held = await company.until(
        await company.order(max_cost=2 * PRICE - 1, first_frame=picture),
        lambda job: job.stage is Stage.PAUSED and job.cost.spent == PRICE,
    )
    await company.uploads.delete("local", picture.id)

    await company.opened.store.resume(held.id, tenant="local", max_cost=2 * PRICE)

    assert (await company.over(held)).state is State.FINISHED
