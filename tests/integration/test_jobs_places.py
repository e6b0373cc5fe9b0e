"""Where a job stands in the queue, when it will be done, and how full the queue is."""

from __future__ import annotations

import hypothesis
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import strategies as st

from tests.integration.conftest import PLAN, Outbox, Shop, Valkey
from ttv import jobs
from ttv.jobs import (
    Failure,
    Job,
    Outcome,
    Place,
    Places,
    PoolLoad,
    Step,
    Tenant,
    TenantLoad,
    Tenants,
    Terms,
    WorkerCard,
)
from ttv.redis import Connection

pytestmark = pytest.mark.anyio

PLAIN = Terms()


async def ask(shop: Shop, tenant: str = "local", *, terms: Terms = PLAIN) -> Job:
    return (await shop.store.create({}, steps=[PLAN], tenant=tenant, terms=terms)).job


async def place(shop: Shop, job: Job) -> Place:
    return (await Places(shop.connection).look(job.id))[1]


async def few_slots(shop: Shop, **slots: int) -> None:
    await shop.fleet.leave("ann")
    await shop.fleet.beat(WorkerCard("bob", slots))


async def test_a_queued_job_is_told_how_many_come_before_it(shop: Shop) -> None:
    await few_slots(shop, cpu=1)
    made = [await ask(shop) for _ in range(4)]
    urgent = await ask(shop, terms=Terms(priority=1))
    assert [(await place(shop, job)).position for job in made] == [None, 1, 2, 3]
    assert (await place(shop, urgent)).position == 0


async def test_a_job_that_does_not_wait_for_its_turn_has_no_position(shop: Shop) -> None:
    running, held, later, over = [
        await ask(shop),
        await ask(shop),
        await ask(shop, terms=Terms(start_at=4_000_000_000_000)),
        await ask(shop),
    ]
    await shop.claim(running.step_id("plan"))
    await shop.store.pause(held.id, tenant="local")
    await shop.store.cancel(over.id, tenant="local")
    for job in (running, held, later, over):
        assert (await place(shop, job)).position is None


async def test_no_time_is_told_before_a_film_was_finished_and_one_is_afterwards(
    shop: Shop,
) -> None:
    first = await ask(shop)
    assert await place(shop, first) == Place()
    await shop.finish(first.step_id("plan"), Step("film", "film", needs=("plan",)))
    await age(shop, first, "film", milliseconds=30_000)
    assert (await place(shop, await ask(shop))).eta_seconds is not None

    planned = await ask(shop)
    await shop.finish(planned.step_id("plan"), Step("film", "film", needs=("plan",), weight=2))
    assert (await place(shop, planned)).eta_seconds == pytest.approx(60, abs=5)


async def test_what_was_not_made_anew_tells_nothing_of_the_pace(shop: Shop) -> None:
    job = await ask(shop)
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.settle(claim, Outcome({}, reused=True))
    assert await shop.redis.hgetall("ttv:paces") == {}


async def test_the_newest_pace_counts_for_an_eighth(shop: Shop) -> None:
    for milliseconds in (8_000, 16_000):
        await age(shop, await ask(shop), "plan", milliseconds=milliseconds)
    pace = (await shop.redis.hgetall("ttv:paces"))["step:plan:cpu"]
    assert float(pace) == pytest.approx(9_000, abs=200)


async def age(shop: Shop, job: Job, step: str, *, milliseconds: int) -> None:
    """Finish a step as if it had been claimed that long ago."""
    claim = await shop.claim(job.step_id(step))
    facts = f"ttv:job:{job.id}:steps"
    await shop.redis.hincrby(facts, f"{step}:claimed_at", -milliseconds)
    await shop.leases.settle(claim, Outcome({}))


async def test_the_overview_counts_what_waits_and_what_runs(shop: Shop) -> None:
    await few_slots(shop, cpu=2, remote=9)
    made = [await ask(shop) for _ in range(4)]
    await ask(shop, "acme")
    await ask(shop, "acme", terms=Terms(start_at=4_000_000_000_000))
    await shop.claim(made[0].step_id("plan"))
    await shop.redis.zadd("ttv:waiting:cpu", {made[3].step_id("plan"): 1})
    seen = await Places(shop.connection).overview()
    cpu = seen.pools["cpu"]
    assert (cpu.waiting, cpu.delayed, cpu.running, cpu.slots) == (4, 1, 1, 2)
    assert cpu.oldest_wait_seconds > 1_000_000
    assert seen.pools["remote"] == PoolLoad(0, 0, 0, 9, 0.0)
    assert seen.pools["gpu"] == PoolLoad(0, 0, 0, 0, 0.0)
    assert seen.tenants == {"acme": TenantLoad(2, 0), "local": TenantLoad(3, 2)}
    assert seen.tenant_count == 2


async def test_a_tenant_with_nothing_in_the_queue_is_not_listed(shop: Shop) -> None:
    for end in ("finished", "canceled", "held"):
        job = await ask(shop, end)
        if end == "canceled":
            await shop.store.cancel(job.id, tenant=end)
            continue
        claim = await shop.claim(job.step_id("plan"))
        if end == "held":
            await shop.leases.hold(claim, Failure("unfunded", "No credit is left."))
        else:
            await shop.leases.settle(claim, Outcome({}))
    seen = await Places(shop.connection).overview()
    assert (seen.tenants, seen.tenant_count) == ({}, 0)


CROWD = st.lists(
    st.tuples(st.sampled_from([0.5, 1.0, 2.0]), st.lists(st.sampled_from([-1, 0, 1]), max_size=6)),
    min_size=1,
    max_size=4,
)


def test_a_position_is_kept_as_it_was_told(shared_valkey: Valkey) -> None:
    async def check(redis: Connection, crowd: list[tuple[float, list[int]]], served: int) -> None:
        await redis.redis.flushall()
        outbox = Outbox()
        store, leases = jobs.JobStore(redis, outbox), jobs.Leases(redis, outbox)
        await jobs.Fleet(redis).beat(WorkerCard("ann", {"cpu": 1}))
        made = {}
        for number, (weight, priorities) in enumerate(crowd):
            tenant = f"tenant-{number}"
            await Tenants(redis).set(Tenant(tenant, weight=weight))
            for priority in priorities:
                terms = Terms(priority=priority)
                job = (await store.create({}, steps=[PLAN], tenant=tenant, terms=terms)).job
                made[job.step_id("plan")] = job

        async def finish() -> list[str]:
            handed = outbox.take()
            for step_id in handed:
                claim = await leases.claim(step_id, worker="ann")
                assert claim
                await leases.settle(claim, Outcome({}))
            return handed

        for _ in range(served):
            await finish()
        told = {
            step_id: place.position
            for step_id, job in made.items()
            if (place := (await Places(redis).look(job.id))[1]).position is not None
        }
        await finish()
        order: list[str] = []
        while handed := await finish():
            order += handed
        assert told == {step_id: position for position, step_id in enumerate(order)}

    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(jobs.connect(shared_valkey.url)) as redis,
    ):

        @hypothesis.settings(max_examples=15, deadline=None, derandomize=True)
        @hypothesis.given(crowd=CROWD, served=st.integers(0, 4))
        def run(crowd: list[tuple[float, list[int]]], served: int) -> None:
            portal.call(check, redis, crowd, served)

        run()
