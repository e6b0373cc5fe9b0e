from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.documents import JOB_ID, job, problem
from ttv.client import Client, Event, Job, Retry
from ttv.errors import NotFound

NUMBERS = range(1, 9)


def frame(document: object, *, place: str = "", kind: str = "") -> str:
    lines = ([f"id: {place}"] if place else []) + ([f"event: {kind}"] if kind else [])
    return "\n".join([*lines, f"data: {json.dumps(document)}", "", ""])


def happened(number: int) -> str:
    document = {
        "id": f"{number}-0",
        "at": "2026-11-24T05:51:00Z",
        "action": "progress",
        "step": "segment-1",
        "message": "shot: 1",
        "progress": number / 10,
        "revision": number,
    }
    return frame(document, place=f"{number}-0")


END = frame(job(status="finished"), kind="end")


@dataclass
class Journal:
    """A service whose streams end early, after so many bytes each; at last one is whole."""

    cuts: list[int]
    asked: list[str | None] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        last = request.headers.get("last-event-id")
        self.asked.append(last)
        after = int(last.partition("-")[0]) if last else 0
        story = "retry: 3000\n\n: still here\n\n"
        story += "".join(happened(n) for n in NUMBERS if n > after) + END
        return httpx.Response(200, text=story[: self.cuts.pop()] if self.cuts else story)


def followed(handler: Callable[[httpx.Request], httpx.Response], after: str = "") -> list[object]:
    async def no_sleep(_seconds: float) -> None:
        pass

    async def scenario() -> list[object]:
        retry = Retry(attempts=2, sleep=no_sleep)
        transport = httpx.MockTransport(handler)
        async with Client("http://ttv.test", transport=transport, retry=retry) as client:
            return [news async for news in client.events(JOB_ID, after=after)]

    return asyncio.run(scenario())


@given(st.lists(st.integers(0, 1_200), max_size=8))
def test_a_stream_cut_anywhere_gives_every_event_once(cuts: list[int]) -> None:
    *events, last = followed(Journal(cuts))
    assert [event.revision for event in events if isinstance(event, Event)] == list(NUMBERS)
    assert isinstance(last, Job)
    assert last.ended


def test_events_begin_behind_the_one_that_is_known() -> None:
    journal = Journal([])
    first, *_ = followed(journal, after="6-0")
    assert isinstance(first, Event)
    assert (first.id, first.message, first.progress) == ("7-0", "shot: 1", 0.7)
    assert journal.asked == ["6-0"]


def test_a_job_stands_for_events_that_are_not_kept() -> None:
    story = frame(job(), place="7-0", kind="reset") + happened(8) + END
    reset, event, end = followed(lambda _: httpx.Response(200, text=story))
    assert isinstance(reset, Job)
    assert not reset.ended
    assert isinstance(event, Event)
    assert isinstance(end, Job)


def test_a_connection_that_breaks_is_taken_up_again() -> None:
    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield happened(1).encode()
            raise httpx.ReadError("cut")

    whole = Journal([])
    answers = iter([httpx.Response(200, stream=Broken())])
    events = followed(lambda request: next(answers, None) or whole(request))
    assert len(events) == len(NUMBERS) + 1
    assert whole.asked == ["1-0"]


def test_an_unknown_job_has_no_events() -> None:
    refusal = httpx.Response(
        404, json=problem(404), headers={"Content-Type": "application/problem+json"}
    )
    with pytest.raises(NotFound):
        followed(lambda _: refusal)
