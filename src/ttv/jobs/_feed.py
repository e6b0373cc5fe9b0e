"""Tell those who follow a job as soon as something happens to it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final, Self

from coredis.exceptions import RedisError
from coredis.retry import NoRetryPolicy

from ttv.jobs._event import Tail
from ttv.jobs._store import JobStore
from ttv.observability import log
from ttv.redis import BREAKS, Connection

_CHANNEL: Final = "ttv:happened"
#: Looks into journals at once; requests share the connections with them.
_READS: Final = 4
#: Seconds between attempts to reach a Redis that is away.
_PAUSE: Final = 0.5


class Feed:
    """Listens to Redis once for all who follow jobs in this process.

    What it hears only wakes them, and they read the journal: so nothing is lost with a message
    that is. After Redis was away, everyone is woken. Open it with ``async with``, inside the
    connection.
    """

    def __init__(self, redis: Connection, store: JobStore) -> None:
        self._redis = redis
        self._store = store
        self._topics: defaultdict[str, _Topic] = defaultdict(_Topic)
        self._free = asyncio.Semaphore(_READS)
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    @contextmanager
    def watch(self, job_id: str) -> Iterator[Watch]:
        """Follow a job from now on; what is read inside misses nothing that is not told."""
        topic = self._topics[job_id]
        topic.watchers += 1
        try:
            yield Watch(topic, partial(self._read, job_id))
        finally:
            topic.watchers -= 1
            if not topic.watchers:
                del self._topics[job_id]

    def wake(self) -> None:
        """Let everyone look again."""
        for topic in self._topics.values():
            topic.wake()

    async def _read(self, job_id: str, after: str, limit: int) -> Tail:
        async with self._free:
            return await self._store.events(job_id, after=after, limit=limit)

    async def _listen(self) -> None:
        heard = True
        while True:
            try:
                async with self._redis.redis.pubsub(
                    channels=[_CHANNEL], retry_policy=NoRetryPolicy()
                ) as channel:
                    async for message in channel:
                        heard = True
                        self._take(str(message["type"]), str(message["data"]))
            except* (*BREAKS, RedisError):
                if heard:
                    log.warning("Feed cut off", action="feed.lost")
                heard = False
            await asyncio.sleep(_PAUSE)

    def _take(self, kind: str, job_id: str) -> None:
        if kind == "subscribe":  # anything may have happened before
            self.wake()
        elif job_id in self._topics:
            self._topics[job_id].wake()


class Watch:
    """What one follower of a job sees; ``Feed.watch`` makes it."""

    def __init__(
        self, topic: _Topic, read: Callable[[str, int], Coroutine[Any, Any, Tail]]
    ) -> None:
        self._topic = topic
        self._read = read
        self._next = topic.next

    async def changed(self, *, seconds: float) -> bool:
        """Wait until something happened since this was last asked; False when the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._next.wait()
        except TimeoutError:
            return False
        self._next = self._topic.next
        return True

    async def read(self, after: str, *, limit: int) -> Tail:
        """Read what followed an event; followers at one place share one look into Redis.

        Raises Unavailable.
        """
        reads, place = self._topic.reads, (after, limit)
        if place not in reads:
            reads[place] = asyncio.create_task(self._read(after, limit))
            reads[place].add_done_callback(lambda _: reads.pop(place))
        # One follower that leaves must not take the answer from the others.
        return await asyncio.shield(reads[place])


class _Topic:
    """What those who follow one job have in common."""

    def __init__(self) -> None:
        self.watchers = 0
        #: Set when something happens; after that there is another.
        self.next = asyncio.Event()
        #: Looks into the journal that are under way, and began after what happened last.
        self.reads: dict[tuple[str, int], asyncio.Task[Tail]] = {}

    def wake(self) -> None:
        self.next.set()
        self.next, self.reads = asyncio.Event(), {}
