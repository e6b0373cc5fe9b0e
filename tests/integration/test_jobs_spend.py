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
        ("key", "a job of its API key may cost"),
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
    # What another job costs counts too, on the same day.
    second = await begun(shop, key="k1") if limit.endswith("day") else first

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


async def test_a_deleted_job_gives_back_what_it_set_aside_and_not_what_it_spent(
    shop: Shop, spend: Spend
) -> None:
    claim = await begun(shop, key="k1")
    await reserve(spend, claim)
    await reserve(spend, claim, Paid("owl-1", "dear"))
    await spend.charge(claim.job.id, "segment-1", FOX, DOLLAR)
    await shop.store.cancel(claim.job.id, tenant="local")

    await shop.store.delete(claim.job.id, tenant="local")

    (day,) = await spend.of_tenant("local", since=claim.job.created_at, until=TOMORROW)
    assert (day.reserved, day.spent) == (0, DOLLAR)
    await spend.charge(claim.job.id, "segment-1", Paid("owl-1", "dear"), DOLLAR)
    assert not await shop.redis.exists([f"ttv:job:{claim.job.id}"])


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
    """What the sums must be, the simple way."""

    limit: int
    reserved: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)

    def used(self) -> int:
        return sum(self.reserved.values()) + sum(self.spent.values())

    def allows(self, name: str, amount: int) -> bool:
        known = name in self.reserved or name in self.spent
        return known or self.used() + amount <= self.limit


Move = tuple[str, int, int, int]
#: What is done, by which of two jobs of one key, to which purchase, with how much.
MOVES = st.tuples(
    st.sampled_from(["reserve", "reserve", "charge", "release"]),
    st.integers(0, 1),
    st.integers(0, 3),
    st.integers(0, 40),
)


@given(moves=st.lists(MOVES, max_size=30), limit=st.integers(0, 100))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_sums_are_those_of_simple_books_whatever_is_done(
    shared_valkey: Valkey, moves: Sequence[Move], limit: int
) -> None:
    asyncio.run(keep_books(shared_valkey.url, moves, limit))


async def keep_books(url: str, moves: Sequence[Move], limit: int) -> None:
    async with jobs.connect(url) as connection:
        await connection.redis.flushall()
        await connection.redis.hset("ttv:key:k1", {"max_cost_per_day": str(limit)})
        store, leases = jobs.JobStore(connection, Outbox()), jobs.Leases(connection, Outbox())
        spend, books, claims = Spend(connection), Books(limit), []
        for _ in range(2):
            made = await store.create({}, steps=[SEGMENT], terms=Terms(key="k1"))
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
        days = await connection.redis.keys("ttv:spend:key:k1:*")
        sums = await connection.redis.hgetall(days.pop()) if days else {}
        found = [await store.get(claim.job.id) for claim in claims if claim]
    for fact in ("reserved", "spent"):
        expected = sum(getattr(books, fact).values())
        assert int(sums.get(fact, 0)) == expected
        assert sum(getattr(job.cost, fact) for job in found) == expected
