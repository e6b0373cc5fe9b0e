"""Any order of what API, workers and sweeps can do leaves a job in order."""

from __future__ import annotations

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
from ttv.errors import Cancelled, Conflict, LeaseLost
from ttv.jobs import (
    MOVES,
    STEP_MOVES,
    Claim,
    Failure,
    Hold,
    Job,
    Outcome,
    State,
    Step,
    StepState,
    advance,
)
from ttv.redis import Connection

T = TypeVar("T")

WORKERS = st.sampled_from(["ann", "bob"])
POOLS = st.sampled_from(["cpu", "remote"])
LIVE = {State.QUEUED, State.STARTED}


class Office:
    """The store, called from outside its event loop."""

    def __init__(self, portal: BlockingPortal, connection: Connection) -> None:
        self.portal = portal
        self.redis: Redis[str] = connection.redis
        self.outbox = Outbox()
        self.store = jobs.JobStore(connection, self.outbox)
        self.leases = jobs.Leases(connection, self.outbox, attempts=3, told_every_seconds=0)
        self.fleet = jobs.Fleet(connection)

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

    @initialize()
    def begin(self) -> None:
        self.office.do(self.office.redis.flushall)
        slots = {"cpu": 2, "remote": 1}
        self.office.do(partial(self.office.fleet.beat, jobs.WorkerCard("ann", slots)))

    def get(self, job_id: str) -> Job:
        return self.office.do(partial(self.office.store.get, job_id))

    def stands(self, claim: Claim) -> bool:
        job = self.get(claim.job.id)
        step = job.step(claim.step.name)
        return (step.state, step.token) == (StepState.RUNNING, claim.token)

    @rule(target=orders, pool=POOLS, planned=st.booleans())
    def create(self, pool: str, *, planned: bool) -> str:
        steps = [Step("plan", "plan", pool=pool)]
        if planned:
            steps += [Step("segment-1", "segment", needs=("plan",)), Step("segment-2", "segment")]
        created = self.office.do(partial(self.office.store.create, {}, steps=steps))
        assert created.job == self.get(created.job.id)
        return created.job.id

    @rule(target=claims, order=orders, data=st.data(), worker=WORKERS)
    def claim(self, order: str, data: st.DataObject, worker: str) -> object:
        before = self.get(order)
        step = data.draw(st.sampled_from(before.steps))
        claim = self.office.do(
            partial(self.office.leases.claim, before.step_id(step.name), worker=worker)
        )
        free = before.state in LIVE and step.state is StepState.READY
        assert (claim is not None) == free
        return multiple() if claim is None else claim

    @rule(claim=claims, fraction=st.floats(0, 1))
    def report(self, claim: Claim, fraction: float) -> None:
        stands, job = self.stands(claim), self.get(claim.job.id)
        hold = self.office.do(
            partial(self.office.leases.report, claim, fraction=fraction, message="at work")
        )
        assert (hold is Hold.HELD) == stands
        assert (hold is Hold.CANCELED) == (job.state is State.CANCELED)

    @rule(claim=consumes(claims), count=st.integers(0, 3), pool=POOLS)
    def settle(self, claim: Claim, count: int, pool: str) -> None:
        names = [f"{claim.step.name}-{number}" for number in range(count)]
        added = tuple(
            Step(name, "segment", needs=(claim.step.name,), pool=pool)
            for name in names
            if len(name) < 14
        )
        outcome = Outcome({"by": claim.worker}, added)
        if self.attempt(claim, partial(self.office.leases.settle, claim, outcome)):
            step = self.get(claim.job.id).step(claim.step.name)
            assert (step.state, step.result) == (StepState.DONE, {"by": claim.worker})

    @rule(claim=consumes(claims), again=st.booleans())
    def fail(self, claim: Claim, *, again: bool) -> None:
        failure = Failure("temporarily_unavailable", "The weather is bad.")
        wait = 0.0 if again else None
        if self.attempt(claim, partial(self.office.leases.fail, claim, failure, retry_in=wait)):
            step = self.get(claim.job.id).step(claim.step.name)
            assert step.state is (StepState.READY if again else StepState.FAILED)

    def attempt(self, claim: Claim, write: Callable[[], Awaitable[object]]) -> bool:
        """Write for a claim, which works if it stands and else changes nothing."""
        stands, before = self.stands(claim), self.get(claim.job.id)
        try:
            self.office.do(write)
        except (Cancelled, LeaseLost):
            assert not stands
            assert self.get(claim.job.id) == before
        return stands

    @rule(claim=consumes(claims))
    def release(self, claim: Claim) -> None:
        before, stands = self.get(claim.job.id), self.stands(claim)
        self.office.do(partial(self.office.leases.release, claim))
        assert stands or self.get(claim.job.id) == before

    @rule(order=orders)
    def cancel(self, order: str) -> None:
        before = self.get(order)
        try:
            self.office.do(partial(self.office.store.cancel, order, tenant="local"))
        except Conflict:
            assert before.state in {State.FINISHED, State.FAILED}
        else:
            assert self.get(order).state is State.CANCELED

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
        before = self.get(order)
        self.office.do(partial(self.office.leases.proceed, order))
        assert self.get(order) == before, "a repair found something to mend"

    @rule(target=orders, order=orders)
    def look(self, order: str) -> str:
        self.seen[order] = self.get(order)
        return order

    @invariant()
    def only_known_moves_were_made(self) -> None:
        for job_id, before in list(self.seen.items()):
            after = self.seen[job_id] = self.get(job_id)
            assert after.state in reachable(MOVES, before.state)
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
                if step.state is StepState.READY and job.state in LIVE:
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
