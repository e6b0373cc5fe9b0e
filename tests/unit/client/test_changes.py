from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import pytest

from tests.unit.client.documents import JOB_ID, job, problem
from ttv.client import Client, Job, Retry
from ttv.errors import Conflict, NotFound

T = TypeVar("T")
OVER_BUDGET = {"code": "over_budget", "message": "it would cost 1.00", "step": "segment-1"}


class Service:
    """A service with one job, whose answers to changes get lost as often as ``lost`` says."""

    def __init__(self, *, lost: int = 0, **facts: Any) -> None:
        self.job = job(**{"status": "failed", "attempt": 1, **facts})
        self.gone = False
        self.lost = lost
        #: Whether somebody else changes the job as soon as it was seen.
        self.busy = False
        #: What was asked of it: method, last part of the path, body.
        self.asked: list[tuple[str, str, Any]] = []
        self.done: list[str] = []
        #: What changes were answered, by their keys.
        self.answers: dict[str, httpx.Response] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        what = request.url.path.rpartition("/")[2]
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, what, body))
        if request.method == "GET":
            seen = httpx.Response(200, json=self.job)
            self.job["revision"] += self.busy
            return seen
        key = request.headers.get("idempotency-key", "")
        answer = self.answers.get(key) or self._change(request, what)
        if key and answer.is_success:
            self.answers[key] = answer
        if self.lost:
            self.lost -= 1
            raise httpx.ReadError("the connection broke")
        return answer

    def _change(self, request: httpx.Request, what: str) -> httpx.Response:
        if self.gone:
            return refusal(404)
        tag = request.headers.get("if-match")
        if tag not in {None, f'"{self.job["revision"]}"'}:
            return refusal(412)
        self.done.append(what)
        if request.method == "DELETE":
            self.gone = True
            return httpx.Response(204)
        self.job["revision"] += 1
        self.job["hold"] = None
        self.job["attempt"] += what in {"retry", "regenerate"}
        return httpx.Response(202, json=self.job)

    def use(self, use: Callable[[Client], Awaitable[T]]) -> T:
        async def no_sleep(_seconds: float) -> None:
            """Let time pass at once."""

        async def scenario() -> T:
            transport, retry = httpx.MockTransport(self), Retry(attempts=3, sleep=no_sleep)
            async with Client("http://ttv.test", transport=transport, retry=retry) as client:
                return await use(client)

        return asyncio.run(scenario())


def refusal(status: int) -> httpx.Response:
    kind = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, json=problem(status), headers=kind)


CHANGES: list[tuple[str, Callable[[Client], Awaitable[Job]]]] = [
    ("retry", lambda client: client.retry(JOB_ID)),
    ("regenerate", lambda client: client.regenerate(JOB_ID, 2)),
    ("resume", lambda client: client.buy_again(JOB_ID)),
]


@pytest.mark.parametrize(("what", "change"), CHANGES)
def test_a_change_whose_answer_is_lost_is_made_once(
    what: str, change: Callable[[Client], Awaitable[Job]]
) -> None:
    service = Service(lost=2, hold=OVER_BUDGET)

    changed = service.use(change)

    assert service.done == [what]
    assert changed.revision == 8


@pytest.mark.parametrize(("what", "change"), CHANGES)
def test_a_change_of_a_job_that_another_has_changed_is_refused(
    what: str, change: Callable[[Client], Awaitable[Job]]
) -> None:
    service = Service(hold=OVER_BUDGET)
    service.busy = True

    with pytest.raises(Conflict):
        service.use(change)
    assert service.done == []


def test_a_segment_is_made_anew_only_for_the_job_that_was_seen() -> None:
    service = Service(revision=9)

    with pytest.raises(Conflict):
        service.use(lambda client: client.regenerate(JOB_ID, 2, seen=Job.read(job(revision=8))))
    assert service.done == []


def test_deleting_a_job_whose_answer_is_lost_is_no_error() -> None:
    service = Service(lost=1)

    service.use(lambda client: client.delete(JOB_ID))

    assert service.done == [JOB_ID]


def test_deleting_a_webhook_whose_answer_is_lost_is_no_error() -> None:
    service = Service(lost=1)

    service.use(lambda client: client.webhooks.delete("wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG"))

    assert service.done == ["wh_01JZ8Q5W3N6X4T7V9B2C1D0EFG"]


def test_deleting_a_job_that_does_not_exist_is_one() -> None:
    service = Service()
    service.gone = True

    with pytest.raises(NotFound):
        service.use(lambda client: client.delete(JOB_ID))


def test_a_change_says_only_what_was_said() -> None:
    service = Service()

    async def use(client: Client) -> None:
        await client.pause(JOB_ID)
        await client.resume(JOB_ID)
        await client.resume(JOB_ID, max_cost=Decimal("2.50"))
        await client.regenerate(JOB_ID, 2, prompt="the fox looks up", max_cost=1)

    service.use(use)

    assert [(what, body) for method, what, body in service.asked if method == "POST"] == [
        ("pause", None),
        ("resume", {}),
        ("resume", {"max_cost": 2.5}),
        ("regenerate", {"prompt": "the fox looks up", "max_cost": 1}),
    ]


def test_a_film_is_asked_for_on_terms() -> None:
    service = Service()

    service.use(
        lambda client: client.create(
            {"prompt": "a red fox"},
            priority="low",
            start_at=timedelta(hours=2),
            deadline=datetime(2030, 1, 31, 9, tzinfo=UTC),
            max_cost=Decimal("0.1"),
        )
    )

    (_, _, body) = service.asked[0]
    deadline = datetime.fromisoformat(body.pop("deadline"))
    assert deadline == datetime(2030, 1, 31, 9, tzinfo=UTC)
    assert body == {
        "prompt": "a red fox",
        "priority": "low",
        "delay_seconds": 7200,
        "max_cost": 0.1,
    }
