"""Events as they happen, to clients that keep a connection open (server-sent events, WHATWG)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from typing import Final

from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from ttv.access import Caller
from ttv.api import accept, schemas
from ttv.api.problems import TooManyOwnStreams, TooManyStreams
from ttv.api.services import Services
from ttv.errors import NotFound, Unavailable
from ttv.jobs import Event, Job, JobStore, Watch
from ttv.observability import HttpMetrics, log

#: Seconds after which a silent stream shows that it lives, and looks into the journal unasked.
HEARTBEAT_SECONDS: Final = 15.0
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
#: The same as a heartbeat while Redis is away.
_AWAY_SECONDS: Final = 2.0
#: Events sent at once; a client never has more of them waiting here.
_PAGE: Final = 100
#: How soon a client whose stream ended comes back, in milliseconds.
_RETRY: Final = "retry: 3000\n\n"
_HEARTBEAT: Final = ": still here\n\n"


class Streams:
    """The event streams that this process holds open."""

    def __init__(
        self,
        services: Services,
        metrics: HttpMetrics,
        stopping: asyncio.Event,
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._services = services
        self._metrics = metrics
        self._stopping = stopping
        self._heartbeat_seconds = heartbeat_seconds
        #: How many streams each tenant has open.
        self._open: Counter[str] = Counter()

    def answer(self, job: Job, after: str, who: Caller) -> StreamingResponse:
        """Answer with all events of a job that follow ``after``, and with its end."""
        frames, unread_seconds = self.follow(job, after), self._services.settings.unread_seconds
        return _Answer(self.place(who), frames, unread_seconds)

    @contextmanager
    def place(self, who: Caller) -> Iterator[None]:
        """Hold a place for one stream of a caller.

        Raises TooManyStreams when all are taken, TooManyOwnStreams when his tenant has enough.
        """
        self._check(who)
        self._open[who.tenant] += 1
        try:
            with self._metrics.streams.track_inprogress():
                yield
        finally:
            self._open[who.tenant] -= 1
            if not self._open[who.tenant]:
                del self._open[who.tenant]

    def _check(self, who: Caller) -> None:
        settings = self._services.settings
        limit, own = settings.max_event_streams, settings.max_event_streams_per_tenant
        if self._open.total() >= limit:
            raise TooManyStreams(f"{limit} event streams are open here, which is the limit")
        if who.limited and self._open[who.tenant] >= own:
            raise TooManyOwnStreams(
                f"you have {own} event streams open here, which is the limit; close one, or read "
                "the events by page"
            )

    async def follow(self, job: Job, after: str) -> AsyncGenerator[str, None]:
        """Give events as frames until the job is over or the server stops."""
        yield _RETRY
        reader = _Reader(self._services.jobs.store, job, after)
        with self._services.feed.watch(job.id) as watch:
            while not (reader.ended or self._stopping.is_set()):
                try:
                    frames = await reader.read(watch)
                except Unavailable:
                    if not await watch.changed(seconds=_AWAY_SECONDS):
                        yield _HEARTBEAT
                    continue
                except NotFound:
                    return
                if frames:
                    yield frames
                if reader.waiting and not await watch.changed(seconds=self._heartbeat_seconds):
                    yield _HEARTBEAT


class _Reader:
    """Where one client is in the journal of a job."""

    def __init__(self, store: JobStore, job: Job, after: str) -> None:
        self._store = store
        self._job_id = job.id
        self._after = after
        # The job was read before the journal, so the end that it shows is in the journal.
        self._over = job.state.terminal
        #: True when what follows has yet to happen.
        self.waiting = True
        #: True when nothing follows.
        self.ended = False

    async def read(self, watch: Watch) -> str:
        """Give what the client has not got, as frames. Raises Unavailable, NotFound."""
        tail = await watch.read(self._after, limit=_PAGE)
        if not tail.whole:
            return await self._reset()
        over = self._over or any(event.kind.ends for event in tail.events)
        caught_up = len(tail.events) < _PAGE
        job = await self._store.get(self._job_id) if over and caught_up else None
        # From here on nothing fails, so the client gets what is marked as sent.
        if tail.events:
            self._after = tail.events[-1].id
        self._over, self.waiting = over, caught_up
        frames = "".join(_happened(event) for event in tail.events)
        if job is None:
            return frames
        # What was over may have been begun again.
        self.ended = self._over = job.state.terminal
        self.waiting = not self.ended
        return frames + (_frame(schemas.Job.of(job), event="end") if self.ended else "")

    async def _reset(self) -> str:
        """Go on behind the newest event, with the job in place of what is not kept."""
        newest = await self._store.last_event(self._job_id)
        job = await self._store.get(self._job_id)
        self._after, self._over, self.waiting = newest, job.state.terminal, False
        return f"id: {newest}\n" + _frame(schemas.Job.of(job), event="reset")


class _Answer(StreamingResponse):
    """Sends frames as they come, as long as the client reads them."""

    media_type = accept.EVENTS

    def __init__(
        self,
        place: AbstractContextManager[None],
        frames: AsyncGenerator[str, None],
        unread_seconds: float,
    ) -> None:
        super().__init__(frames, headers=HEADERS)
        self._place = place
        self._frames = frames
        self._unread_seconds = unread_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is nothing to send, or nobody to read it."""

        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(self._unread_seconds):
                await send(message)

        with self._place:
            async with aclosing(self._frames):
                try:
                    await super().__call__(scope, receive, send_in_time)
                except TimeoutError:
                    log.info("Client does not read its events", action="stream.dropped")


def _happened(event: Event) -> str:
    return f"id: {event.id}\n" + _frame(schemas.Entry.of(event))


def _frame(document: BaseModel, *, event: str | None = None) -> str:
    kind = f"event: {event}\n" if event else ""
    return f"{kind}data: {document.model_dump_json()}\n\n"
