"""What people do with a job that exists: pause, resume, retry, remake, delete."""

from __future__ import annotations

import asyncio

import pytest

from tests.integration.conftest import PLAN, Shop
from ttv import jobs
from ttv.errors import Conflict, InvalidRequest, LeaseLost, NotFound
from ttv.jobs import Changed, EventKind, Failure, Hold, Job, Outcome, Stage, State, Step, StepState

pytestmark = pytest.mark.anyio

WEATHER = Failure("temporarily_unavailable", "The weather is bad.")
UNKNOWN = Failure("outcome_unknown", "Runway may have taken the order.")
NO_JOB = "job_01JGJ0000000000000000000ZZ"
EMPTY = {"cpu": 0, "gpu": 0, "remote": 0}
SHOTS = (
    Step("segment-1", "segment", needs=("plan",), shot=1, weight=3),
    Step("segment-2", "segment", needs=("plan",), shot=2, weight=3),
    Step("film", "film", needs=("segment-1", "segment-2"), weight=3),
)


async def filming(shop: Shop) -> Job:
    """Make a job that has its plan, and two shots to film."""
    job = await shop.order()
    await shop.finish(job.step_id("plan"), *SHOTS)
    shop.outbox.take()
    return await shop.store.get(job.id)


async def failed_film(shop: Shop) -> Job:
    """Make a job of which one shot is done and the other failed."""
    job = await filming(shop)
    await shop.finish(job.step_id("segment-1"))
    await shop.leases.fail(await shop.claim(job.step_id("segment-2")), WEATHER)
    shop.outbox.take()
    return await shop.store.get(job.id)


async def finished_film(shop: Shop) -> Job:
    job = await filming(shop)
    for name in ("segment-1", "segment-2", "film"):
        await shop.finish(job.step_id(name))
    shop.outbox.take()
    return await shop.store.get(job.id)


async def kinds(shop: Shop, job: Job) -> list[EventKind]:
    return [event.kind for event in (await shop.store.events(job.id)).events]


async def test_no_step_of_a_paused_job_starts(shop: Shop) -> None:
    job = await filming(shop)
    paused = await shop.store.pause(job.id, tenant="local")
    assert (paused.state, paused.stage) == (State.STARTED, Stage.PAUSED)
    assert paused.hold == Failure("paused", "The job was paused; resume it to go on.")
    assert await shop.store.depth() == EMPTY
    await shop.sweep()
    assert shop.outbox.take() == []
    assert await shop.leases.claim(job.step_id("segment-1"), worker="ann") is None


async def test_what_runs_while_a_job_is_paused_is_kept_and_nothing_follows_it(shop: Shop) -> None:
    job = await filming(shop)
    claims = [await shop.claim(job.step_id(f"segment-{n}")) for n in (1, 2)]
    await shop.store.pause(job.id, tenant="local")
    for claim in claims:
        assert await shop.leases.report(claim, fraction=0.5) is Hold.HELD
        await shop.leases.settle(claim, Outcome({"made": claim.step.name}))
    assert (await shop.store.get(job.id)).step("film").state is StepState.WAITING
    assert shop.outbox.take() == []

    resumed = await shop.store.resume(job.id, tenant="local")
    assert (resumed.hold, resumed.stage) == (None, Stage.ASSEMBLY)
    assert shop.outbox.take() == [job.step_id("film")]
    assert [step.state for step in resumed.steps[1:]] == [StepState.DONE] * 2 + [StepState.READY]


async def test_a_job_that_was_paused_before_it_began_goes_on_from_its_first_step(
    shop: Shop,
) -> None:
    job = await shop.order()
    shop.outbox.take()
    assert (await shop.store.pause(job.id, tenant="local")).state is State.QUEUED
    await shop.store.resume(job.id, tenant="local")
    assert shop.outbox.take() == [job.step_id("plan")]
    await shop.finish(job.step_id("plan"))
    assert (await shop.store.get(job.id)).state is State.FINISHED


async def test_pausing_and_resuming_twice_change_nothing_more(shop: Shop) -> None:
    job = await filming(shop)
    once = await shop.store.pause(job.id, tenant="local")
    assert await shop.store.pause(job.id, tenant="local") == once
    resumed = await shop.store.resume(job.id, tenant="local")
    assert await shop.store.resume(job.id, tenant="local") == resumed
    assert (await kinds(shop, job))[-2:] == [EventKind.PAUSED, EventKind.RESUMED]


async def test_a_retry_keeps_its_time_over_a_pause(shop: Shop) -> None:
    job = await filming(shop)
    await shop.leases.fail(await shop.claim(job.step_id("segment-1")), WEATHER, retry_in=60)
    await shop.store.pause(job.id, tenant="local")
    shop.outbox.take()
    await shop.store.resume(job.id, tenant="local")
    assert shop.outbox.take() == [job.step_id("segment-2")]


async def test_a_lease_that_runs_out_while_a_job_is_paused_frees_the_step_for_later(
    shop: Shop,
) -> None:
    job = await filming(shop)
    claim = await shop.claim(job.step_id("segment-1"))
    await shop.store.pause(job.id, tenant="local")
    await shop.end_lease(claim)
    assert (await shop.sweep()).freed == (job.step_id("segment-1"),)
    assert shop.outbox.take() == []
    await shop.store.resume(job.id, tenant="local")
    assert set(shop.outbox.take()) == {job.step_id("segment-1"), job.step_id("segment-2")}


async def test_a_paused_job_fails_with_a_step_that_ran_on(shop: Shop) -> None:
    job = await filming(shop)
    claim = await shop.claim(job.step_id("segment-1"))
    await shop.store.pause(job.id, tenant="local")
    await shop.leases.fail(claim, WEATHER)
    failed = await shop.store.get(job.id)
    assert (failed.state, failed.hold, failed.stage) == (State.FAILED, None, Stage.SEGMENTS)


async def test_a_step_that_needs_a_person_holds_its_job_and_costs_no_try(shop: Shop) -> None:
    job = await filming(shop)
    claim = await shop.claim(job.step_id("segment-1"))
    await shop.leases.hold(claim, UNKNOWN)
    held = await shop.store.get(job.id)
    assert held.hold == Failure(UNKNOWN.code, UNKNOWN.message, "segment-1")
    step = held.step("segment-1")
    assert (step.state, step.attempts, step.error) == (StepState.READY, 0, held.hold)
    assert (await shop.store.depth(), await shop.store.active()) == (EMPTY, 0)
    with pytest.raises(LeaseLost):
        await shop.leases.settle(claim, Outcome({}))

    resumed = await shop.store.resume(
        job.id, tenant="local", request={"prompt": "a vixen"}, max_cost=5_000_000
    )
    assert (resumed.request, resumed.terms.max_cost) == ({"prompt": "a vixen"}, 5_000_000)
    assert set(shop.outbox.take()) == {job.step_id("segment-1"), job.step_id("segment-2")}


async def test_the_first_reason_that_needs_a_person_stands(shop: Shop) -> None:
    job = await filming(shop)
    claims = [await shop.claim(job.step_id(f"segment-{n}")) for n in (1, 2)]
    await shop.store.pause(job.id, tenant="local")
    await shop.leases.hold(claims[0], UNKNOWN)
    await shop.leases.hold(claims[1], Failure("over_budget", "It would cost too much."))
    held = (await shop.store.pause(job.id, tenant="local")).hold
    assert held == Failure(UNKNOWN.code, UNKNOWN.message, "segment-1")


async def test_an_order_is_not_changed_while_steps_start(shop: Shop) -> None:
    job = await filming(shop)
    with pytest.raises(Conflict):
        await shop.store.resume(job.id, tenant="local", request={"prompt": "a vixen"})
    assert await shop.store.get(job.id) == job


async def test_a_retry_makes_only_what_failed(shop: Shop) -> None:
    failed = await failed_film(shop)
    again = await shop.store.retry(failed.id, tenant="local", max_cost=7)
    assert (again.state, again.attempt, again.error) == (State.QUEUED, 2, None)
    assert (again.started_at, again.finished_at, again.terms.max_cost) == (None, None, 7)
    assert again.step("segment-1") == failed.step("segment-1")
    assert again.step("segment-2").attempts == 0
    assert again.progress == 0.4
    assert shop.outbox.take() == [again.step_id("segment-2")]
    for name in ("segment-2", "film"):
        await shop.finish(again.step_id(name))
    film = await shop.store.get(failed.id)
    assert (film.state, film.progress, film.result) == (State.FINISHED, 1.0, {"made": "film"})


async def test_a_canceled_job_is_retried_from_what_it_had(shop: Shop) -> None:
    job = await filming(shop)
    await shop.finish(job.step_id("segment-1"))
    await shop.store.cancel(job.id, tenant="local")
    shop.outbox.take()
    again = await shop.store.retry(job.id, tenant="local")
    assert shop.outbox.take() == [again.step_id("segment-2")]


async def test_a_sibling_that_runs_on_from_the_attempt_before_writes_nothing(shop: Shop) -> None:
    job = await filming(shop)
    sibling = await shop.claim(job.step_id("segment-1"))
    await shop.leases.fail(await shop.claim(job.step_id("segment-2")), WEATHER)
    again = await shop.store.retry(job.id, tenant="local")
    assert await shop.store.active() == 0
    before = await shop.store.get(job.id)
    assert await shop.leases.report(sibling, fraction=0.9) is Hold.LOST
    for write in (
        shop.leases.settle(sibling, Outcome({})),
        shop.leases.fail(sibling, WEATHER),
        shop.leases.hold(sibling, UNKNOWN),
    ):
        with pytest.raises(LeaseLost):
            await write
    await shop.leases.release(sibling)
    assert await shop.store.get(job.id) == before
    assert await shop.leases.claim(job.step_id("segment-1"), worker="bob") is None
    assert await shop.leases.claim(again.step_id("segment-1"), worker="bob")


async def test_a_finished_film_is_remade_with_one_shot_anew(shop: Shop) -> None:
    film = await finished_film(shop)
    again = await shop.store.remake(
        film.id, tenant="local", request={"prompt": "a vixen"}, stale=["segment-2"]
    )
    assert (again.state, again.attempt, again.result) == (State.QUEUED, 2, {"made": "film"})
    assert again.request == {"prompt": "a vixen"}
    assert [step.state for step in again.steps] == [
        StepState.DONE,
        StepState.DONE,
        StepState.READY,
        StepState.WAITING,
    ]
    assert shop.outbox.take() == [again.step_id("segment-2")]
    for name in ("segment-2", "film"):
        await shop.finish(again.step_id(name))
    assert (await shop.store.get(film.id)).state is State.FINISHED
    assert (await kinds(shop, film)).count(EventKind.FINISHED) == 2


async def test_a_new_plan_may_have_other_steps(shop: Shop) -> None:
    film = await finished_film(shop)
    again = await shop.store.remake(film.id, tenant="local", request={}, stale=["plan"])
    assert [step.name for step in again.steps] == ["plan"]
    await shop.finish(again.step_id("plan"), Step("segment-1", "segment", needs=("plan",)))
    await shop.finish(again.step_id("segment-1"))
    done = await shop.store.get(film.id)
    assert (done.state, len(done.steps)) == (State.FINISHED, 2)


async def test_a_paused_job_goes_on_when_it_is_remade(shop: Shop) -> None:
    job = await filming(shop)
    running = await shop.claim(job.step_id("segment-2"))
    await shop.finish(job.step_id("segment-1"))
    await shop.store.pause(job.id, tenant="local")
    shop.outbox.take()
    again = await shop.store.remake(job.id, tenant="local", request={}, stale=["segment-1"])
    assert (again.state, again.hold, again.attempt) == (State.STARTED, None, 2)
    assert shop.outbox.take() == [again.step_id("segment-1"), again.step_id("segment-2")]
    assert await shop.leases.report(running) is Hold.LOST


async def test_only_what_was_kept_still_warns(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.settle(claim, Outcome({}, SHOTS, warnings=("No yak.",)))
    claim = await shop.claim(job.step_id("segment-1"))
    await shop.leases.settle(claim, Outcome({}, warnings=("It was cut short.",)))
    told = await shop.store.pause(job.id, tenant="local")
    assert told.warnings == ("No yak.", "It was cut short.")
    again = await shop.store.remake(job.id, tenant="local", request={}, stale=["segment-1"])
    assert again.warnings == ("No yak.",)


@pytest.mark.parametrize("stale", [[], ["segment-9"]], ids=["nothing", "no such step"])
async def test_a_remake_of_nothing_is_refused(shop: Shop, stale: list[str]) -> None:
    film = await finished_film(shop)
    with pytest.raises(InvalidRequest) as refused:
        await shop.store.remake(film.id, tenant="local", request={}, stale=stale)
    assert refused.value.param == "stale"
    assert await shop.store.get(film.id) == film


async def test_nothing_is_left_of_a_deleted_job_once_its_files_are_gone(shop: Shop) -> None:
    job = await filming(shop)
    await shop.leases.report(await shop.claim(job.step_id("segment-1")), fraction=0.5)
    await shop.leases.fail(await shop.claim(job.step_id("segment-2")), WEATHER)
    failed = await shop.store.get(job.id)

    assert await shop.store.delete(job.id, tenant="local") == failed
    with pytest.raises(NotFound):
        await shop.store.get(job.id)
    assert (await shop.store.list()).jobs == ()
    assert (await shop.store.dead_letters()).letters == ()
    assert (await shop.store.events(job.id)).events == ()
    assert await shop.store.active() == 0
    assert await shop.store.deleted() == (failed,)
    await shop.store.forget(job.id)
    assert await shop.store.deleted() == ()
    await shop.redis.delete(["ttv:gone"])  # that it is gone is known for a day
    left = [str(key) for key in await shop.redis.keys("*")]
    assert [key for key in left if job.id in key] == []
    for key in left:
        if await shop.redis.type(key) == "zset":
            assert not [m for m in await shop.redis.zrange(key, 0, -1) if job.id in str(m)]


async def test_a_key_whose_job_was_deleted_makes_no_other(shop: Shop) -> None:
    async def order() -> jobs.Created:
        return await shop.store.create({}, steps=[PLAN], idempotency_key="k", fingerprint="f")

    job = (await order()).job
    await shop.store.cancel(job.id, tenant="local")
    await shop.store.delete(job.id, tenant="local")
    with pytest.raises(Conflict, match="deleted"):
        await order()


async def test_what_the_state_does_not_allow_is_refused_and_changes_nothing(shop: Shop) -> None:
    live, over = await filming(shop), await finished_film(shop)
    store = shop.store
    for job, call in (
        (live, store.retry(live.id, tenant="local")),
        (live, store.remake(live.id, tenant="local", request={}, stale=["plan"])),
        (live, store.delete(live.id, tenant="local")),
        (over, store.pause(over.id, tenant="local")),
        (over, store.resume(over.id, tenant="local")),
        (over, store.retry(over.id, tenant="local")),
    ):
        with pytest.raises(Conflict):
            await call
        assert await store.get(job.id) == job


async def test_nobody_changes_the_job_of_another_tenant_or_one_that_is_not_there(
    shop: Shop,
) -> None:
    job = await failed_film(shop)
    for job_id, tenant in ((job.id, "else"), (NO_JOB, "local"), ("job_x", "local")):
        for call in (
            shop.store.pause(job_id, tenant=tenant),
            shop.store.resume(job_id, tenant=tenant),
            shop.store.retry(job_id, tenant=tenant),
            shop.store.remake(job_id, tenant=tenant, request={}, stale=["film"]),
            shop.store.delete(job_id, tenant=tenant),
        ):
            with pytest.raises(NotFound):
                await call
    assert await shop.store.get(job.id) == job


async def test_a_call_that_expects_an_older_revision_changes_nothing(shop: Shop) -> None:
    live, failed = await filming(shop), await failed_film(shop)
    store = shop.store
    for job, call in (
        (live, store.pause(live.id, tenant="local", revision=live.revision - 1)),
        (live, store.resume(live.id, tenant="local", revision=live.revision - 1)),
        (failed, store.retry(failed.id, tenant="local", revision=failed.revision - 1)),
        (
            failed,
            store.remake(
                failed.id, tenant="local", request={}, stale=["plan"], revision=failed.revision - 1
            ),
        ),
    ):
        with pytest.raises(Changed):
            await call
        assert await store.get(job.id) == job
    assert (await store.pause(live.id, tenant="local", revision=live.revision)).hold
    assert (await store.retry(failed.id, tenant="local", revision=failed.revision)).attempt == 2


async def test_a_call_whose_answer_was_lost_is_answered_again(shop: Shop) -> None:
    """As the connection does it: the same script with the same arguments, once more."""
    script = shop.connection.script

    async def twice(name: str, *args: str | int | float) -> object:
        first = await script(name, *args)
        again = await script(name, *args)
        assert (name, again[0]) == (name, first[0])
        return again

    store, job = shop.store, await shop.order()
    shop.connection.script = twice  # type: ignore[method-assign]  # a network that loses answers
    await shop.leases.settle(await shop.claim(job.step_id("plan")), Outcome({}, SHOTS))
    await store.pause(job.id, tenant="local", revision=(await store.get(job.id)).revision)
    await store.resume(job.id, tenant="local", revision=(await store.get(job.id)).revision)
    await store.cancel(job.id, tenant="local", revision=(await store.get(job.id)).revision)
    again = await store.retry(job.id, tenant="local")
    assert again.attempt == 2
    await store.cancel(job.id, tenant="local")
    remade = await store.remake(job.id, tenant="local", request={}, stale=["plan"])
    assert remade.attempt == 3
    await store.cancel(job.id, tenant="local")
    assert (await store.delete(job.id, tenant="local")).id == job.id


async def test_of_many_retries_at_once_one_begins_an_attempt(shop: Shop) -> None:
    failed = await failed_film(shop)
    calls = [shop.store.retry(failed.id, tenant="local") for _ in range(20)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    begun = [answer for answer in answers if isinstance(answer, Job)]
    assert [job.attempt for job in begun] == [2]
    assert {type(answer) for answer in answers} == {Job, Conflict}
    assert shop.outbox.take() == [begun[0].step_id("segment-2")]
