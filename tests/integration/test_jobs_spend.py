from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.conftest import Outbox, Shop, Valkey
from ttv import jobs
from ttv.errors import Cancelled, LeaseLost, OverBudget
from ttv.jobs import Cost, EventKind, Paid, Spend, Step, Tenant, Terms
from ttv.observability import WorkerMetrics
from ttv.redis import Connection

pytestmark = pytest.mark.anyio

SEGMENT = Step("segment-1", "segment", pool="remote")
FOX = Paid("fox-1", "dear")
DOLLAR = 1_000_000
TOMORROW = round(time.time() * 1000) + 24 * 3600 * 1000


@pytest.fixture
def spend(shop: Shop) -> Spend:
    return Spend(shop.connection)


async def begun(
    shop: Shop, *steps: Step, key: str | None = None, max_cost: int | None = None
) -> jobs.Claim:
    """Make a job and claim its first step."""
    terms = Terms(key=key, max_cost=max_cost)
    made = await shop.store.create({}, steps=steps or [SEGMENT], terms=terms)
    return await shop.claim(made.job.step_id("segment-1"))


async def reserve(spend: Spend, claim: jobs.Claim, paid: Paid = FOX, amount: int = DOLLAR) -> None:
    await spend.reserve(claim.job, claim.step, paid, amount)


async def cost(shop: Shop, claim: jobs.Claim) -> tuple[Cost, Cost]:
    """Give the cost of a job and of its claimed step; they are equal while it has but one."""
    job = await shop.store.get(claim.job.id)
    return job.cost, job.step(claim.step.name).cost


async def sums(shop: Shop, spend: Spend, claim: jobs.Claim) -> tuple[int, int]:
    """Give what is set aside and spent by the tenant today."""
    (day,) = await spend.of_tenant("local", since=claim.job.created_at, until=TOMORROW)
    return day.reserved, day.spent


async def test_money_is_set_aside_and_then_spent(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop)

    await reserve(spend, claim)
    assert await cost(shop, claim) == (Cost(reserved=DOLLAR),) * 2

    await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR - 1)
    assert await cost(shop, claim) == (Cost(spent=DOLLAR - 1),) * 2


async def test_what_cost_nothing_comes_free(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop)
    await reserve(spend, claim)

    await spend.release(claim.job.id, FOX)

    assert await cost(shop, claim) == (Cost(), Cost())


async def test_whatever_is_said_twice_counts_once(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop)
    for _ in range(2):
        await reserve(spend, claim)
    assert (await cost(shop, claim))[0] == Cost(reserved=DOLLAR)
    for _ in range(2):
        await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)
    await reserve(spend, claim)
    await spend.release(claim.job.id, FOX)

    assert (await cost(shop, claim))[0] == Cost(spent=DOLLAR)
    journal = (await shop.store.events(claim.job.id)).events
    kinds = [event.kind for event in journal if event.step == "segment-1"]
    assert kinds.count(EventKind.RESERVED) == kinds.count(EventKind.CHARGED) == 1


async def test_what_is_spent_is_written_down_whatever_was_set_aside(
    shop: Shop, spend: Spend
) -> None:
    claim = await begun(shop, max_cost=DOLLAR)
    await reserve(spend, claim)

    await spend.charge(claim.job.id, "segment-1", FOX, 3 * DOLLAR)
    await spend.charge(claim.job.id, "segment-1", Paid("owl-1", "dear"), DOLLAR)

    assert (await cost(shop, claim))[0] == Cost(spent=4 * DOLLAR)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("job", "this job may cost"),
        ("key", "its API key may spend in all"),
        ("key_day", "its API key may spend in a day"),
        ("tenant_day", "its tenant may spend in a day"),
    ],
)
async def test_every_limit_holds_and_is_named_with_the_way_out(
    shop: Shop, spend: Spend, limit: str, words: str
) -> None:
    if limit == "tenant_day":
        await jobs.Tenants(shop.connection).set(Tenant("local", max_cost_per_day=2_500_000))
    elif limit != "job":
        name = {"key": "max_cost", "key_day": "max_cost_per_day"}[limit]
        await shop.redis.hset("ttv:key:k1", {name: "2500000"})
    first = await begun(shop, key="k1", max_cost=2_500_000 if limit == "job" else None)
    # What another job costs counts too.
    second = first if limit == "job" else await begun(shop, key="k1")

    await reserve(spend, first)
    await spend.charge(first.job.id, "segment-1", FOX, DOLLAR)
    await reserve(spend, second, Paid("owl-1", "dear"))
    with pytest.raises(OverBudget) as caught:
        await reserve(spend, second, Paid("elk-1", "dear"), 500_001)

    expected = (
        f"segment-1 would cost 0.500001 US dollars, but of the 2.50 that {words} 2.00 are "
        "spent or set aside."
    )
    assert caught.value.message.startswith(expected)
    await reserve(spend, second, Paid("elk-1", "dear"), 500_000)


async def test_a_job_over_its_budget_goes_on_with_a_higher_one(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop, max_cost=1)
    with pytest.raises(OverBudget) as caught:
        await reserve(spend, claim)
    await shop.leases.hold(claim, jobs.Failure(caught.value.code, caught.value.message))

    job = await shop.store.resume(claim.job.id, tenant="local", max_cost=DOLLAR)

    await reserve(spend, await shop.claim(job.step_id("segment-1")))


async def test_who_lost_the_step_sets_nothing_aside_but_still_says_what_was_spent(
    shop: Shop, spend: Spend
) -> None:
    claim = await begun(shop)
    await shop.end_lease(claim)
    await shop.sweep()
    with pytest.raises(LeaseLost):
        await reserve(spend, claim)
    await shop.store.cancel(claim.job.id, tenant="local")
    with pytest.raises(Cancelled):
        await reserve(spend, claim)

    await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)

    assert (await cost(shop, claim))[0] == Cost(spent=DOLLAR)


async def test_what_was_spent_stays_when_a_job_is_tried_again(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop)
    await spend.estimate(claim.job, claim.step, 5 * DOLLAR)
    await reserve(spend, claim)
    await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)
    await shop.store.cancel(claim.job.id, tenant="local")

    job = await shop.store.retry(claim.job.id, tenant="local")

    assert job.cost == Cost(estimate=5 * DOLLAR, spent=DOLLAR)
    assert job.step("segment-1").cost == Cost(spent=DOLLAR)


async def test_what_is_set_aside_for_a_deleted_job_is_paid_or_given_back_as_before(
    shop: Shop, spend: Spend
) -> None:
    owl, hen = Paid("owl-1", "dear"), Paid("hen-1", "dear")
    claim = await begun(shop, key="k1")
    for paid in (FOX, owl, hen):
        await reserve(spend, claim, paid)
    await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)
    await shop.store.cancel(claim.job.id, tenant="local")

    await shop.store.delete(claim.job.id, tenant="local")
    await shop.store.forget(claim.job.id)
    assert await sums(shop, spend, claim) == (2 * DOLLAR, DOLLAR)
    for _ in range(2):  # twice is once
        await spend.charge(claim.job.id, "segment-1", owl, DOLLAR // 2)
        await spend.release(claim.job.id, hen)
        await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)

    assert await sums(shop, spend, claim) == (0, DOLLAR * 3 // 2)
    assert await shop.redis.hget("ttv:spend:key:k1", "spent") == str(DOLLAR * 3 // 2)
    assert [key for key in await shop.redis.keys("*") if claim.job.id in str(key)] == []


async def test_what_is_kept_of_a_deleted_job_goes_with_its_files_when_all_is_paid(
    shop: Shop, spend: Spend
) -> None:
    claim = await begun(shop)
    await reserve(spend, claim)
    await shop.store.cancel(claim.job.id, tenant="local")
    await shop.store.delete(claim.job.id, tenant="local")

    await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)
    assert [job.id for job in await shop.store.deleted()] == [claim.job.id]
    await shop.store.forget(claim.job.id)

    assert [key for key in await shop.redis.keys("*") if claim.job.id in str(key)] == []


async def test_what_the_jobs_of_a_key_spend_counts_for_good_and_for_its_successors(
    shop: Shop, spend: Spend
) -> None:
    await shop.redis.hset("ttv:key:k2", {"max_cost": str(DOLLAR), "budget": "k1"})
    before = await begun(shop, key="k1")
    await reserve(spend, before)
    await spend.charge(before.job.id, "segment-1", FOX, DOLLAR)

    with pytest.raises(OverBudget, match=r"1\.00 that its API key may spend in all 1\.00 are"):
        await reserve(spend, await begun(shop, key="k2"), Paid("owl-1", "dear"), 1)

    (day,) = await shop.redis.keys("ttv:spend:key:k1:*")
    assert await shop.redis.ttl("ttv:spend:key:k1") == -1
    assert await shop.redis.ttl(day) > 0


async def test_what_is_spent_is_counted_once_for_all_workers(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop)
    for _ in range(2):
        await spend.charge(claim.job.id, "segment-1", FOX, 1_500_000)

    totals = await jobs.Totals(shop.connection).read()

    families = {family.name: family for family in WorkerMetrics().families(totals)}
    (sample,) = families["ttv_spend_usd"].samples
    assert (sample.labels, sample.value) == ({"engine": "dear"}, 1.5)


async def test_the_sums_of_a_tenant_are_kept_by_day(shop: Shop, spend: Spend) -> None:
    claim = await begun(shop)
    await reserve(spend, claim)
    await spend.charge(claim.job.id, "segment-1", FOX, 2 * DOLLAR)
    await reserve(spend, claim, Paid("owl-1", "dear"))
    now = claim.job.created_at

    (day,) = await spend.of_tenant("local", since=now - 10**9, until=now + 10**7)

    assert (day.reserved, day.spent) == (DOLLAR, 2 * DOLLAR)
    assert 0 <= now - day.day < 24 * 3600 * 1000
    assert await spend.of_tenant("other", since=now, until=now) == ()


async def test_many_at_once_set_aside_no_more_than_the_limit(shop: Shop, spend: Spend) -> None:
    await shop.redis.hset("ttv:key:k1", {"max_cost_per_day": str(7 * DOLLAR + 999_999)})
    claims = [await begun(shop, key="k1") for _ in range(20)]

    tried = await asyncio.gather(
        *(reserve(spend, claim, Paid(claim.job.id, "dear")) for claim in claims),
        return_exceptions=True,
    )

    assert sum(isinstance(one, OverBudget) for one in tried) == 13
    (day,) = await spend.of_tenant("local", since=claims[0].job.created_at, until=TOMORROW)
    assert day.reserved == 7 * DOLLAR


@dataclass
class Books:
    """What the sums must be, the simple way: by the names of purchases."""

    #: What a job, a key and a key may spend: each alone, ever and in a day.
    job: int
    key: int
    key_day: int
    reserved: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)

    def sum(self, fact: str, job: str = "") -> int:
        entries: dict[str, int] = getattr(self, fact)
        return sum(amount for name, amount in entries.items() if name.startswith(job))

    def used(self, job: str = "") -> int:
        return self.sum("reserved", job) + self.sum("spent", job)

    def allows(self, name: str, amount: int) -> bool:
        known = name in self.reserved or name in self.spent
        in_job = self.used(name[0]) + amount <= self.job
        return known or (in_job and self.used() + amount <= min(self.key, self.key_day))


Move = tuple[str, int, int, int]
#: What is done, by which of two jobs of a key and its successor, to which purchase, with how much.
MOVES = st.tuples(
    st.sampled_from(["reserve", "reserve", "charge", "release"]),
    st.integers(0, 1),
    st.integers(0, 3),
    st.integers(0, 40),
)


#: What each of the jobs may cost, and their key in all and in a day.
LIMITS = st.tuples(st.integers(0, 80), st.integers(0, 150), st.integers(0, 150))


@given(moves=st.lists(MOVES, max_size=30), limits=LIMITS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_sums_are_those_of_simple_books_whatever_is_done(
    shared_valkey: Valkey, moves: Sequence[Move], limits: tuple[int, int, int]
) -> None:
    asyncio.run(keep_books(shared_valkey.url, moves, Books(*limits)))


async def keep_books(url: str, moves: Sequence[Move], books: Books) -> None:
    async with jobs.connect(url) as connection:
        await connection.redis.flushall()
        limits = {"max_cost": str(books.key), "max_cost_per_day": str(books.key_day)}
        await connection.redis.hset("ttv:key:k1", limits)
        await connection.redis.hset("ttv:key:k2", {**limits, "budget": "k1"})
        store, leases = jobs.JobStore(connection, Outbox()), jobs.Leases(connection, Outbox())
        spend, claims = Spend(connection), []
        for key in ("k1", "k2"):
            terms = Terms(key=key, max_cost=books.job)
            made = await store.create({}, steps=[SEGMENT], terms=terms)
            claims.append(await leases.claim(made.job.step_id("segment-1"), worker="ann"))
        for what, number, purchase, amount in moves:
            claim = claims[number]
            assert claim
            name = f"{number}-{purchase}"
            paid = Paid(name, "dear")
            if what == "charge":
                await spend.charge(claim.job.id, "segment-1", paid, amount)
                books.reserved.pop(name, None)
                books.spent.setdefault(name, amount)
            elif what == "release":
                await spend.release(claim.job.id, paid)
                books.reserved.pop(name, None)
            else:
                try:
                    await spend.reserve(claim.job, claim.step, paid, amount)
                except OverBudget:
                    assert not books.allows(name, amount)
                else:
                    assert books.allows(name, amount)
                    if name not in books.spent:
                        books.reserved.setdefault(name, amount)
        # The sum in all and that of the day, which are one here, but where nothing was bought.
        sums = [await connection.redis.hgetall(key) for key in await keys_of_sums(connection)]
        found = [await store.get(claim.job.id) for claim in claims if claim]
    assert len(sums) in (0, 2)
    for fact in ("reserved", "spent"):
        assert [int(one.get(fact, 0)) for one in sums] == [books.sum(fact)] * len(sums)
        assert sums or not books.sum(fact)
        assert [getattr(job.cost, fact) for job in found] == [
            books.sum(fact, job) for job in ("0", "1")
        ]


async def keys_of_sums(connection: Connection) -> set[str]:
    return {str(key) for key in await connection.redis.keys("ttv:spend:key:*")}
