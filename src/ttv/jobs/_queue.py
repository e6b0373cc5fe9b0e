"""The queue engine: streaq brings step ids to workers. No other file knows it.

The engine delivers at least once and in no promised order; the job record decides whether a
delivered step runs. So it keeps no results, counts no tries, has no timeouts, and forgets a
ticket as soon as its handler has returned. A step that is handed over again has another ticket:
it need not wait until the engine takes what it gave to a dead worker from it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final, Self

from anyio import TASK_STATUS_IGNORED, CancelScope, CapacityLimiter
from anyio.abc import TaskStatus
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from coredis.exceptions import RedisError
from streaq import StreaqError, Worker
from streaq.constants import REDIS_GROUP
from streaq.types import StreamMessage

from ttv.jobs._outbox import Ticket
from ttv.observability import log
from ttv.redis import BREAKS, RETRY, Connection, answering

Handler = Callable[[str], Coroutine[Any, Any, None]]

_QUEUE: Final = "ttv"
_TASK: Final = "step"
#: Seconds between attempts to reach a Redis that is away.
_PAUSE: Final = 0.5


class StepQueue:
    """Sends step ids to worker pools, and runs a handler for those of one pool.

    Open it with ``async with``, inside the connection; ``run`` opens connections of its own.
    """

    def __init__(
        self, connection: Connection, *, idle_seconds: float = 5, gone_seconds: float = 3600
    ) -> None:
        self._url = connection.url
        self._ask = connection.ask
        #: After how long without a sign of it a worker is forgotten.
        self._gone_seconds = gone_seconds
        #: After how long a step that was handed to a worker now silent goes to another.
        self._idle_seconds = idle_seconds
        self._sender: Worker[None] = Worker(
            redis_pool=connection.redis.connection_pool,
            redis_kwargs={"retry_policy": RETRY},
            queue_name=_QUEUE,
            serializer=_dump,
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        with answering():
            await self._stack.enter_async_context(self._sender)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def send(self, tickets: Sequence[Ticket]) -> None:
        """Enqueue steps; a ticket that is in the queue already is left there.

        Raises Unavailable.
        """
        tasks = []
        for ticket in tickets:
            task = self._sender.enqueue_unsafe(_TASK, ticket.step_id).start(priority=ticket.pool)
            task.id = f"{ticket.step_id}@{ticket.turn}"
            tasks.append(task)
        with answering():
            await self._ask(lambda: self._sender.enqueue_many(tasks))

    async def run(
        self, handler: Handler, *, pool: str, slots: int, worker: str, stop: asyncio.Event
    ) -> None:
        """Run ``handler`` for steps of a pool, ``slots`` at once, until ``stop`` is set.

        Returns when every handler has. A handler outlives its delivery: when Redis goes away,
        running steps go on, and fetching begins again once it is back.
        """
        free = asyncio.Semaphore(slots)

        async def run_in_slot(step_id: str) -> None:
            async with free:
                if not stop.is_set():
                    await handler(step_id)

        async with asyncio.TaskGroup() as handlers:
            while not stop.is_set():
                engine = _Engine(
                    self._url,
                    lambda step_id: handlers.create_task(run_in_slot(step_id)),
                    pool=pool,
                    slots=slots,
                    worker=worker,
                    stop=stop,
                    idle_seconds=self._idle_seconds,
                    gone_seconds=self._gone_seconds,
                )
                try:
                    await engine.run_async()
                except* (*BREAKS, RedisError, StreaqError) as errors:
                    if engine.fetched:
                        log.warning(
                            "Fetching of steps broke off",
                            action="queue.lost",
                            pool=pool,
                            error=str(_first(errors)),
                        )
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _PAUSE)


class _Engine(Worker[None]):
    """streaq's worker, for one pool, until its connection breaks or it is cancelled."""

    def __init__(
        self,
        url: str,
        start: Callable[[str], asyncio.Task[None]],
        *,
        pool: str,
        slots: int,
        worker: str,
        stop: asyncio.Event,
        idle_seconds: float,
        gone_seconds: float,
    ) -> None:
        super().__init__(
            redis_url=url,
            # Longer than the engine's own blocking reads, which wait as long as a step may idle.
            redis_kwargs={"stream_timeout": idle_seconds + 5, "retry_policy": RETRY},
            queue_name=_QUEUE,
            # One stream for each pool; a worker reads its own.
            priorities=[pool],
            concurrency=slots,
            idle_timeout=idle_seconds,
            serializer=_dump,
            deserializer=json.loads,
            id=worker,
        )
        # Fetch only what runs at once (the engine would fetch as much again): a step waits
        # in the stream, where any free worker finds it, not behind a long one here.
        self.prefetch = slots
        #: True once it began to fetch.
        self.fetched = False
        self._start = start
        self._stop = stop
        self._gone_seconds = gone_seconds
        self._fetching = asyncio.get_running_loop().create_future()
        # Set where the defaults would decide for us: three deliveries, results for five minutes.
        self.task(name=_TASK, max_tries=None, timeout=None, ttl=0, silent=True)(self._take)

    async def _take(self, step_id: str) -> None:
        """Hold a delivery until its handler has returned or the engine stops.

        The engine ends only when all it delivered has; without letting go here, one long step
        would keep a worker that lost Redis for a second from fetching until it is done.
        """
        await asyncio.wait(
            {self._start(step_id), self._fetching}, return_when=asyncio.FIRST_COMPLETED
        )

    async def producer(
        self,
        queue: MemoryObjectSendStream[StreamMessage],
        limiter: CapacityLimiter,
        scope: CancelScope,
    ) -> None:
        """Fetch steps, and tell when that ends."""
        self.fetched = True
        try:
            await self._forget_gone()
            await super().producer(queue, limiter, scope)
        finally:
            if not self._fetching.done():
                self._fetching.set_result(None)

    async def _forget_gone(self) -> None:
        """Remove what the engine would keep of each worker that ever was, and holds nothing."""
        for stream in self._streams:
            for one in await self.redis.xinfo_consumers(stream, REDIS_GROUP):
                if one["pending"] == 0 and int(one["idle"] or 0) > self._gone_seconds * 1000:
                    await self.redis.xgroup_delconsumer(stream, REDIS_GROUP, str(one["name"]))

    async def run_consumers(
        self,
        receive: MemoryObjectReceiveStream[StreamMessage],
        renew_scope: CancelScope,
        produce_scope: CancelScope,
        *,
        task_status: TaskStatus[CapacityLimiter] = TASK_STATUS_IGNORED,
    ) -> None:
        """Run what is fetched, and close the stream that the engine only copies."""
        with receive:
            await super().run_consumers(
                receive, renew_scope, produce_scope, task_status=task_status
            )

    async def signal_handler(self, scope: CancelScope) -> None:
        """Stop when the worker does, and leave signals to the process.

        The scope given here is inside that of the connections, which are still needed to
        acknowledge what was handled.
        """
        await self._stop.wait()
        scope.cancel()


def _first(error: BaseException) -> BaseException:
    """Give the first error of a group, in whatever depth."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _dump(data: object) -> str:
    # Not pickle, the engine's default: what is read from Redis must not be able to run code.
    # Its own errors have no JSON form, hence repr.
    return json.dumps(data, default=repr)
