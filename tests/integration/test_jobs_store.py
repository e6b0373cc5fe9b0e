from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from coredis import PureToken

from tests.integration.conftest import PLAN, Shop, Valkey
from ttv.errors import Conflict, InvalidRequest, NotFound
from ttv.jobs import START, Changed, IdempotencyMismatch, Job, Outcome, State, Tail

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def commands(valkey: Valkey, shop: Shop) -> AsyncIterator[set[str]]:
    """Collect the names of the commands that Redis runs meanwhile, also inside scripts."""
    seen: set[str] = set()
    reader, writer = await asyncio.open_unix_connection(str(valkey.socket))
    try:
        writer.write(b"MONITOR\r\n")
        assert await reader.readline() == b"+OK\r\n"
        yield seen
        await shop.redis.echo("the end")
        while b"the end" not in (line := await reader.readline()):
            seen.add(line.split(b'"')[1].decode().upper())
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_job_is_read_as_it_was_ordered(shop: Shop) -> None:
    request = {"prompt": 'Füchse 🦊, "quoted"\n', "seed": 2**53, "plan": None, "deep": [{"a": []}]}
    created = await shop.store.create(request, steps=[PLAN], tenant="acme")
    assert not created.replayed
    assert created.job.request == request
    assert await shop.store.get(created.job.id, tenant="acme") == created.job


@pytest.mark.parametrize(
    "job_id", ["job_01JGJ0000000000000000000ZZ", "job_1", "", "job_01JGJ0000000000000000000ZZ\n"]
)
async def test_a_job_that_is_not_there_is_not_found(shop: Shop, job_id: str) -> None:
    with pytest.raises(NotFound):
        await shop.store.get(job_id)
    with pytest.raises(NotFound):
        await shop.store.cancel(job_id, tenant="local")


async def test_another_tenants_job_is_not_found(shop: Shop) -> None:
    job = await shop.order()
    with pytest.raises(NotFound):
        await shop.store.get(job.id, tenant="acme")
    with pytest.raises(NotFound):
        await shop.store.cancel(job.id, tenant="acme")
    assert (await shop.store.get(job.id)).state is State.QUEUED


async def test_fifty_creates_with_one_key_make_one_job(shop: Shop) -> None:
    made = await asyncio.gather(
        *(
            shop.store.create({"n": 1}, steps=[PLAN], idempotency_key="key", fingerprint="f")
            for _ in range(50)
        )
    )
    assert len({created.job.id for created in made}) == 1
    assert sum(not created.replayed for created in made) == 1
    assert len((await shop.store.list()).jobs) == 1
    assert len(shop.outbox.take()) == 1


async def test_a_key_that_was_used_for_another_request_is_refused(shop: Shop) -> None:
    await shop.store.create({"n": 1}, steps=[PLAN], idempotency_key="key", fingerprint="f")
    with pytest.raises(IdempotencyMismatch) as caught:
        await shop.store.create({"n": 2}, steps=[PLAN], idempotency_key="key", fingerprint="g")
    assert caught.value.code == "idempotency_mismatch"
    assert len((await shop.store.list()).jobs) == 1


async def test_tenants_do_not_share_keys(shop: Shop) -> None:
    for tenant in ("acme", "local"):
        created = await shop.store.create(
            {}, steps=[PLAN], tenant=tenant, idempotency_key="key", fingerprint=tenant
        )
        assert not created.replayed


async def test_a_replay_gives_the_job_as_it_is_now(shop: Shop) -> None:
    job = (await shop.store.create({}, steps=[PLAN], idempotency_key="key", fingerprint="f")).job
    await shop.store.cancel(job.id, tenant="local")
    again = await shop.store.create({}, steps=[PLAN], idempotency_key="key", fingerprint="f")
    assert (again.replayed, again.job.id, again.job.state) == (True, job.id, State.CANCELED)


async def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    await shop.store.create({}, steps=[PLAN], idempotency_key="key", fingerprint="f")
    (key,) = await shop.redis.keys("ttv:idempotency:*")
    assert 86_000 < await shop.redis.ttl(key) <= 86_400


async def test_cancelling_is_possible_until_the_job_is_over(shop: Shop) -> None:
    queued = await shop.order()
    assert (await shop.store.cancel(queued.id, tenant="local")).state is State.CANCELED
    again = await shop.store.cancel(queued.id, tenant="local")
    assert again == await shop.store.get(queued.id)

    finished = await shop.order()
    await shop.finish(finished.step_id("plan"))
    with pytest.raises(Conflict, match="finished"):
        await shop.store.cancel(finished.id, tenant="local")
    assert (await shop.store.get(finished.id)).state is State.FINISHED


async def test_a_job_is_cancelled_only_at_the_revision_that_was_named(shop: Shop) -> None:
    job = await shop.order()
    await shop.claim(job.step_id("plan"))
    with pytest.raises(Changed):
        await shop.store.cancel(job.id, tenant="local", revision=job.revision)
    now = await shop.store.get(job.id)
    assert now.state is State.STARTED
    after = await shop.store.cancel(job.id, tenant="local", revision=now.revision)
    assert after.state is State.CANCELED


async def test_a_listing_shows_every_job_once_while_new_ones_arrive(shop: Shop) -> None:
    orders = [await shop.order() for _ in range(7)]
    seen: list[Job] = []
    cursor = None
    while True:
        page = await shop.store.list(limit=3, cursor=cursor)
        seen += page.jobs
        cursor = page.cursor
        if cursor is None:
            break
        await shop.order()
    assert [job.id for job in seen] == sorted((job.id for job in orders), reverse=True)


async def test_a_listing_can_be_narrowed_to_a_state(shop: Shop) -> None:
    queued, started, canceled = [await shop.order() for _ in range(3)]
    await shop.claim(started.step_id("plan"))
    await shop.store.cancel(canceled.id, tenant="local")
    for state, job in (
        (State.QUEUED, queued),
        (State.STARTED, started),
        (State.CANCELED, canceled),
    ):
        page = await shop.store.list(state=state)
        assert ([found.id for found in page.jobs], page.cursor) == ([job.id], None)
    assert (await shop.store.list(state=State.FAILED)).jobs == ()


async def test_a_listed_job_carries_everything_but_its_steps(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.settle(claim, Outcome({"film": "fox.mp4"}, warnings=("No such rig: yak.",)))
    (listed,) = (await shop.store.list()).jobs
    whole = await shop.store.get(job.id)
    assert listed.steps == ()
    assert (listed.result, listed.warnings) == ({"film": "fox.mp4"}, ("No such rig: yak.",))
    assert (listed.state, listed.revision, listed.progress) == (
        whole.state,
        whole.revision,
        whole.progress,
    )


async def test_a_tenant_lists_its_own_jobs(shop: Shop) -> None:
    await shop.order()
    assert (await shop.store.list("acme")).jobs == ()


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_a_page_has_one_to_a_hundred_jobs(shop: Shop, limit: int) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await shop.store.list(limit=limit)
    assert caught.value.param == "limit"


async def test_listing_never_searches_all_keys(shop: Shop, shared_valkey: Valkey) -> None:
    for _ in range(5):
        await shop.order()
    async with commands(shared_valkey, shop) as seen:
        page = await shop.store.list(limit=2)
        await shop.store.list(limit=2, cursor=page.cursor, state=State.QUEUED)
    assert seen == {"EVALSHA", "ZREVRANGEBYLEX", "HGETALL"}


async def test_a_journal_is_read_in_parts(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    for tenth in range(1, 10):
        await shop.leases.report(claim, message=f"part {tenth}")
    whole = await shop.store.events(job.id)
    first = await shop.store.events(job.id, limit=4)
    rest = await shop.store.events(job.id, after=first.events[-1].id)
    assert first.events + rest.events == whole.events
    last = await shop.store.last_event(job.id)
    assert last == whole.events[-1].id
    assert await shop.store.events(job.id, after=last) == Tail((), whole=True)


async def test_a_journal_tells_when_a_part_of_it_is_gone(shop: Shop) -> None:
    job = await shop.order()
    await shop.claim(job.step_id("plan"))
    created, started = (await shop.store.events(job.id)).events[:2]
    await shop.redis.xtrim(f"ttv:job:{job.id}:events", PureToken.MAXLEN, 1)
    assert (await shop.store.events(job.id, after=created.id)).whole is False
    assert await shop.store.events(job.id, after=started.id) == Tail((), whole=True)
    assert (await shop.store.events(job.id)).whole is False
    assert (await shop.store.events(job.id, after="9999999999999-0")).whole is False


@pytest.mark.parametrize("after", ["", "x", "-", "5", "1-1\n", "9" * 16 + "-0"])
async def test_a_journal_is_read_behind_an_event_only(shop: Shop, after: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await shop.store.events("job_01JGJ0000000000000000000ZZ", after=after)
    assert caught.value.param == "after"


async def test_the_journal_of_an_unknown_job_is_empty(shop: Shop) -> None:
    assert await shop.store.events("job_01JGJ0000000000000000000ZZ") == Tail((), whole=True)
    assert await shop.store.last_event("job_01JGJ0000000000000000000ZZ") == START


async def test_scripts_that_redis_forgot_are_loaded_again(shop: Shop) -> None:
    await shop.redis.script_flush()
    job = await shop.order()
    assert await shop.store.get(job.id) == job
