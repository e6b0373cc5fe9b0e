"""A paid film from order to manifest: a real pipeline on the budget of a real job."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from coredis import Redis

from tests.integration.conftest import PLAN, Valkey
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import OutcomeUnknown
from ttv.generators import Capabilities, Generator, SegmentRequest
from ttv.jobs import Cost, Job, Stage, State, Terms
from ttv.media import Format
from ttv.pipeline import Order, Pipeline, Result
from ttv.planning import Plan, Shot
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline
from ttv.wiring.runner import FilmRunner
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
        self._made_by = made_by
        self.sold: list[str] = []
        self.poll, self.download = made_by.poll, made_by.download
        self.cancel = made_by.cancel

    def capabilities(self) -> Capabilities:
        return replace(
            self._made_by.capabilities(),
            model="dear",
            pool="remote",
            poll_seconds=0.05,
            price_per_second=PRICE,
        )

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        self.sold.append(key)
        return await self._made_by.submit(request, key=key)

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        raise OutcomeUnknown


@asynccontextmanager
async def working(opened: jobs.Jobs, makes: Pipeline, folder: Path) -> AsyncIterator[None]:
    options = Options(name="ann", slots={"cpu": 1, "remote": 1}, scratch=folder / "work")
    runner = FilmRunner(makes, opened.spend)
    worker = Worker(opened, runner, options=options, chance=random.Random(1))
    stop = asyncio.Event()
    serving = asyncio.create_task(worker.serve(stop))
    try:
        yield
    finally:
        stop.set()
        await serving


async def test_a_film_stops_at_its_budget_and_goes_on_with_a_higher_one(
    shared_valkey: Valkey, redis: Redis[str], tmp_path: Path
) -> None:
    async with (
        open_pipeline(Settings(data_dir=tmp_path)) as free,
        jobs.opened(shared_valkey.url, idle_seconds=0.5) as opened,
    ):
        dear = Dear(free.generators["animatic"])
        makes = replace(free, generators={"animatic": dear})
        terms = Terms(max_cost=2 * PRICE - 1)
        job = (await opened.store.create(ORDER.to_json(), steps=[PLAN], terms=terms)).job

        async def now() -> Job:
            return await opened.store.get(job.id)

        async def paused() -> bool:
            found = await now()
            return found.stage is Stage.PAUSED and found.cost.spent == PRICE

        async def over() -> bool:
            return (await now()).state.terminal

        async with working(opened, makes, tmp_path):
            await eventually(paused, seconds=60)
            held = await now()
            await opened.store.resume(job.id, tenant="local", max_cost=2 * PRICE)
            await eventually(over, seconds=60)
        done = await now()
        assert done.result
        stored = makes.store.read(Result.from_json(done.result).files["manifest"].key)
        manifest = json.loads(b"".join([chunk async for chunk in stored]))

    assert held.hold
    assert held.hold.code == "over_budget"
    assert held.hold.message.startswith(f"{held.hold.step} would cost 0.25 US dollars")
    assert held.cost == Cost(estimate=2 * PRICE, spent=PRICE)
    assert done.state is State.FINISHED
    assert done.cost == Cost(estimate=2 * PRICE, spent=2 * PRICE)
    assert [done.step(f"segment-{n}").cost.spent for n in (1, 2)] == [PRICE, PRICE]
    assert len(dear.sold) == len(set(dear.sold)) == 2
    assert manifest["job"]["id"] == job.id
    assert manifest["job"]["cost"] == {"estimate": 2 * PRICE, "reserved": 0, "spent": 2 * PRICE}
    assert manifest["steps"]["segment-1"]["facts"]["cost"] == PRICE
