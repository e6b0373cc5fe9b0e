"""Restart every process of a busy service, again and again; nobody notices."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.acceptance.commands import Home, Service
from tests.chaos.conftest import Figures
from tests.chaos.trials import LONG, PATIENCE
from tests.integration.waiting import eventually
from ttv.client import Client
from ttv.client._events import read_frames

pytestmark = pytest.mark.anyio

ROLLS: Final = 50 if LONG else 1
#: A film of which no segment takes as long as a worker's grace.
FILM: Final = {"prompt": "a red fox", "seconds": 0.5, "size": "320x180", "fps": 12}
#: Films under way or waiting: more than the workers make at once.
AT_ONCE: Final = 4
JOBS: Final = "/v1/jobs"
SETTINGS: Final = {
    "API_WORKERS": "2",
    "WORKER_REPLICAS": "2",
    "WORKER_CONCURRENCY": "1",
    "TTV_AUTH": "none",
    "TTV_CREATES_PER_MINUTE": "0",
    "TTV_REQUESTS_PER_MINUTE": "0",
}


@dataclass
class Public:
    """Everyone who uses the service; none of them ever tries again."""

    url: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    answers: Counter[str] = field(default_factory=Counter)
    made: list[str] = field(default_factory=list)
    #: The ids of the events that each follower got, in their order.
    told: dict[str, list[str]] = field(default_factory=dict)
    streams: int = 0
    #: Films that are not over.
    waited_for: int = 0

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Use the service for a block, and to the end of every film that was ordered in it."""
        async with asyncio.TaskGroup() as group:
            for keep_alive in (True, True, False):
                group.create_task(self._look(keep_alive=keep_alive))
            group.create_task(self._order(group))
            try:
                yield
            finally:
                self.over.set()

    async def _look(self, *, keep_alive: bool) -> None:
        """Read jobs all the time, over one connection or over a new one each time."""
        limits = httpx.Limits(max_keepalive_connections=1 if keep_alive else 0)
        async with httpx.AsyncClient(base_url=self.url, limits=limits) as http:
            while not self.over.is_set():
                await self._ask(http, "GET", JOBS)
                await self._ask(http, "GET", f"{JOBS}/{self.made[-1]}" if self.made else "/healthz")
                await self._pause(0.02)

    async def _order(self, group: asyncio.TaskGroup) -> None:
        """Order films so that the workers are never idle, and have them followed."""
        async with httpx.AsyncClient(base_url=self.url) as http:
            while not self.over.is_set():
                await self._pause(0.1)
                if self.waited_for == AT_ONCE:
                    continue
                answer = await self._ask(http, "POST", JOBS, json=FILM | {"seed": len(self.made)})
                if answer is not None and answer.status_code == 202:
                    job_id = answer.json()["id"]
                    self.made.append(job_id)
                    self.waited_for += 1
                    group.create_task(self._follow(job_id))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)

    async def _ask(
        self, http: httpx.AsyncClient, method: str, path: str, **body: Any
    ) -> httpx.Response | None:
        try:
            answer = await http.request(method, path, **body)
        except httpx.TransportError as error:
            self.answers[repr(error)] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        return answer

    async def _follow(self, job_id: str) -> None:
        """Follow a film to its end; a stream that ends is taken up by another."""
        got = self.told[job_id] = []
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE) as http:
            while True:
                headers = {"Accept": "text/event-stream"}
                headers |= {"Last-Event-ID": got[-1]} if got else {}
                self.streams += 1
                async with http.stream("GET", f"{JOBS}/{job_id}/events", headers=headers) as answer:
                    self.answers[str(answer.status_code)] += 1
                    async for frame in read_frames(answer.aiter_lines()):
                        if frame.kind == "end":
                            self.waited_for -= 1
                            return
                        got.append(frame.id)


async def test_a_busy_service_is_restarted_and_nobody_notices(
    tmp_path: Path, figures: Figures
) -> None:
    home = Home(tmp_path, SETTINGS)
    with Service.running(home) as service:
        public = Public(service.url)
        began = time.monotonic()
        async with public.busy():
            for number in range(1, ROLLS + 1):
                service.process.send_signal(signal.SIGHUP)
                await eventually(partial(rolled, service, number), seconds=PATIENCE)
        seconds = time.monotonic() - began
        async with Client(service.url) as client:
            jobs = [await client.get(job_id) for job_id in public.made]
        journals = {job_id: await journal(service, job_id) for job_id in public.made}
    begun = Counter(
        (job_id, entry["step"])
        for job_id, entries in journals.items()
        for entry in entries
        if entry["action"] in {"started", "claimed"}
    )
    figures(
        "rolling restarts of a busy service",
        restarts=f"{ROLLS} x 4 processes in {seconds:.0f} s",
        answers=dict(public.answers),
        films=dict(Counter(job.status for job in jobs)),
        streams=public.streams,
        steps=len(begun),
        begun_again=sum(begun.values()) - len(begun),
    )
    assert set(public.answers) == {"200", "202"}
    assert {job.status for job in jobs} == {"finished"}
    assert set(begun.values()) == {1}
    assert public.told == {job: [entry["id"] for entry in told] for job, told in journals.items()}


def rolled(service: Service, times: int) -> bool:
    """Tell whether so many restarts were completed."""
    notes = [json.loads(line) for line in service.log.read_text().splitlines() if '"ttv"' in line]
    said = [note["message"] for note in notes if note["component"] == "ttv"]
    assert "the restart stopped half way" not in said
    return said.count("restarted") == times


async def journal(service: Service, job_id: str) -> list[dict[str, Any]]:
    """Give all that happened to a job."""
    async with httpx.AsyncClient(base_url=service.url) as http:
        page = await http.get(f"{JOBS}/{job_id}/events?limit=1000")
    entries: list[dict[str, Any]] = page.json()["entries"]
    return entries
