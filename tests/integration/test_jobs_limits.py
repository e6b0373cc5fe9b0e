"""How many jobs a tenant and all tenants together may have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.integration.conftest import PLAN, Shop, Valkey
from ttv import jobs
from ttv.errors import InvalidRequest
from ttv.jobs import (
    Failure,
    Limits,
    QueueFull,
    State,
    Step,
    Tenant,
    Tenants,
    TooManyJobs,
    WorkerCard,
)

pytestmark = pytest.mark.anyio

WEATHER = Failure("temporarily_unavailable", "The weather is bad.")


@pytest.fixture
async def narrow(shared_valkey: Valkey, shop: Shop) -> AsyncIterator[Shop]:
    """A shop with little room: 10 queued and 2 running jobs a tenant, 15 queued in all."""
    limits = Limits(max_queued=10, max_running=2, max_queue=15)
    async with jobs.connect(shared_valkey.url, limits=limits) as connection:
        yield replace(
            shop,
            connection=connection,
            store=jobs.JobStore(connection, shop.outbox),
            leases=jobs.Leases(connection, shop.outbox, told_every_seconds=0),
        )


async def ask(shop: Shop, tenant: str = "one", *, key: str | None = None) -> jobs.Job:
    made = await shop.store.create({}, steps=[PLAN], tenant=tenant, idempotency_key=key)
    return made.job


async def refused(shop: Shop, count: int, tenant: str = "one") -> list[BaseException]:
    """Ask for that many films at once; give the refusals."""
    asked = (ask(shop, tenant) for _ in range(count))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    return [answer for answer in answers if isinstance(answer, BaseException)]


async def test_of_a_hundred_jobs_sent_at_once_exactly_the_limit_is_accepted(narrow: Shop) -> None:
    refusals = await refused(narrow, 100)
    assert len(refusals) == 90
    assert {type(refusal) for refusal in refusals} == {TooManyJobs}
    assert len((await narrow.store.list("one", limit=100)).jobs) == 10
    assert await refused(narrow, 1, "two") == [], "another tenant has its own room"


async def test_a_full_queue_refuses_every_tenant(narrow: Shop) -> None:
    refusals = await refused(narrow, 10, "one") + await refused(narrow, 10, "two")
    assert [type(refusal) for refusal in refusals] == [QueueFull] * 5
    with pytest.raises(QueueFull) as error:
        await ask(narrow, "three")
    assert error.value.code == "queue_full"
    assert error.value.retry_after


async def test_a_refused_job_leaves_no_trace(narrow: Shop) -> None:
    await refused(narrow, 10)
    before = await narrow.redis.dbsize()
    with pytest.raises(TooManyJobs) as error:
        await ask(narrow, key="again")
    assert error.value.code == "too_many_jobs"
    assert await narrow.redis.dbsize() == before


async def test_the_answer_to_a_repeated_request_is_never_refused(narrow: Shop) -> None:
    first = await ask(narrow, key="mine")
    await refused(narrow, 9)
    again = await narrow.store.create({}, steps=[PLAN], tenant="one", idempotency_key="mine")
    assert (again.job.id, again.replayed) == (first.id, True)


async def test_there_is_room_again_once_a_job_has_begun_or_is_over(narrow: Shop) -> None:
    made = [await ask(narrow) for _ in range(10)]
    await narrow.claim(made[0].step_id("plan"))
    await ask(narrow)
    with pytest.raises(TooManyJobs):
        await ask(narrow)
    await narrow.store.cancel(made[1].id, tenant="one")
    await ask(narrow)


async def test_a_tenant_begins_no_more_jobs_than_it_may(narrow: Shop) -> None:
    made = [await ask(narrow) for _ in range(4)]
    other = await ask(narrow, "two")
    assert narrow.outbox.take() == [job.step_id("plan") for job in (*made[:2], other)]

    await narrow.finish(made[0].step_id("plan"), Step("film", "film", needs=("plan",)))
    assert narrow.outbox.take() == [made[0].step_id("film")], "what has begun goes on"
    await narrow.finish(made[0].step_id("film"))
    assert narrow.outbox.take() == [made[2].step_id("plan")]


@pytest.mark.parametrize("how", ["fails", "is held", "is canceled", "is paused"])
async def test_another_job_may_begin_when_one(narrow: Shop, how: str) -> None:
    made = [await ask(narrow) for _ in range(3)]
    narrow.outbox.take()
    claim = await narrow.claim(made[0].step_id("plan"))
    if how == "fails":
        await narrow.leases.fail(claim, WEATHER)
    elif how == "is held":
        await narrow.leases.hold(claim, WEATHER)
    elif how == "is canceled":
        await narrow.store.cancel(claim.job.id, tenant="one")
    else:
        await narrow.store.pause(claim.job.id, tenant="one")
    await narrow.sweep()
    assert narrow.outbox.take() == [made[2].step_id("plan")]


async def test_a_resumed_job_waits_for_its_turn_to_begin_again(narrow: Shop) -> None:
    first, second, third = [await ask(narrow) for _ in range(3)]
    await narrow.store.pause(first.id, tenant="one")
    await narrow.sweep()
    assert narrow.outbox.take()[-1] == third.step_id("plan")
    await narrow.store.resume(first.id, tenant="one")
    assert narrow.outbox.take() == []
    await narrow.finish(second.step_id("plan"))
    assert narrow.outbox.take() == [first.step_id("plan")]


async def test_the_steps_of_a_job_that_begins_with_several_are_not_stuck_behind_a_new_one(
    narrow: Shop,
) -> None:
    await narrow.fleet.leave("ann")
    await narrow.fleet.beat(WorkerCard("bob", {"cpu": 1}))
    await Tenants(narrow.connection).set(Tenant("one", max_running=1))
    steps = [Step("segment-1", "segment"), Step("segment-2", "segment")]
    broad = (await narrow.store.create({}, steps=steps, tenant="one")).job
    urgent = jobs.Terms(priority=1)
    await narrow.store.create({}, steps=[PLAN], tenant="one", terms=urgent)
    narrow.outbox.take()
    await narrow.finish(broad.step_id("segment-1"))
    assert narrow.outbox.take() == [broad.step_id("segment-2")]


async def test_what_is_set_for_a_tenant_holds_instead_of_what_holds_for_all(narrow: Shop) -> None:
    tenants = Tenants(narrow.connection)
    await tenants.set(Tenant("one", max_queued=3, max_running=0))
    assert len(await refused(narrow, 5)) == 2
    assert narrow.outbox.take() == []
    await tenants.set(Tenant("one", max_running=1))
    await narrow.sweep()
    assert len(narrow.outbox.take()) == 1
    await tenants.forget("one")
    await narrow.sweep()
    assert len(narrow.outbox.take()) == 1


async def test_retrying_a_job_counts_it_as_queued_again(narrow: Shop) -> None:
    made = [await ask(narrow) for _ in range(10)]
    await narrow.store.cancel(made[0].id, tenant="one")
    assert (await narrow.store.retry(made[0].id, tenant="one")).state is State.QUEUED
    with pytest.raises(TooManyJobs):
        await ask(narrow)


async def test_what_was_set_for_a_tenant_is_read_back(shop: Shop) -> None:
    tenants = Tenants(shop.connection)
    assert await tenants.get("acme") == Tenant("acme")
    acme = Tenant("acme", weight=2.5, max_queued=7, max_cost_per_day=1_500_000)
    await tenants.set(acme)
    await tenants.set(Tenant("zoo", max_running=3))
    assert await tenants.list() == (acme, Tenant("zoo", max_running=3))
    await tenants.set(Tenant("acme", weight=1))
    assert await tenants.get("acme") == Tenant("acme", weight=1)
    await tenants.forget("acme")
    await tenants.forget("zoo")
    assert await tenants.list() == ()
    assert await shop.redis.exists(["ttv:tenant:acme", "ttv:tenants"]) == 0


@pytest.mark.parametrize("name", ["", "Acme", "-a", "a:b", "a" * 64, "ä"])
async def test_a_tenant_cannot_have_any_name(shop: Shop, name: str) -> None:
    with pytest.raises(InvalidRequest, match="tenant must"):
        await Tenants(shop.connection).get(name)


@pytest.mark.parametrize("again", ["retry", "remake"])
async def test_a_job_that_is_made_again_needs_room_in_the_queue(narrow: Shop, again: str) -> None:
    call = getattr(narrow.store, again)
    args = {"request": {}, "stale": ["plan"]} if again == "remake" else {}
    job = await ask(narrow)
    await narrow.store.cancel(job.id, tenant="one")
    others = [await ask(narrow) for _ in range(10)]

    with pytest.raises(TooManyJobs):
        await call(job.id, tenant="one", **args)
    assert (await narrow.store.get(job.id)).state is State.CANCELED

    await narrow.store.cancel(others[0].id, tenant="one")
    assert (await call(job.id, tenant="one", **args)).state is State.QUEUED
