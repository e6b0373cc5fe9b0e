"""The client of the HTTP API."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from ttv.client import _watching
from ttv.client._changes import Dollars, When, body, change, link_terms, moment, remove
from ttv.client._costs import Estimate, JobCost, Usage
from ttv.client._download import download
from ttv.client._files import Files
from ttv.client._http import JOBS, Http, job_path
from ttv.client._part import Part
from ttv.client._problems import ServiceUnavailable
from ttv.client._retry import Retry
from ttv.client._segments import Regeneration, Segment, Segments
from ttv.client._values import Artifact, Event, Job, Output, Outputs, Page
from ttv.client._webhooks import Webhooks
from ttv.client._workshop import BackEnds, DeadLetters, Queue
from ttv.errors import InvalidRequest

DEFAULT_URL: Final = "http://127.0.0.1:8000"


class Client:
    """Asks a TTV service for films; an async context manager.

    Every call is repeated while the service is unavailable, and none does its work twice.
    All raise the errors of ``ttv.errors``: InvalidRequest with its field, NotFound, Conflict,
    ServiceUnavailable.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_seconds: float = 30.0,
        retry: Retry | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        #: Where the service is.
        self.url = base_url
        self._http = Http(
            base_url,
            api_key=api_key,
            timeout_seconds=timeout_seconds,
            retry=retry or Retry(),
            transport=transport,
        )
        #: What your films are made with.
        self.files = Files(self._http)
        #: Who is told of your jobs.
        self.webhooks = Webhooks(self._http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()

    async def create(
        self,
        request: Mapping[str, Any],
        *,
        priority: str | None = None,
        start_at: When | None = None,
        deadline: When | None = None,
        max_cost: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Ask for a film: ``{"prompt": ...}`` and, if wanted, ``seconds``, ``size`` and so on.

        ``priority`` is "low", "normal" or "high". The same key with the same request gives the
        same job, for a day.
        """
        asked = {
            **request,
            **body(priority=priority, max_cost=max_cost),
            **moment("start_at", start_at),
            **moment("deadline", deadline),
        }
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return Job.of(await self._http.post(JOBS, asked, headers=headers))

    async def reproduce(
        self,
        manifest: Mapping[str, Any],
        *,
        allow_differences: bool = False,
        priority: str | None = None,
        start_at: When | None = None,
        deadline: When | None = None,
        max_cost: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Make the film of a manifest again: the same plan, takes, seeds and back ends.

        Raises Conflict where it would come out otherwise at the service, unless that is allowed;
        then the warnings of the job tell why.
        """
        terms = {
            **body(allow_differences=allow_differences or None, priority=priority),
            **body(max_cost=max_cost),
            **moment("start_at", start_at),
            **moment("deadline", deadline),
        }
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        params = {name: str(value).lower() for name, value in terms.items()}
        return Job.of(
            await self._http.post(f"{JOBS}/reproduce", manifest, params=params, headers=headers)
        )

    async def estimate(self, request: Mapping[str, Any]) -> Estimate:
        """Tell what the film of a request would cost; nothing is made."""
        return Estimate.of(await self._http.post(f"{JOBS}/estimate", request))

    async def get(self, job_id: str) -> Job:
        """Give a job as it stands."""
        return Job.of(await self._http.get(job_path(job_id)))

    async def list(
        self, *, limit: int = 20, cursor: str | None = None, status: str | None = None
    ) -> Page:
        """Give a page of jobs, newest first; ``cursor`` is the ``next_cursor`` of the last one."""
        query = {"limit": str(limit), **body(cursor=cursor, status=status)}
        return Page.of(await self._http.get(JOBS, params=query))

    async def cancel(self, job_id: str) -> Job:
        """Stop a job. Raises Conflict when it is over."""
        return Job.of(await self._http.post(job_path(job_id, "cancel")))

    async def pause(self, job_id: str) -> Job:
        """Let no more steps of a job start; those that run go on. Raises Conflict when over."""
        return Job.of(await self._http.post(job_path(job_id, "pause")))

    async def resume(self, job_id: str, *, max_cost: Dollars | None = None) -> Job:
        """Let the steps of a job start again, whoever held it; ``max_cost`` is its new limit."""
        return Job.of(await self._http.post(job_path(job_id, "resume"), body(max_cost=max_cost)))

    async def buy_again(self, job_id: str, *, max_cost: Dollars | None = None) -> Job:
        """Resume a job that is held as ``outcome_unknown`` with another segment.

        It may be paid twice. Raises Conflict when nothing is in doubt.
        """
        return await change(
            self._http,
            job_path(job_id, "resume"),
            body(buy_again=True, max_cost=max_cost),
            seen=await self.get(job_id),
        )

    async def retry(self, job_id: str, *, max_cost: Dollars | None = None) -> Job:
        """Try a job again that failed or was canceled; what is done is kept.

        Raises Conflict for any other job.
        """
        return await change(
            self._http,
            job_path(job_id, "retry"),
            body(max_cost=max_cost),
            seen=await self.get(job_id),
        )

    async def delete(self, job_id: str) -> None:
        """Remove a job that is over, and its film. Raises Conflict when it is not over."""
        await remove(self._http, job_path(job_id))

    async def preview(
        self,
        job_id: str,
        number: int,
        *,
        prompt: str | None = None,
        seed: int | None = None,
        max_cost: Dollars | None = None,
    ) -> Regeneration:
        """Tell what ``regenerate`` would make again, and what it would cost; nothing is done."""
        fields = body(prompt=prompt, seed=seed, max_cost=max_cost, preview=True)
        return Regeneration.of(await self._http.post(_take_path(job_id, number), fields))

    async def regenerate(
        self,
        job_id: str,
        number: int,
        *,
        prompt: str | None = None,
        seed: int | None = None,
        max_cost: Dollars | None = None,
        seen: Job | None = None,
    ) -> Job:
        """Make one segment of a job anew, and the film from it; all else is kept.

        With neither prompt nor seed it gets another seed. Raises Conflict unless the job is
        over or paused, and when it is not any more as it was ``seen``.
        """
        return await change(
            self._http,
            _take_path(job_id, number),
            body(prompt=prompt, seed=seed, max_cost=max_cost),
            seen=seen or await self.get(job_id),
        )

    async def segments(self, job_id: str) -> tuple[Segment, ...]:
        """Give the segments of a job, as soon as it is planned."""
        return Segments.of(await self._http.get(job_path(job_id, "segments"))).segments

    async def cost(self, job_id: str) -> JobCost:
        """Tell what a job was estimated at, and what it has cost so far, by step."""
        return JobCost.of(await self._http.get(job_path(job_id, "cost")))

    async def usage(self, *, days: int = 30) -> Usage:
        """Tell what your tenant has under way, spends and may spend."""
        return Usage.of(await self._http.get("/v1/usage", params={"days": str(days)}))

    async def backends(self) -> BackEnds:
        """List the planners, painters and generators that a request may name."""
        return BackEnds.of(await self._http.get("/v1/backends"))

    async def queue(self) -> Queue:
        """Tell how full the queue is, and how many workers live."""
        return Queue.of(await self._http.get("/v1/queue"))

    async def dead_letters(self, *, limit: int = 20, cursor: str | None = None) -> DeadLetters:
        """Give a page of the steps that failed for good, newest first."""
        query = {"limit": str(limit), **body(cursor=cursor)}
        return DeadLetters.of(await self._http.get("/v1/dead-letters", params=query))

    async def wait(self, job_id: str, on_update: Callable[[Job], None] = lambda _: None) -> Job:
        """Follow a job until it is over, or ``undecided``, also through a restart of the service.

        ``on_update`` gets the job now and after every change.
        """
        return await _watching.wait(self._http, job_id, on_update)

    def events(self, job_id: str, *, after: str = "") -> AsyncIterator[Event | Job]:
        """Give what happens to a job, each event once, and last the job when it is over.

        It begins behind the event with the id ``after``, and goes on through cut connections and
        a restart of the service. Where events are not kept any more, the job stands for them.
        """
        return _watching.events(self._http, job_id, after)

    async def logs(self, job_id: str) -> str:
        """Give what happened to a job as lines of text."""
        plain = {"Accept": "text/plain"}
        return (await self._http.get(job_path(job_id, "logs"), headers=plain)).text

    async def plan(self, job_id: str) -> Mapping[str, Any]:
        """Give the plan of a job as a document, as soon as it is planned."""
        document: Mapping[str, Any] = (await self._http.get(job_path(job_id, "plan"))).json()
        return document

    async def artifact(
        self,
        job_id: str,
        *,
        output: str = "film",
        expires_seconds: int | None = None,
        download: bool = False,
    ) -> Artifact:
        """Describe a file of a job, with a link that works for so long, from a minute to a week.

        ``output`` is one of its ``outputs``, or "live": the playlist of what is made so far.
        ``download`` makes a browser save the file.
        """
        asked = {"output": output, **link_terms(expires_seconds, download=download)}
        answer = await self._http.get(job_path(job_id, "artifact"), params=asked)
        artifact = Artifact.of(answer)
        return replace(artifact, url=self._http.absolute(artifact.url))

    async def outputs(
        self, job_id: str, *, expires_seconds: int | None = None, download: bool = False
    ) -> tuple[Output, ...]:
        """Describe all delivered files of a job, each with a link like that of ``artifact``."""
        asked = link_terms(expires_seconds, download=download)
        answer = await self._http.get(job_path(job_id, "outputs"), params=asked)
        listed = Outputs.of(answer).outputs
        return tuple(replace(one, url=self._http.absolute(one.url)) for one in listed)

    async def download(
        self,
        job_id: str,
        to: Path,
        on_progress: Callable[[int, int], None] = lambda _have, _size: None,
        *,
        output: str = "film",
    ) -> Artifact:
        """Save a file of a finished job; an interrupted download goes on where it was.

        ``on_progress`` gets the bytes there are and the bytes in all. The file appears whole
        and checked, or not. Raises StorageFull, StorageUnwritable.
        """
        file = await self.artifact(job_id, output=output, download=True)
        if file.size is None or file.sha256 is None:
            raise InvalidRequest(f"{output} is played, not saved; see its url", param="output")
        path = job_path(job_id, "outputs", f"{quote(output, safe='')}?download=1")
        await download(self._http, path, Part(to, file.size, file.sha256), on_progress)
        return file

    async def ready(self) -> bool:
        """Tell whether the service can take requests now."""
        try:
            await self._http.send("GET", "/readyz")
        except ServiceUnavailable:
            return False
        return True


def _take_path(job_id: str, number: int) -> str:
    return job_path(job_id, "segments", str(number), "regenerate")
