"""Tenants take turns: what one has waiting does not hold up another."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from statistics import median

import hypothesis
import pytest
from anyio.from_thread import start_blocking_portal
from coredis import Redis
from hypothesis import strategies as st

from tests.integration.conftest import PLAN, Outbox, Shop, Valkey
from tests.integration.waiting import eventually
from ttv import jobs
from ttv.jobs import Claim, Failure, Job, Outcome, Step, Tenant, Tenants, Terms, WorkerCard
from ttv.redis import Connection

pytestmark = pytest.mark.anyio

PLAIN = Terms()
WEATHER = Failure("temporarily_unavailable", "The weather is bad.")


class Floor:
    """A shop whose workers run what they are handed in the order in which it comes."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        #: Job of every step id, and every step handed over since the start.
        self.jobs: dict[str, Job] = {}
        self.handed: list[str] = []
        self._open: list[str] = []

    async def hire(self, **slots: int) -> None:
        """Have one worker with these slots, and no other."""
        await self.shop.fleet.leave("ann")
        await self.shop.fleet.beat(WorkerCard("bob", slots))

    async def ask(
        self, tenant: str, count: int = 1, *, terms: Terms = PLAIN, steps: Sequence[Step] = (PLAN,)
    ) -> list[Job]:
        """Ask for films, one after the other."""
        made = [
            (await self.shop.store.create({}, steps=steps, tenant=tenant, terms=terms)).job
            for _ in range(count)
        ]
        self.jobs |= {job.step_id(step.name): job for job in made for step in job.steps}
        self._take()
        return made

    async def work(self, steps: int) -> list[str]:
        """Finish steps, oldest first; give the tenants of the steps handed over by that."""
        before = len(self.handed)
        for _ in range(steps):
            await self.shop.finish(self._open.pop(0))
            self._take()
        return self.tenants()[before:]

    def tenants(self) -> list[str]:
        """Tell the tenants of all steps that were handed over, in order."""
        return [self.jobs[step_id].tenant for step_id in self.handed]

    def _take(self) -> None:
        new = self.shop.outbox.take()
        self.handed += new
        self._open += new


@pytest.fixture
async def floor(shop: Shop) -> Floor:
    floor = Floor(shop)
    await floor.hire(cpu=4)
    return floor


async def commands(redis: Redis[str]) -> int:
    """Count the commands that the server has run, those of scripts too."""
    stats = await redis.info("commandstats")
    return sum(int(stat["calls"]) for stat in stats.values() if isinstance(stat, dict))


async def test_ten_thousand_jobs_of_one_tenant_hardly_delay_ten_of_another(
    floor: Floor, shop: Shop
) -> None:
    await floor.ask("crowd", 17)
    before = await commands(shop.redis)
    await floor.work(1)
    small = await commands(shop.redis) - before

    await asyncio.gather(*(floor.ask("crowd", 312) for _ in range(32)))
    before = await commands(shop.redis)
    await floor.work(1)
    assert await commands(shop.redis) - before <= small + 2, "a step costs more in a long queue"

    handed = len(floor.handed)
    await floor.ask("other", 10)
    assert len(floor.handed) == handed, "all slots are taken"
    order = await floor.work(30)
    waits = [turn for turn, tenant in enumerate(order, 1) if tenant == "other"]
    assert len(waits) == 10
    assert waits[0] <= 4
    assert median(waits) <= 2 * median(range(1, 11))


async def test_a_tenant_that_was_idle_has_saved_nothing_up(floor: Floor) -> None:
    await floor.ask("busy", 60)
    await floor.work(40)
    await floor.ask("idle", 20)
    turns = Counter(await floor.work(20))
    assert turns["idle"] <= 11


async def test_a_tenant_that_went_and_came_back_does_not_go_first_again(floor: Floor) -> None:
    await floor.hire(cpu=1)
    await floor.ask("busy", 30)
    orders = []
    for _ in range(10):
        await floor.ask("brief")
        orders += await floor.work(1)
    assert Counter(orders)["busy"] >= 4


async def test_what_a_tenant_was_served_while_it_was_alone_is_not_forgotten(
    floor: Floor, shop: Shop
) -> None:
    await floor.hire(cpu=2)
    await Tenants(shop.connection).set(Tenant("light", weight=0.1))
    await floor.ask("light")
    await floor.ask("other")
    await floor.ask("light", 2)
    await floor.ask("other", 4)
    assert await floor.work(4) == ["other"] * 4


async def test_of_fifty_tenants_each_is_served_once_before_any_is_twice(floor: Floor) -> None:
    names = [f"tenant-{number}" for number in range(50)]
    for name in names:
        await floor.ask(name, 2)
    await floor.work(46)
    assert Counter(floor.tenants()[:50]).most_common(1)[0][1] <= 2
    await floor.work(10)
    assert set(floor.tenants()) == set(names)


async def test_high_priority_goes_first_and_low_last_within_a_tenant(floor: Floor) -> None:
    await floor.hire(cpu=1)
    await floor.ask("one")
    low, plain, high = [
        (await floor.ask("one", terms=Terms(priority=priority)))[0] for priority in (-1, 0, 1)
    ]
    older = (await floor.ask("two", terms=Terms(priority=-1)))[0]
    await floor.work(4)
    order = [floor.jobs[step_id].id for step_id in floor.handed[1:]]
    assert [job_id for job_id in order if job_id != older.id] == [high.id, plain.id, low.id]
    assert order.index(older.id) < 2, "the priority of one tenant's job is nothing to another"


async def test_a_job_that_has_begun_goes_before_a_younger_one(floor: Floor, shop: Shop) -> None:
    await floor.hire(cpu=1)
    first, second = await floor.ask("one", 2)
    claim = await shop.claim(first.step_id("plan"))
    film = Step("film", "film", needs=("plan",))
    await shop.leases.settle(claim, Outcome({}, (film,)))
    assert shop.outbox.take() == [first.step_id("film")]
    await shop.finish(first.step_id("film"))
    assert shop.outbox.take() == [second.step_id("plan")]


async def test_a_job_with_a_time_of_start_waits_for_it_and_not_much_longer(
    floor: Floor, shop: Shop
) -> None:
    now = moment()
    await floor.ask("one", terms=Terms(start_at=now + 400))
    await shop.sweep()
    assert shop.outbox.take() == []
    assert (await shop.store.depth())["cpu"] == 0

    async def handed_over() -> bool:
        await shop.sweep()
        return bool(shop.outbox.take())

    await eventually(handed_over)
    assert 400 <= moment() - now < 1400


async def test_a_delayed_job_starts_with_the_next_step_that_ends(floor: Floor, shop: Shop) -> None:
    await floor.hire(cpu=1)
    await floor.ask("one")
    (job,) = await floor.ask("one", terms=Terms(start_at=moment() + 60_000))
    await shop.redis.zadd("ttv:delayed:cpu", {job.step_id("plan"): 1})
    await floor.work(1)
    assert floor.handed[-1] == job.step_id("plan")


async def test_a_pool_does_not_wait_for_another(floor: Floor, shop: Shop) -> None:
    await floor.hire(cpu=1, gpu=1, remote=2)
    for pool in ("cpu", "gpu", "remote"):
        await floor.ask("one", 3, steps=[Step("plan", "plan", pool=pool)])
    assert Counter(_pools(floor)) == {"cpu": 1, "gpu": 1, "remote": 2}
    gpu = next(step_id for step_id in floor.handed if _pool(floor, step_id) == "gpu")
    await shop.finish(gpu)
    await floor.work(0)
    (following,) = shop.outbox.take()
    assert _pool(floor, following) == "gpu"


async def test_a_slot_is_free_again_however_its_step_ended(floor: Floor, shop: Shop) -> None:
    await floor.hire(cpu=1)
    made = await floor.ask("one", 6)
    ends: tuple[Callable[[Claim], Awaitable[object]], ...] = (
        lambda claim: shop.leases.fail(claim, WEATHER, retry_in=60),
        lambda claim: shop.leases.fail(claim, WEATHER),
        lambda claim: shop.leases.hold(claim, WEATHER),
        lambda claim: shop.store.cancel(claim.job.id, tenant="one"),
        shop.end_lease,
    )
    for job, end in zip(made, ends, strict=False):
        await end(await shop.claim(job.step_id("plan")))
        if end in ends[3:]:  # who does these holds no slot
            await shop.sweep()
        assert len(shop.outbox.take()) == 1
    assert await shop.store.active() == 0


def _pool(floor: Floor, step_id: str) -> str:
    return floor.jobs[step_id].steps[0].pool


def _pools(floor: Floor) -> list[str]:
    return [_pool(floor, step_id) for step_id in floor.handed]


def moment() -> int:
    """Give the milliseconds since 1970, by the clock that Redis reads too."""
    return round(time.time() * 1000)


WEIGHTS = st.lists(st.sampled_from([0.25, 0.5, 1, 2, 3, 7, 10]), min_size=2, max_size=4)


def test_turns_follow_the_weights(shared_valkey: Valkey) -> None:
    async def share(redis: Connection, weights: list[float]) -> list[int]:
        await redis.redis.flushall()
        outbox = Outbox()
        store, leases = jobs.JobStore(redis, outbox), jobs.Leases(redis, outbox)
        names = [f"tenant-{number}" for number in range(len(weights))]
        for name, weight in zip(names, weights, strict=True):
            await Tenants(redis).set(Tenant(name, weight=weight))
        made = {
            job.step_id("plan"): name
            for name in names
            for _ in range(40)
            for job in [(await store.create({}, steps=[PLAN], tenant=name)).job]
        }
        await jobs.Fleet(redis).beat(WorkerCard("ann", {"cpu": 1}))
        await leases.sweep(worker="ann", every_seconds=1, expire=False)
        served: Counter[str] = Counter()
        for _ in range(40):
            (step_id,) = outbox.take()
            served[made[step_id]] += 1
            claim = await leases.claim(step_id, worker="ann")
            assert claim
            await leases.settle(claim, Outcome({}))
        return [served[name] for name in names]

    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(jobs.connect(shared_valkey.url)) as redis,
    ):

        @hypothesis.settings(max_examples=12, deadline=None, derandomize=True)
        @hypothesis.given(weights=WEIGHTS)
        def check(weights: list[float]) -> None:
            served = portal.call(share, redis, weights)
            for one, weight in zip(served, weights, strict=True):
                for other, its_weight in zip(served, weights, strict=True):
                    apart = abs(one / weight - other / its_weight)
                    assert apart <= 1 / weight + 1 / its_weight + 1e-9

        check()
