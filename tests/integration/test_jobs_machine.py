"""Any order of what API, workers and sweeps can do leaves a job in order."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import ClassVar, TypeVar

import hypothesis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from coredis import Redis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.integration.conftest import Outbox, Valkey
from ttv import jobs
from ttv.errors import Cancelled, Conflict, LeaseLost, NotFound
from ttv.jobs import (
    MOVES,
    STEP_MOVES,
    Claim,
    Job,
    State,
    Step,
    StepState,
    advance,
)
from ttv.redis import Connection

T = TypeVar("T")

WORKERS, POOLS = st.sampled_from(["ann", "bob"]), st.sampled_from(["cpu", "remote"])
LIVE = {State.QUEUED, State.STARTED}
#: What may be in Redis when there is no job: as much, however many there were.
LASTING = re.compile(
    r"ttv:(token|paces|totals|gone|sweeper|workers(:seen)?|spend:tenant:local:\d+"
    r"|(slots|present|served|turns):(cpu|gpu|remote))"
)


class Office:
    """The store, called from outside its event loop."""

    def __init__(self, portal: BlockingPortal, connection: Connection) -> None:
        self.portal = portal
        self.redis: Redis[str] = connection.redis
        self.outbox = Outbox()
        self.store = jobs.JobStore(connection, self.outbox)
        self.leases = jobs.Leases(connection, self.outbox, attempts=3, told_every_seconds=0)
        self.fleet = jobs.Fleet(connection)
        self.spend = jobs.Spend(connection)

    def do(self, work: Callable[[], Awaitable[T]]) -> T:
        return self.portal.call(work)


class Machine(RuleBasedStateMachine):
    """Actors who do anything at any time, each seeing only what the store tells them."""

    orders = Bundle("orders")
    claims = Bundle("claims")

    office: ClassVar[Office]

    def __init__(self) -> None:
        super().__init__()
        #: Every job as it was last seen.
        self.seen: dict[str, Job] = {}

    @initialize(target=orders, pool=POOLS)
    def begin(self, pool: str) -> object:
        self.office.do(self.office.redis.flushall)
        card = jobs.WorkerCard("ann", {"cpu": 2, "remote": 1})
        self.office.do(partial(self.office.fleet.beat, card))
        return self.create(pool, planned=True)

    def get(self, job_id: str) -> Job:
        return self.office.do(partial(self.office.store.get, job_id))

    def stands(self, claim: Claim) -> bool:
        try:
            job = self.get(claim.job.id)
            step = job.step(claim.step.name)
        except (NotFound, KeyError):  # deleted, or planned by a plan that is made again
            return False
        return (job.attempt, step.state, step.token) == (
            claim.step_id.attempt,
            StepState.RUNNING,
            claim.token,
        )

    @rule(target=orders, pool=POOLS, planned=st.booleans())
    def create(self, pool: str, *, planned: bool) -> str:
        steps = [Step("plan", "plan", pool=pool)]
        if planned:
            steps += [Step("segment-1", "segment", needs=("plan",)), Step("segment-2", "segment")]
        terms = jobs.Terms(deadline=10**14)
        created = self.office.do(partial(self.office.store.create, {}, steps=steps, terms=terms))
        assert created.job == self.get(created.job.id)
        self.seen[created.job.id] = created.job
        return created.job.id

    @rule(target=claims, order=orders, data=st.data(), worker=WORKERS)
    def claim(self, order: str, data: st.DataObject, worker: str) -> object:
        if order not in self.seen:
            return multiple()
        before = self.seen[order]
        step = data.draw(st.sampled_from(before.steps))
        claim = self.office.do(
            partial(self.office.leases.claim, before.step_id(step.name), worker=worker)
        )
        free = before.state in LIVE and not before.hold and step.state is StepState.READY
        assert (claim is not None) == free
        return multiple() if claim is None else claim

    @rule(claim=claims, fraction=st.floats(0, 1))
    def report(self, claim: Claim, fraction: float) -> None:
        stands, job = self.stands(claim), self.seen.get(claim.job.id)
        hold = self.office.do(
            partial(self.office.leases.report, claim, fraction=fraction, message="at work")
        )
        assert (hold is jobs.Hold.HELD) == stands
        called_off = (
            job is not None
            and job.attempt == claim.step_id.attempt
            and (
                job.state is State.CANCELED or job.step(claim.step.name).state is StepState.CANCELED
            )
        )
        assert (hold is jobs.Hold.CANCELED) == called_off

    @rule(claim=consumes(claims), count=st.integers(0, 3), pool=POOLS)
    def settle(self, claim: Claim, count: int, pool: str) -> None:
        names = [f"{claim.step.name}-{number}" for number in range(count)]
        added = tuple(
            Step(name, "segment", needs=(claim.step.name,), pool=pool)
            for name in names
            if len(name) < 14
        )
        outcome = jobs.Outcome({"by": claim.worker}, added)
        if self.attempt(claim, partial(self.office.leases.settle, claim, outcome)):
            step = self.get(claim.job.id).step(claim.step.name)
            assert (step.state, step.result) == (StepState.DONE, {"by": claim.worker})

    @rule(claim=consumes(claims), again=st.booleans())
    def fail(self, claim: Claim, *, again: bool) -> None:
        failure = jobs.Failure("temporarily_unavailable", "The weather is bad.")
        wait = 0.0 if again else None
        if self.attempt(claim, partial(self.office.leases.fail, claim, failure, retry_in=wait)):
            step = self.get(claim.job.id).step(claim.step.name)
            assert step.state is (StepState.READY if again else StepState.FAILED)

    def attempt(self, claim: Claim, write: Callable[[], Awaitable[object]]) -> bool:
        """Write for a claim, which works if it stands and else changes nothing."""
        stands = self.stands(claim)
        try:
            self.office.do(write)
        except (Cancelled, LeaseLost):
            assert not stands
            self.nothing_happened()
        return stands

    def nothing_happened(self) -> None:
        for job_id, before in self.seen.items():
            assert self.get(job_id) == before

    @rule(claim=claims, number=st.integers(1, 3))
    def reserve(self, claim: Claim, number: int) -> None:
        paid = jobs.Paid(f"{claim.step.name}-{number}", "dear")
        self.attempt(claim, partial(self.office.spend.reserve, claim.job, claim.step, paid, 10))

    @rule(claim=claims, number=st.integers(1, 3), cost=st.integers(0, 20))
    def charge(self, claim: Claim, number: int, cost: int) -> None:
        name = claim.step.name
        paid = jobs.Paid(f"{name}-{number}", "dear")
        self.office.do(partial(self.office.spend.charge, claim.job.id, name, paid, cost))

    @rule(claim=consumes(claims))
    def release(self, claim: Claim) -> None:
        stands = self.stands(claim)
        self.office.do(partial(self.office.leases.release, claim))
        if not stands:
            self.nothing_happened()

    @rule(claim=consumes(claims))
    def hold(self, claim: Claim) -> None:
        failure = jobs.Failure("outcome_unknown", "It may have been bought.")
        if self.attempt(claim, partial(self.office.leases.hold, claim, failure)):
            job = self.get(claim.job.id)
            assert job.step(claim.step.name).state is StepState.READY
            assert job.state.terminal or (job.hold and job.hold.code == failure.code)

    def call(
        self, name: str, order: str, allowed: Callable[[Job], bool], **args: object
    ) -> Job | None:
        """Call on a job: gives it as it is then, or None where that was to be refused."""
        before = self.seen.get(order)
        work = partial(getattr(self.office.store, name), order, tenant="local", **args)
        try:
            after: Job = self.office.do(work)
        except NotFound:
            assert before is None
            return None
        except Conflict:
            assert before
            assert not allowed(before)
            self.nothing_happened()
            return None
        assert before
        assert allowed(before)
        return after

    @rule(order=orders)
    def cancel(self, order: str) -> None:
        def allowed(job: Job) -> bool:
            return job.state in LIVE or job.state is State.CANCELED

        after = self.call("cancel", order, allowed)
        assert after is None or after == self.get(order)
        assert after is None or after.state is State.CANCELED

    @rule(order=orders)
    def pause(self, order: str) -> None:
        after = self.call("pause", order, lambda job: job.state in LIVE)
        assert after is None or (after == self.get(order) and after.hold is not None)

    @rule(order=orders)
    def resume(self, order: str) -> None:
        after = self.call("resume", order, lambda job: job.state in LIVE)
        assert after is None or (after == self.get(order) and after.hold is None)

    @rule(order=orders)
    def retry(self, order: str) -> None:
        before = self.seen.get(order)
        after = self.call("retry", order, lambda job: job.state in {State.FAILED, State.CANCELED})
        if before and after:
            self.a_new_attempt(before, after, before.renewed())

    @rule(order=orders, data=st.data())
    def remake(self, order: str, data: st.DataObject) -> None:
        before = self.seen.get(order)
        if before is None:
            return
        stale = [data.draw(st.sampled_from(before.steps)).name]
        after = self.call(
            *("remake", order, lambda job: job.state.terminal or job.hold is not None),
            request={"take": 2},
            stale=stale,
        )
        if after:
            assert after.request == {"take": 2}
            self.a_new_attempt(before, after, before.renewed(stale))

    def a_new_attempt(self, before: Job, after: Job, renewed: Job) -> None:
        """Check what a retry or remake gave, and expect no less from here on."""
        assert (after.attempt, after.hold, after.error) == (before.attempt + 1, None, None)
        assert after.state is renewed.state
        assert after.steps == renewed.readied(advance(renewed).ready).steps
        self.seen[after.id] = after

    @rule(order=orders)
    def delete(self, order: str) -> None:
        gone = self.call("delete", order, lambda job: job.state.terminal)
        if gone:
            assert gone == self.seen.pop(order)
            assert self.office.do(self.office.store.deleted) == (gone,)
            self.office.do(partial(self.office.store.forget, order))

    @rule(order=orders)
    def miss_deadline(self, order: str) -> None:
        before = self.seen.get(order)
        if before and before.state in LIVE:
            passed: dict[str | bytes, int | float] = {order: 1}
            self.office.do(partial(self.office.redis.zadd, "ttv:deadlines", passed))
            self.sweep()
            late = self.get(order)
            assert late.state is State.FAILED
            assert late.error
            assert late.error.code == "deadline_exceeded"

    @rule(claim=claims)
    def fall_silent(self, claim: Claim) -> None:
        if self.stands(claim):
            ended: dict[str | bytes, int | float] = {str(claim.step_id): 1}
            self.office.do(partial(self.office.redis.zadd, "ttv:leases", ended))

    @rule()
    def sweep(self) -> None:
        self.office.do(partial(self.office.redis.delete, ["ttv:sweeper"]))
        self.office.do(
            partial(self.office.leases.sweep, worker="ann", every_seconds=9, expire=True)
        )

    @rule(order=orders)
    def proceed(self, order: str) -> None:
        if order in self.seen:
            self.office.do(partial(self.office.leases.proceed, order))
            self.nothing_happened()

    @invariant()
    def only_known_moves_were_made(self) -> None:
        for job_id, before in list(self.seen.items()):
            after = self.seen[job_id] = self.get(job_id)
            assert after.attempt == before.attempt, "nobody asked for another attempt"
            assert after.state in reachable(MOVES, before.state)
            assert not before.state.terminal or after.state is before.state
            assert after.progress >= before.progress
            assert after.revision >= before.revision
            for step in before.steps:
                assert after.step(step.name).state in reachable(STEP_MOVES, step.state)
                assert after.step(step.name).token >= step.token

    @invariant()
    def the_indexes_agree_with_the_records(self) -> None:
        found = self.office.do(partial(self.office.store.list, limit=100)).jobs
        everything = [self.get(job.id) for job in found]
        ready, running = set(), set()
        for job in everything:
            for step in job.steps:
                if step.state is StepState.RUNNING:
                    running.add(job.step_id(step.name))
                if step.state is StepState.READY and job.state in LIVE and not job.hold:
                    ready.add(job.step_id(step.name))
            assert job.state in LIVE or not advance(job).ready
        assert self.members("ttv:leases") == running
        queued = [
            self.members(f"ttv:{where}:{pool}")
            for where in ("waiting", "delayed", "sent")
            for pool in ("cpu", "remote")
        ]
        assert set().union(*queued) == ready
        assert sum(map(len, queued)) == len(ready)
        for state in State:
            listed = self.office.do(partial(self.office.store.list, state=state, limit=100)).jobs
            assert {job.id for job in listed} == {j.id for j in everything if j.state is state}

    @invariant()
    def the_journal_counts_every_revision(self) -> None:
        for job_id in self.seen:
            events = self.office.do(partial(self.office.store.events, job_id, limit=1000)).events
            assert [event.revision for event in events] == list(range(1, len(events) + 1))
            assert len(events) == self.get(job_id).revision

    def teardown(self) -> None:
        """Check that jobs leave nothing when all are deleted."""
        do, store, redis = self.office.do, self.office.store, self.office.redis
        for job_id, job in self.seen.items():
            if not job.state.terminal:
                do(partial(store.cancel, job_id, tenant="local"))
            do(partial(store.delete, job_id, tenant="local"))
            do(partial(store.forget, job_id))
        for _ in range(2):  # given back, and then forgotten
            for job_id in self.members("ttv:spend:orphans"):
                do(partial(redis.zadd, "ttv:spend:orphans", {job_id: 1}))
            for orphan in do(self.office.spend.orphans):
                do(partial(self.office.spend.release, orphan.job, orphan.paid))
        for key in do(partial(redis.keys, "*")):
            assert LASTING.fullmatch(str(key)), key
            if str(key).startswith("ttv:spend:"):
                assert do(partial(redis.hget, str(key), "reserved")) in {None, "0"}

    def members(self, key: str) -> set[str]:
        return set(self.office.do(partial(self.office.redis.zrange, key, 0, -1)))


def reachable(moves: Mapping[T, frozenset[T]], state: T) -> set[T]:
    """Give every state that can be reached from one in any number of moves."""
    found, todo = {state}, [state]
    while todo:
        following = moves[todo.pop()] - found
        found |= following
        todo += following
    return found


def test_any_order_of_actions_leaves_every_job_in_order(shared_valkey: Valkey) -> None:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(jobs.connect(shared_valkey.url)) as connection,
    ):

        class Bound(Machine):
            office = Office(portal, connection)

        run_state_machine_as_test(
            Bound,
            settings=hypothesis.settings(
                max_examples=25, stateful_step_count=25, deadline=None, derandomize=True
            ),
        )
