from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from coredis import Redis

from tests.integration.conftest import Valkey
from tests.unit.pipeline.desk import ADDRESS, PRICE, Fate, Provider, Terminal
from ttv import backends, jobs
from ttv.artifacts.disk import Disk
from ttv.jobs import Cost, Job, Step
from ttv.pipeline import Order, Pipeline, Purchase
from ttv.pipeline._cache import folder
from ttv.pipeline._ledger import Ledger
from ttv.pipeline._step import Kind
from ttv.wiring.orphans import call_off
from ttv.wiring.runner import JobPurse

pytestmark = pytest.mark.anyio

SEGMENT = Step("segment-1", "segment", pool="remote")


@dataclass
class Scene:
    """A job whose worker has died while it was buying a segment."""

    opened: jobs.Jobs
    makes: Pipeline
    provider: Provider
    claim: jobs.Claim

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.makes.store, folder(Kind.SEGMENT, ADDRESS))

    async def reserved(self) -> Purchase:
        purchase = Purchase(
            ADDRESS, 1, ADDRESS, "dear", self.claim.job.id, "segment-1", PRICE, at=0
        )
        purse = JobPurse(self.opened.spend, self.claim.job, self.claim.step)
        await purse.reserve(purchase)
        return purchase

    async def orphans(self) -> tuple[jobs.Orphan, ...]:
        """Look for orphans as if a while had passed."""
        redis = self.opened.connection.redis
        for job_id in await redis.zrange("ttv:spend:orphans", 0, -1):
            await redis.zadd("ttv:spend:orphans", {str(job_id): 1})
        return await self.opened.spend.orphans()

    async def cancel(self) -> None:
        await self.opened.store.cancel(self.claim.job.id, tenant="local")

    async def finish(self) -> None:
        await self.opened.leases.settle(self.claim, jobs.Outcome({}))

    async def job(self) -> Job:
        return await self.opened.store.get(self.claim.job.id)


@pytest.fixture
async def scene(shared_valkey: Valkey, redis: Redis[str], tmp_path: Path) -> AsyncIterator[Scene]:
    provider = Provider(looks_up=True)
    async with jobs.opened(shared_valkey.url) as opened, Disk(tmp_path) as store:
        makes = Pipeline(
            planners={"builtin": backends.build("ttv.planning", "builtin", {})},
            painters={"animatic": backends.build("ttv.keyframes", "animatic", {})},
            generators={"animatic": Terminal(provider, Fate())},
            store=store,
            chance=random.Random(1),
        )
        made = await opened.store.create(Order(prompt="a fox").to_json(), steps=[SEGMENT])
        claim = await opened.leases.claim(made.job.step_id("segment-1"), worker="ann")
        assert claim
        yield Scene(opened, makes, provider, claim)


async def test_what_a_dead_worker_was_buying_is_called_off_with_its_job(scene: Scene) -> None:
    purchase = await scene.reserved()
    await scene.ledger.open(purchase)
    await scene.ledger.answer(purchase, "task-0")
    await scene.cancel()

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    assert scene.provider.canceled == ["task-0"]
    assert (await scene.job()).cost == Cost(spent=PRICE)
    assert await scene.orphans() == ()


async def test_what_a_dead_worker_was_buying_is_called_off_though_its_job_is_deleted(
    scene: Scene,
) -> None:
    purchase = await scene.reserved()
    await scene.ledger.open(purchase)
    await scene.ledger.answer(purchase, "task-0")
    await scene.cancel()
    job = await scene.opened.store.delete(scene.claim.job.id, tenant="local")
    await scene.opened.store.forget(job.id)

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    assert scene.provider.canceled == ["task-0"]
    (day,) = await scene.opened.spend.of_tenant("local", since=job.created_at, until=job.created_at)
    assert (day.reserved, day.spent) == (0, PRICE)
    assert await scene.orphans() == ()


async def test_what_a_failed_job_keeps_for_its_next_attempt_is_called_off_when_it_is_deleted(
    scene: Scene,
) -> None:
    await scene.ledger.open(await scene.reserved())
    await scene.opened.leases.fail(scene.claim, jobs.Failure("permanent", "It broke."))
    assert await scene.orphans() == ()
    job = await scene.opened.store.delete(scene.claim.job.id, tenant="local")

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    (day,) = await scene.opened.spend.of_tenant("local", since=job.created_at, until=job.created_at)
    assert (day.reserved, day.spent) == (0, PRICE)


async def test_what_was_set_aside_and_never_asked_for_comes_free(scene: Scene) -> None:
    await scene.reserved()
    await scene.cancel()

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    assert (await scene.job()).cost == Cost()


async def test_what_may_have_been_bought_counts_as_spent(scene: Scene) -> None:
    await scene.ledger.open(await scene.reserved())
    await scene.cancel()

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    assert (await scene.job()).cost == Cost(spent=PRICE)
    assert await scene.orphans() == ()


async def test_what_a_new_take_has_replaced_counts_as_spent_when_the_film_is_finished(
    scene: Scene,
) -> None:
    await scene.ledger.open(await scene.reserved())
    await scene.finish()

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    assert (await scene.job()).cost == Cost(spent=PRICE)


async def test_what_another_film_is_buying_under_the_same_name_goes_on(scene: Scene) -> None:
    lost = await scene.reserved()  # its worker died before it gave this back
    await scene.ledger.open(replace(lost, buyer="another"))
    await scene.ledger.answer(lost, "task-0")
    await scene.cancel()

    (orphan,) = await scene.orphans()
    await call_off(scene.makes, scene.opened, orphan)

    assert scene.provider.canceled == []
    assert (await scene.job()).cost == Cost()


async def test_a_job_that_goes_on_again_has_no_orphans(scene: Scene) -> None:
    await scene.reserved()
    await scene.cancel()
    await scene.opened.store.retry(scene.claim.job.id, tenant="local")

    assert await scene.orphans() == ()


async def test_a_worker_that_lives_is_given_the_time_to_end_it_itself(scene: Scene) -> None:
    await scene.reserved()
    await scene.cancel()

    assert await scene.opened.spend.orphans() == ()
