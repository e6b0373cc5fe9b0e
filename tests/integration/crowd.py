"""Actors who call on each other's jobs all at once, and an auditor who looks at what came of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from coredis import PureToken

from tests.integration.conftest import Outbox
from tests.integration.replay import Replay
from ttv import jobs
from ttv.errors import Cancelled, Conflict, InvalidRequest, LeaseLost, NotFound
from ttv.jobs import (
    Claim,
    Event,
    EventKind,
    Failure,
    Job,
    Outcome,
    State,
    Step,
    StepState,
    Terms,
    advance,
)
from ttv.jobs._record import pairs, read_job
from ttv.redis import Connection

#: What an actor may hear; anything else is a fault of ours.
REFUSALS: Final = (Cancelled, Conflict, InvalidRequest, LeaseLost, NotFound)
WEATHER: Final = Failure("temporarily_unavailable", "The weather is bad.")
UNKNOWN: Final = Failure("outcome_unknown", "It may have been bought.")
#: Claims that are still written with, alive or not.
FRESH: Final = 4
LATER: Final = 10**14
POOLS: Final = ("cpu", "remote")
QUEUES: Final = tuple(
    f"ttv:{line}:{pool}" for line in ("waiting", "delayed", "sent") for pool in POOLS
)
INDEXES: Final = (
    *("ttv:leases", "ttv:dead", "ttv:dead:local", "ttv:deadlines", "ttv:queued"),
    *("ttv:begun:local", "ttv:started", "ttv:deleted"),
    *QUEUES,
    *(f"ttv:leased:{pool}" for pool in POOLS),
    *(f"ttv:jobs:local:{state}" for state in State),
)


class Act(NamedTuple):
    """One call: what, about which job, which of its steps or which claim, and how."""

    verb: str
    job: int
    part: int
    how: int


class Crowd:
    """What all actors share: the store, and what they were told of it so far."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._redis = connection.redis
        self._store = jobs.JobStore(connection, Outbox())
        self._leases = jobs.Leases(connection, Outbox(), attempts=3, told_every_seconds=0)
        #: Every job as it was last seen; one that was deleted stays.
        self.seen: dict[str, Job] = {}
        self.claims: list[Claim] = []
        #: The done steps with which an attempt began, by job and attempt.
        self.kept: dict[str, dict[int, Collection[str]]] = {}
        self.gone: set[str] = set()

    async def open(self) -> None:
        """Begin in an empty Redis with one worker's slots and one job."""
        await self._redis.flushall()
        await jobs.Fleet(self._connection).beat(jobs.WorkerCard("ann", {"cpu": 2, "remote": 1}))
        await self._create(Act("create", 0, 0, 1))

    async def burst(self, acts: Iterable[Act]) -> None:
        """Do everything at once."""
        await asyncio.gather(*(self._do(act) for act in acts))

    async def _do(self, act: Act) -> None:
        with suppress(*REFUSALS):
            await getattr(self, f"_{act.verb}")(act)

    def _job(self, act: Act) -> Job:
        return list(self.seen.values())[act.job % len(self.seen)]

    def _claim_of(self, act: Act) -> Claim | None:
        fresh = self.claims[-FRESH:]
        return fresh[act.part % len(fresh)] if fresh else None

    async def _create(self, act: Act) -> None:
        steps = [Step("plan", "plan", pool=POOLS[act.part % 2])]
        if act.how:
            steps += [Step("segment-1", "segment", needs=("plan",)), Step("segment-2", "segment")]
        terms = Terms(deadline=LATER if act.how != 2 else None)
        job = (await self._store.create({}, steps=steps, terms=terms)).job
        self.seen[job.id] = job
        self.kept[job.id] = {}

    async def _claim(self, act: Act) -> None:
        job = self._job(act)
        ready = [step for step in job.steps if step.state is StepState.READY]
        steps = ready if ready and act.how else job.steps
        step = steps[act.part % len(steps)]
        claim = await self._leases.claim(job.step_id(step.name), worker=f"worker-{act.how}")
        if claim:
            self.claims.append(claim)

    async def _report(self, act: Act) -> None:
        if claim := self._claim_of(act):
            await self._leases.report(claim, fraction=act.how / 3, message="at work")

    async def _settle(self, act: Act) -> None:
        if claim := self._claim_of(act):
            planned = act.how if claim.step.kind == "plan" else 0
            added = tuple(
                Step(f"still-{number}", "keyframe", needs=("plan",)) for number in range(planned)
            )
            await self._leases.settle(claim, Outcome({"by": claim.token}, added))

    async def _fail(self, act: Act) -> None:
        if claim := self._claim_of(act):
            await self._leases.fail(claim, WEATHER, retry_in=[None, None, 0, 60][act.how])

    async def _hold(self, act: Act) -> None:
        if claim := self._claim_of(act):
            await self._leases.hold(claim, UNKNOWN)

    async def _release(self, act: Act) -> None:
        if claim := self._claim_of(act):
            await self._leases.release(claim)

    async def _fall_silent(self, act: Act) -> None:
        if claim := self._claim_of(act):
            ended: dict[str | bytes, int | float] = {str(claim.step_id): 1}
            await self._redis.zadd("ttv:leases", ended, condition=PureToken.XX)

    async def _sweep(self, _: Act) -> None:
        await self._redis.delete(["ttv:sweeper"])
        await self._leases.sweep(worker="ann", every_seconds=9, expire=True)

    async def _proceed(self, act: Act) -> None:
        await self._leases.proceed(self._job(act).id)

    async def _cancel(self, act: Act) -> None:
        await self._store.cancel(self._job(act).id, tenant="local")

    async def _pause(self, act: Act) -> None:
        job = self._job(act)
        revision = job.revision if act.how == 0 else None
        await self._store.pause(job.id, tenant="local", revision=revision)

    async def _resume(self, act: Act) -> None:
        request = {"take": act.part} if act.how == 0 else None
        await self._store.resume(self._job(act).id, tenant="local", request=request)

    async def _retry(self, act: Act) -> None:
        self._begun(await self._store.retry(self._job(act).id, tenant="local"))

    async def _remake(self, act: Act) -> None:
        job = self._job(act)
        stale = [job.steps[act.part % len(job.steps)].name]
        remade = await self._store.remake(
            job.id, tenant="local", request={"take": act.how}, stale=stale
        )
        self._begun(remade)

    async def _delete(self, act: Act) -> None:
        self.gone.add((await self._store.delete(self._job(act).id, tenant="local")).id)

    async def _miss_deadline(self, act: Act) -> None:
        passed: dict[str | bytes, int | float] = {self._job(act).id: 1}
        await self._redis.zadd("ttv:deadlines", passed, condition=PureToken.XX)

    def _begun(self, job: Job) -> None:
        done = [step.name for step in job.steps if step.state is StepState.DONE]
        assert job.attempt not in self.kept[job.id], "two calls began one attempt"
        self.kept[job.id][job.attempt] = done


class Audit:
    """Reads everything at one moment, replays the journals and compares."""

    def __init__(self, crowd: Crowd, connection: Connection) -> None:
        self._crowd = crowd
        self._read = connection.redis.register_script(
            (Path(__file__).parent / "snapshot.lua").read_text()
        )
        self._replays: dict[str, Replay] = {}
        self._after: dict[str, str] = {}
        #: How often each thing happened.
        self.happened: Counter[EventKind] = Counter()

    async def look(self) -> None:
        """Check all that must hold between bursts."""
        answer: Any = await self._read((), [json.dumps(self._after), json.dumps(INDEXES)])
        found: list[list[Any]] = answer[0]
        members: list[list[str]] = answer[1]
        keys: list[str] = answer[2]
        there = [read_job(pairs(parts[0]), pairs(parts[1])) for parts in found]
        for job, parts in zip(there, found, strict=True):
            self._follow(job, parts[2])
        indexes = {name: {*inside} for name, inside in zip(INDEXES, members, strict=True)}
        sizes = {name: len(inside) for name, inside in zip(INDEXES, members, strict=True)}
        self._compare_steps(there, indexes, sizes)
        self._compare_jobs(there, indexes)
        gone = self._crowd.gone
        assert {*self._crowd.seen} == {job.id for job in there} | gone
        assert indexes["ttv:deleted"] == gone
        assert not [key for key in keys if key.split(":")[2] in gone]
        self._crowd.seen |= {job.id: job for job in there}

    def _follow(self, job: Job, entries: Sequence[Any]) -> None:
        replay = self._replays.setdefault(job.id, Replay())
        events = [Event.read(entry_id, pairs(fields)) for entry_id, fields in entries]
        replay.follow(events, self._crowd.kept[job.id])
        self.happened.update(event.kind for event in events)
        if events:
            self._after[job.id] = events[-1].id
        replay.agrees_with(job)

    def _compare_steps(
        self, there: list[Job], indexes: dict[str, set[str]], sizes: dict[str, int]
    ) -> None:
        ready, running, failed = set[str](), set[str](), set[str]()
        for job in there:
            what = advance(job)
            assert not what.finished, "a finished job was not finished"
            free = {job.step_id(name) for name in what.ready}
            ready |= free
            running |= ids(job, StepState.RUNNING)
            failed |= ids(job, StepState.FAILED)
            if not (job.state.terminal or job.hold):
                assert ids(job, StepState.READY) == free, "a step that could run waits"
        assert indexes["ttv:leases"] == running
        assert set().union(*(indexes[f"ttv:leased:{pool}"] for pool in POOLS)) == running
        assert set().union(*(indexes[name] for name in QUEUES)) == ready
        assert sum(sizes[name] for name in QUEUES) == len(ready), "a step is in two queues"
        for letters in (indexes["ttv:dead"], indexes["ttv:dead:local"]):
            assert {letter[16:] for letter in letters} == failed
            assert len(letters) == len(failed)

    def _compare_jobs(self, there: list[Job], indexes: dict[str, set[str]]) -> None:
        live = [job for job in there if not job.state.terminal]
        for state in State:
            listed = indexes[f"ttv:jobs:local:{state}"]
            assert listed == {job.id for job in there if job.state is state}
        assert indexes["ttv:queued"] == indexes["ttv:jobs:local:queued"]
        assert indexes["ttv:started"] == indexes["ttv:jobs:local:started"]
        assert indexes["ttv:deadlines"] == {job.id for job in live if job.terms.deadline}
        assert indexes["ttv:begun:local"] <= {job.id for job in live if not job.hold}


def ids(job: Job, state: StepState) -> set[str]:
    return {job.step_id(step.name) for step in job.steps if step.state is state}
