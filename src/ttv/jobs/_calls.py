"""What people do with a job that exists, each call one atomic script in Redis."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Final

from ttv.errors import Conflict, InvalidRequest
from ttv.jobs._advance import advance, work
from ttv.jobs._job import Job, is_job_id
from ttv.jobs._limits import raise_refusal
from ttv.jobs._once import IdempotencyMismatch, Once, Repeated, write_once
from ttv.jobs._outbox import Queue, deliver
from ttv.jobs._record import NoSuchJob, load_job, pairs, read_job, write
from ttv.jobs._state import StepState
from ttv.redis import Connection, answering

#: Why a user's pause holds a job.
_PAUSED: Final = "The job was paused; resume it to go on."
#: Why a call is refused, by its name and the state of the job.
_REFUSED: Final[Mapping[str, str]] = {
    "cancel": "The job is {} already.",
    "pause": "The job is {} already.",
    "resume": "The job is {} already; one that failed or was canceled goes on with a retry.",
    "retry": "The job is {}; only one that failed or was canceled is retried.",
    "remake": "The job is {}; cancel or pause it first.",
    "delete": "The job is {}; cancel it first.",
}


class Changed(Conflict):
    """The job has changed since that revision; read it again."""

    code: ClassVar[str] = "precondition_failed"


class Calls:
    """Pause, resume, retry, remake and delete.

    With a ``revision`` they change the job only if it still has it, and else raise Changed. All
    raise NotFound, also for another tenant's job, and Conflict where its state does not allow it.

    Retry and remake put a job that is over into the queue again, and raise TooManyJobs and
    QueueFull where that is full. They and resume take a key for what is to happen ``once``:
    asked for again with it they raise Repeated, and IdempotencyMismatch with another
    fingerprint.
    """

    def __init__(self, redis: Connection, queue: Queue, *, new_id: Callable[[], str]) -> None:
        self._redis = redis
        self._queue = queue
        self._new_id = new_id

    async def pause(self, job_id: str, *, tenant: str, revision: int | None = None) -> Job:
        """Let no more steps of a job start, and give it as it is then; twice is no error.

        Steps that run go on to their end. Raises NotFound, Changed, and Conflict for a job
        that is over.
        """
        return await self._call("pause", job_id, tenant, revision, _PAUSED)

    async def resume(
        self,
        job_id: str,
        *,
        tenant: str,
        revision: int | None = None,
        max_cost: int | None = None,
        request: Mapping[str, Any] | None = None,
        once: Once | None = None,
    ) -> Job:
        """Let the steps of a job start again, and give it as it is then; twice is no error.

        ``max_cost`` replaces the limit, ``request`` the order of a paused job. Raises NotFound,
        Changed, and Conflict for a job that is over.
        """
        what = _given(max_cost), write(request) if request is not None else ""
        return await self._decide("resume", job_id, tenant, revision, Job.resumed, *what, once=once)

    async def retry(
        self,
        job_id: str,
        *,
        tenant: str,
        lost: Collection[str] = (),
        revision: int | None = None,
        max_cost: int | None = None,
        once: Once | None = None,
    ) -> Job:
        """Begin another attempt at a job that failed or was cancelled.

        What is done is kept, save the steps that are ``lost`` and what needs them; a deadline
        that has passed is forgotten. ``max_cost`` replaces the limit. Raises NotFound, Changed,
        and Conflict for other jobs.
        """

        def renewed(job: Job) -> Job:
            return job.renewed(lost)

        return await self._decide(
            *("retry", job_id, tenant, revision, renewed, _given(max_cost)),
            once=once,
            renews=True,
        )

    async def remake(
        self,
        job_id: str,
        *,
        tenant: str,
        request: Mapping[str, Any],
        stale: Collection[str],
        revision: int | None = None,
        max_cost: int | None = None,
        once: Once | None = None,
    ) -> Job:
        """Begin another attempt at a job that is over or paused, to a new order.

        The steps named in ``stale`` are made again, and so is what needs them; all else that
        is done is kept. ``max_cost`` replaces the limit. Raises NotFound, Changed,
        InvalidRequest when nothing is to be made, and Conflict for other jobs.
        """

        def renewed(job: Job) -> Job:
            unknown = {*stale} - {step.name for step in job.steps}
            if unknown:
                raise InvalidRequest(f"there is no step {min(unknown)!r}", param="stale")
            after = job.renewed(stale)
            if all(step.state is StepState.DONE for step in after.steps):
                raise InvalidRequest("no step would be made again", param="stale")
            return after

        what = write(request), _given(max_cost)
        return await self._decide(
            "remake", job_id, tenant, revision, renewed, *what, once=once, renews=True
        )

    async def answered(self, once: Once, *, tenant: str) -> Job | None:
        """Give the job, as it is now, that a change with this key was about; None without one.

        Raises IdempotencyMismatch, and NotFound where the job was deleted since.
        """
        key = f"ttv:idempotency:{once.address(tenant)}"
        with answering():
            used, job_id = await self._redis.redis.hmget(key, ["fingerprint", "job"])
        if used not in {None, once.fingerprint}:
            raise IdempotencyMismatch
        return None if job_id is None else await load_job(self._redis, job_id, tenant=tenant)

    async def delete(self, job_id: str, *, tenant: str) -> Job:
        """Remove a job that is over from everywhere, and give it as it was.

        Its files are removed within seconds. Raises NotFound, and Conflict for a job that
        is not over.
        """
        return await self._change("delete", job_id, tenant)

    async def _call(
        self, name: str, job_id: str, tenant: str, revision: int | None, *args: str
    ) -> Job:
        """Change a job with a script that decides by itself."""
        expected = _given(revision)
        return await self._change(name, job_id, tenant, expected, self._new_id(), *args)

    async def _decide(
        self,
        name: str,
        job_id: str,
        tenant: str,
        revision: int | None,
        then: Callable[[Job], Job],
        *args: str,
        once: Once | None,
        renews: bool = False,
    ) -> Job:
        """Change a job with a script that is told what follows, again until that still holds."""
        expected, call = _given(revision), self._new_id()
        while True:
            job = await load_job(self._redis, job_id, tenant=tenant)
            after = then(job)
            what = advance(after)
            renewal = _renewal(job, after) if renews else ()
            try:
                return await self._change(
                    *(name, job_id, tenant, expected, call, *write_once(once, tenant)),
                    *(str(job.graph), what.stage, *renewal, *args, *what.ready),
                )
            except _Moved:
                continue

    async def _change(self, name: str, job_id: str, tenant: str, *args: str | int) -> Job:
        if not is_job_id(job_id):
            raise NoSuchJob
        word, *rest = await self._redis.script(name, job_id, tenant, *args)
        if word == "gone":
            raise NoSuchJob
        if word == "changed":
            raise Changed
        if word == "moved":
            raise _Moved
        if word == "mismatch":
            raise IdempotencyMismatch
        if word == "repeated":
            raise Repeated
        raise_refusal(word)
        if word != "done":
            raise Conflict(_REFUSED[name].format(word))
        facts, steps, tickets = rest
        await deliver(self._queue, tickets)
        return read_job(pairs(facts), pairs(steps))


class _Moved(Exception):
    """The steps of the job have changed since it was decided what follows."""


def _given(number: int | None) -> str:
    return "" if number is None else str(number)


def _renewal(job: Job, after: Job) -> tuple[str, str]:
    """Say which weight the work has, and which steps wait anew, are no more, and still warn."""
    again = [step.name for step in after.steps if step.state is StepState.WAITING]
    known = {step.name for step in after.steps}
    forgotten = [step.name for step in job.steps if step.name not in known]
    plan = {"again": again, "forgotten": forgotten, "warnings": write(after.warnings)}
    return str(work(after.steps)), write(plan)
