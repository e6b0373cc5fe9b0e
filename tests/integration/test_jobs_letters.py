from __future__ import annotations

import pytest

from tests.integration.conftest import PLAN, Shop
from ttv.errors import InvalidRequest
from ttv.jobs import DeadLetter, Failure, Job, Step, StepId

pytestmark = pytest.mark.anyio

BROKEN = Failure("content_rejected", "The provider refuses to show this.")


async def failed(shop: Shop, *, tenant: str = "local") -> Job:
    """Make a job whose first step fails for good."""
    job = (await shop.store.create({}, steps=[PLAN], tenant=tenant)).job
    await shop.leases.fail(await shop.claim(job.step_id("plan")), BROKEN)
    return await shop.store.get(job.id)


async def dead(shop: Shop, tenant: str | None = None) -> list[StepId]:
    return [letter.step_id for letter in (await shop.store.dead_letters(tenant)).letters]


async def test_a_step_that_failed_for_good_is_listed_with_its_reason(shop: Shop) -> None:
    job = await failed(shop)
    (letter,) = (await shop.store.dead_letters()).letters
    assert letter == DeadLetter(
        step_id=StepId(job.id, 1, "plan"),
        tenant="local",
        failure=Failure(BROKEN.code, BROKEN.message, "plan"),
        attempts=1,
        worker="ann",
        failed_at=letter.failed_at,
    )
    assert letter.failed_at == job.finished_at


async def test_a_step_that_kills_its_workers_is_listed_after_its_attempts(shop: Shop) -> None:
    job = await shop.order()
    for number in range(shop.leases.attempts):
        assert await dead(shop) == []
        await shop.end_lease(await shop.claim(job.step_id("plan"), f"worker-{number}"))
        await shop.sweep()
    (letter,) = (await shop.store.dead_letters()).letters
    assert (letter.failure.code, letter.attempts, letter.worker) == ("worker_lost", 4, "worker-3")


async def test_each_failed_sibling_is_listed(shop: Shop) -> None:
    job = await shop.order(Step("segment-1", "segment"), Step("segment-2", "segment"))
    claims = [await shop.claim(job.step_id(step.name)) for step in job.steps]
    for claim in claims:
        await shop.leases.fail(claim, BROKEN)
    assert {step_id.step for step_id in await dead(shop)} == {"segment-1", "segment-2"}


async def test_a_step_that_is_tried_again_is_not_listed(shop: Shop) -> None:
    job = await shop.order()
    await shop.leases.fail(await shop.claim(job.step_id("plan")), BROKEN, retry_in=0)
    assert await dead(shop) == []


async def test_a_job_that_is_retried_remade_or_deleted_leaves_the_list(shop: Shop) -> None:
    retried, remade, deleted, kept = [await failed(shop) for _ in range(4)]
    await shop.store.retry(retried.id, tenant="local")
    await shop.store.remake(remade.id, tenant="local", request={}, stale=["plan"])
    await shop.store.delete(deleted.id, tenant="local")
    assert await dead(shop) == await dead(shop, "local") == [StepId(kept.id, 1, "plan")]


async def test_a_tenant_sees_its_own_and_the_operator_all(shop: Shop) -> None:
    ours, theirs = await failed(shop), await failed(shop, tenant="studio")
    assert {step_id.job for step_id in await dead(shop)} == {ours.id, theirs.id}
    assert await dead(shop, "studio") == [StepId(theirs.id, 1, "plan")]
    assert await dead(shop, "nobody") == []


async def test_pages_go_from_new_to_old_and_meet_every_letter_once(shop: Shop) -> None:
    made = [(await failed(shop)).id for _ in range(5)]
    seen, cursor = list[DeadLetter](), None
    for _ in range(3):
        page = await shop.store.dead_letters(limit=2, cursor=cursor)
        seen += page.letters
        cursor = page.cursor
        await failed(shop)  # a newer one does not shift what follows
    assert cursor is None
    assert {letter.step_id.job for letter in seen} == {*made}
    times = [letter.failed_at for letter in seen]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("cursor", ["", "x", "MDAwMDAwMDAwMDAwMDAx"])
async def test_a_foreign_cursor_is_refused(shop: Shop, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await shop.store.dead_letters(cursor=cursor or "=")
    assert refused.value.param == "cursor"


async def test_the_list_is_bounded(shop: Shop) -> None:
    old: dict[str | bytes, int | float] = {f"{number:015}:plan": 0 for number in range(10_000)}
    for index in ("ttv:dead", "ttv:dead:local"):
        await shop.redis.zadd(index, old)
    job = await failed(shop)
    for index in ("ttv:dead", "ttv:dead:local"):
        assert await shop.redis.zcard(index) == 10_000
        newest = await shop.redis.zrange(index, -1, -1)
        assert job.id in str(newest)
