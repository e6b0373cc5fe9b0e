from __future__ import annotations

import asyncio

import pytest

from tests.integration.conftest import PLAN, Shop
from ttv import jobs
from ttv.errors import Cancelled, InvalidRequest, LeaseLost
from ttv.jobs import EventKind, Failure, Hold, Outcome, State, Step, StepState

pytestmark = pytest.mark.anyio

FILM = (
    Step("segment-1", "segment", needs=("plan",), shot=1, weight=3),
    Step("segment-2", "segment", needs=("plan",), shot=2, weight=3),
    Step("film", "film", needs=("segment-1", "segment-2")),
)
WEATHER = Failure("temporarily_unavailable", "The weather is bad.")


async def test_a_job_goes_from_its_first_step_to_its_film(shop: Shop) -> None:
    job = await shop.order()
    assert await shop.store.get(job.id) == job
    assert shop.outbox.take() == [job.step_id("plan")]

    await shop.finish(job.step_id("plan"), *FILM)
    assert shop.outbox.take() == [job.step_id("segment-1"), job.step_id("segment-2")]
    await shop.finish(job.step_id("segment-2"))
    assert shop.outbox.take() == []
    await shop.finish(job.step_id("segment-1"))
    assert shop.outbox.take() == [job.step_id("film")]
    await shop.finish(job.step_id("film"))

    done = await shop.store.get(job.id)
    assert (done.state, done.progress, done.result) == (State.FINISHED, 1.0, {"made": "film"})
    assert done.started_at is not None
    assert done.finished_at is not None
    assert job.created_at <= done.started_at <= done.finished_at
    assert {step.state for step in done.steps} == {StepState.DONE}
    assert await shop.store.active() == 0
    assert await shop.store.depth() == {"cpu": 0, "gpu": 0, "remote": 0}


async def test_of_twenty_workers_one_gets_the_step(shop: Shop) -> None:
    job = await shop.order()
    claims = await asyncio.gather(
        *(shop.leases.claim(job.step_id("plan"), worker=f"w{n}") for n in range(20))
    )
    assert sum(claim is not None for claim in claims) == 1
    assert await shop.store.active() == 1


@pytest.mark.parametrize(
    "step_id",
    ["job_01JGJ0000000000000000000ZZ:1:plan", "{job}:2:plan", "{job}:1:film", "{job}:1:segment-1"],
    ids=["no such job", "another attempt", "no such step", "its need is not done"],
)
async def test_what_cannot_run_is_not_claimed(shop: Shop, step_id: str) -> None:
    job = await shop.order(PLAN, Step("segment-1", "segment", needs=("plan",)))
    assert await shop.leases.claim(step_id.format(job=job.id), worker="ann") is None


async def test_a_done_step_is_not_claimed_again(shop: Shop) -> None:
    job = await shop.order(PLAN, Step("film", "film", needs=("plan",)))
    await shop.finish(job.step_id("plan"))
    assert await shop.leases.claim(job.step_id("plan"), worker="bob") is None


async def test_every_claim_has_a_higher_token(shop: Shop) -> None:
    job = await shop.order()
    first = await shop.claim(job.step_id("plan"))
    await shop.leases.release(first)
    second = await shop.claim(job.step_id("plan"), "bob")
    assert second.token > first.token


async def test_a_worker_whose_lease_was_given_on_can_write_nothing(shop: Shop) -> None:
    job = await shop.order()
    stale = await shop.claim(job.step_id("plan"))
    await shop.end_lease(stale)
    assert (await shop.sweep()).freed == (job.step_id("plan"),)
    heir = await shop.claim(job.step_id("plan"), "bob")
    before = await shop.store.get(job.id)

    assert await shop.leases.report(stale, fraction=0.9, message="late") is Hold.LOST
    with pytest.raises(LeaseLost):
        await shop.leases.settle(stale, Outcome({"by": "ann"}))
    with pytest.raises(LeaseLost):
        await shop.leases.fail(stale, WEATHER)
    await shop.leases.release(stale)

    assert await shop.store.get(job.id) == before
    await shop.leases.settle(heir, Outcome({"by": "bob"}))
    assert (await shop.store.get(job.id)).step("plan").result == {"by": "bob"}


async def test_a_token_given_out_twice_does_not_let_another_worker_write(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    twin = jobs.Claim(claim.step_id, "bob", token=claim.token, job=claim.job)
    assert await shop.leases.report(twin) is Hold.LOST


async def test_settling_again_after_a_lost_answer_is_no_error(shop: Shop) -> None:
    job = await shop.order(PLAN, Step("film", "film", needs=("plan",)))
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.settle(claim, Outcome({}))
    before = await shop.store.get(job.id)
    await shop.leases.settle(claim, Outcome({}))
    assert await shop.store.get(job.id) == before


async def test_siblings_that_settle_at_once_let_what_needs_both_run_once(shop: Shop) -> None:
    names = [f"segment-{number}" for number in range(1, 21)]
    job = await shop.order(
        *(Step(name, "segment") for name in names), Step("film", "film", needs=tuple(names))
    )
    claims = [await shop.claim(job.step_id(name)) for name in names]
    shop.outbox.take()
    await asyncio.gather(*(shop.leases.settle(claim, Outcome({})) for claim in claims))
    assert shop.outbox.take() == [job.step_id("film")]


async def test_steps_that_do_not_fit_the_job_are_refused(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    for bad in (PLAN, Step("film", "film", needs=("keyframe-1",))):
        with pytest.raises(InvalidRequest):
            await shop.leases.settle(claim, Outcome({}, (bad,)))
    assert (await shop.store.get(job.id)).steps == claim.job.steps


async def test_progress_follows_the_weights_and_never_falls(shop: Shop) -> None:
    job = await shop.order(Step("segment-1", "segment", weight=1), Step("film", "film", weight=3))
    claim = await shop.claim(job.step_id("film"))
    seen = []
    for fraction in (0.5, 0.2, 0.8):
        await shop.leases.report(claim, fraction=fraction)
        seen.append((await shop.store.get(job.id)).progress)
    await shop.leases.fail(claim, WEATHER, retry_in=0)
    claim = await shop.claim(job.step_id("film"))
    await shop.leases.report(claim, fraction=0.1)
    seen.append((await shop.store.get(job.id)).progress)
    assert seen == [0.375, 0.375, 0.6, 0.6]


async def test_before_the_plan_is_known_progress_stays_small(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.report(claim, fraction=1.0)
    assert (await shop.store.get(job.id)).progress == 0.05
    await shop.leases.settle(claim, Outcome({}, FILM))
    assert (await shop.store.get(job.id)).progress == 0.125


async def test_a_plan_of_much_work_does_not_take_progress_back(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.report(claim, fraction=1.0)
    long = Step("segment-1", "segment", weight=1000)
    await shop.leases.settle(claim, Outcome({}, (long,)))
    await shop.leases.report(await shop.claim(job.step_id("segment-1")), fraction=0.01)
    assert (await shop.store.get(job.id)).progress == 0.05


async def test_a_report_that_changes_nothing_visible_makes_no_revision(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.report(claim, fraction=0.5, message="Thinking")
    before = await shop.store.get(job.id)
    assert await shop.leases.report(claim, fraction=0.5, message="Thinking") is Hold.HELD
    assert await shop.leases.report(claim) is Hold.HELD
    assert await shop.store.get(job.id) == before
    assert before.message == "Thinking"


async def test_many_running_steps_do_not_flood_the_journal_of_their_job(shop: Shop) -> None:
    calm = jobs.Leases(shop.connection, shop.outbox, told_every_seconds=60)
    job = await shop.order(*(Step(f"segment-{n}", "segment") for n in range(1, 6)))
    claims = [await shop.claim(job.step_id(step.name)) for step in job.steps]
    for claim in claims:
        assert await calm.report(claim, fraction=0.5, message=claim.step.name) is Hold.HELD
    told = (await shop.store.events(job.id)).events
    assert [event.message for event in told if event.kind is EventKind.PROGRESS] == ["segment-1"]


async def test_no_running_step_is_passed_over_for_a_sibling(shop: Shop) -> None:
    calm = jobs.Leases(shop.connection, shop.outbox, told_every_seconds=60)
    job = await shop.order(*(Step(f"segment-{n}", "segment") for n in range(1, 4)))
    claims = [await shop.claim(job.step_id(step.name)) for step in job.steps]
    for claim in claims:
        await calm.report(claim, fraction=0.5)
    await shop.leases.report(claims[0], fraction=0.6)
    told = (await shop.store.get(job.id)).steps
    assert [step.fraction for step in told] == [0.6, 0.5, 0.5]


async def test_a_report_renews_the_lease(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.end_lease(claim)
    await shop.leases.report(claim)
    assert (await shop.sweep()).freed == ()


async def test_a_step_that_is_to_be_repeated_waits_its_time(shop: Shop) -> None:
    job = await shop.order()
    shop.outbox.take()
    await shop.leases.fail(await shop.claim(job.step_id("plan")), WEATHER, retry_in=60)
    await shop.sweep()
    assert shop.outbox.take() == []
    await shop.redis.zadd("ttv:delayed:cpu", {job.step_id("plan"): 1})
    await shop.sweep()
    assert shop.outbox.take() == [job.step_id("plan")]
    step = (await shop.store.get(job.id)).step("plan")
    assert (step.state, step.attempts) == (StepState.READY, 1)
    assert step.error == Failure(WEATHER.code, WEATHER.message, "plan")


async def test_a_step_that_fails_for_good_fails_the_job_and_calls_its_siblings_off(
    shop: Shop,
) -> None:
    job = await shop.order(*(Step(f"segment-{n}", "segment") for n in (1, 2, 3)))
    await shop.finish(job.step_id("segment-1"))
    await shop.leases.fail(await shop.claim(job.step_id("segment-2")), WEATHER)

    failed = await shop.store.get(job.id)
    assert failed.state is State.FAILED
    assert failed.error == Failure(WEATHER.code, WEATHER.message, "segment-2")
    assert failed.step("segment-1").result == {"made": "segment-1"}
    assert await shop.leases.claim(job.step_id("segment-3"), worker="ann") is None
    assert await shop.store.depth() == {"cpu": 0, "gpu": 0, "remote": 0}


async def test_what_a_running_sibling_of_a_failed_step_makes_is_kept(shop: Shop) -> None:
    job = await shop.order(Step("segment-1", "segment"), Step("segment-2", "segment"))
    sibling = await shop.claim(job.step_id("segment-1"))
    await shop.leases.fail(await shop.claim(job.step_id("segment-2")), WEATHER)
    assert await shop.leases.report(sibling, fraction=0.5) is Hold.HELD
    await shop.leases.settle(sibling, Outcome({"kept": True}))
    failed = await shop.store.get(job.id)
    assert (failed.state, failed.step("segment-1").result) == (State.FAILED, {"kept": True})


async def test_cancelling_a_running_job_takes_its_leases(shop: Shop) -> None:
    job = await shop.order(Step("segment-1", "segment"), Step("segment-2", "segment"))
    claim = await shop.claim(job.step_id("segment-1"))
    canceled = await shop.store.cancel(job.id, tenant="local")
    assert canceled.state is State.CANCELED
    assert {step.state for step in canceled.steps} == {StepState.CANCELED}
    assert await shop.leases.report(claim) is Hold.CANCELED
    with pytest.raises(Cancelled):
        await shop.leases.settle(claim, Outcome({}))
    with pytest.raises(Cancelled):
        await shop.leases.fail(claim, WEATHER)
    assert await shop.leases.claim(job.step_id("segment-2"), worker="ann") is None
    assert await shop.store.get(job.id) == canceled
    assert (await shop.store.active(), await shop.store.depth()) == (
        0,
        {"cpu": 0, "gpu": 0, "remote": 0},
    )


async def test_a_step_whose_worker_dies_every_time_fails_after_its_attempts(shop: Shop) -> None:
    job = await shop.order()
    for _ in range(shop.leases.attempts):
        await shop.end_lease(await shop.claim(job.step_id("plan")))
        await shop.sweep()
    failed = await shop.store.get(job.id)
    assert failed.state is State.FAILED
    assert failed.error == Failure(
        "worker_lost", "The worker stopped in the middle of this step 4 times.", "plan"
    )


async def test_a_released_claim_does_not_count(shop: Shop) -> None:
    job = await shop.order()
    for _ in range(10):
        await shop.leases.release(await shop.claim(job.step_id("plan")))
    step = (await shop.store.get(job.id)).step("plan")
    assert (step.state, step.attempts) == (StepState.READY, 0)


async def test_leases_are_left_alone_unless_they_shall_expire(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.end_lease(claim)
    assert (await shop.sweep(expire=False)).freed == ()
    assert await shop.leases.report(claim) is Hold.HELD


async def test_one_sweep_is_made_in_each_interval(shop: Shop) -> None:
    job = await shop.order()
    await shop.end_lease(await shop.claim(job.step_id("plan")))
    sweeps = [
        await shop.leases.sweep(worker=name, every_seconds=60, expire=True) for name in ("a", "b")
    ]
    assert [len(sweep.freed) for sweep in sweeps] == [1, 0]


async def test_a_step_that_was_sent_but_never_claimed_is_sent_again(shop: Shop) -> None:
    job = await shop.order()
    shop.outbox.take()
    await shop.sweep()
    assert shop.outbox.take() == []
    await shop.redis.zadd("ttv:sent:cpu", {job.step_id("plan"): 1})
    await shop.sweep()
    assert shop.outbox.take() == [job.step_id("plan")]


async def test_the_queue_gets_no_more_steps_than_there_are_free_slots(shop: Shop) -> None:
    await shop.fleet.leave("ann")
    await shop.fleet.beat(jobs.WorkerCard("bob", {"cpu": 2}))
    orders = [await shop.order() for _ in range(10)]
    assert shop.outbox.take() == [job.step_id("plan") for job in orders[:2]]
    assert (await shop.store.depth())["cpu"] == 10
    await shop.finish(orders[0].step_id("plan"))
    assert shop.outbox.take() == [orders[2].step_id("plan")]


async def test_a_job_that_got_stuck_is_mended(shop: Shop) -> None:
    job = await shop.order(PLAN, Step("segment-1", "segment", needs=("plan",)))
    await shop.finish(job.step_id("plan"))
    shop.outbox.take()
    # As no script of ours would leave it: ready to run, and nobody knows.
    await shop.redis.hset(f"ttv:job:{job.id}:steps", {"segment-1:state": "waiting"})
    await shop.redis.delete(["ttv:sent:cpu"])
    await shop.redis.zadd("ttv:started", {job.id: 1})
    found = await shop.sweep()
    assert found.quiet == (job.id,)
    await shop.leases.proceed(job.id)
    assert shop.outbox.take() == [job.step_id("segment-1")]
    before = await shop.store.get(job.id)
    await shop.leases.proceed(job.id)
    assert await shop.store.get(job.id) == before


async def test_a_cancelled_job_is_told_to_who_listens(shop: Shop) -> None:
    heard: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
    listening = asyncio.create_task(
        shop.leases.watch_canceled(lambda *called_off: heard.put_nowait(called_off))
    )
    try:
        async with asyncio.timeout(30):
            while not (await shop.redis.pubsub_numsub("ttv:canceled"))["ttv:canceled"]:  # noqa: ASYNC110  # Redis has no event for it
                await asyncio.sleep(0.01)
        job = await shop.order()
        await shop.store.cancel(job.id, tenant="local")
        assert await asyncio.wait_for(heard.get(), 30) == (job.id, 1)
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def test_the_journal_tells_the_life_of_a_job(shop: Shop) -> None:
    job = await shop.order()
    claim = await shop.claim(job.step_id("plan"))
    await shop.leases.report(claim, fraction=0.5, message="Thinking")
    await shop.leases.fail(claim, WEATHER, retry_in=0)
    await shop.finish(job.step_id("plan"))
    events = (await shop.store.events(job.id)).events
    assert [(event.kind, event.step) for event in events] == [
        (EventKind.CREATED, None),
        (EventKind.STARTED, "plan"),
        (EventKind.PROGRESS, "plan"),
        (EventKind.RETRYING, "plan"),
        (EventKind.CLAIMED, "plan"),
        (EventKind.DONE, "plan"),
        (EventKind.FINISHED, None),
    ]
    assert [event.revision for event in events] == list(range(1, 8))
    assert [event.message for event in events[2:4]] == ["Thinking", "The weather is bad."]
    assert job.created_at <= events[0].at <= events[-1].at
    assert (await shop.store.get(job.id)).revision == 7
