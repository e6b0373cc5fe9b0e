"""Is the process alive, can it take requests, and how busy is everything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, Metric
from starlette.responses import Response

from ttv.access import Forbidden
from ttv.api import accept
from ttv.api.auth import Who
from ttv.api.openapi import content, document
from ttv.api.routing import PUBLIC, WATCHES, get, shown
from ttv.api.schemas import Alive, Check, Readiness
from ttv.api.services import Here, Services
from ttv.errors import TtvError, Unavailable
from ttv.jobs import WorkerCard
from ttv.observability import HttpMetrics, WorkerMetrics, counters, gauge, gauges

router = APIRouter(tags=["health"])

#: How long one answer about readiness is given again.
_FRESH_SECONDS: Final = 2.0
#: How long one check may take.
_PATIENCE_SECONDS: Final = 1.0


@get(
    router,
    "/healthz",
    name="getHealth",
    guard=PUBLIC,
    responses={200: document(Alive, "The process answers.")},
)
async def get_health() -> Response:
    """Tell that the process answers; touches nothing else."""
    return shown(Alive(status="ok"))


@get(
    router,
    "/readyz",
    name="getReadiness",
    guard=PUBLIC,
    responses={
        200: document(Readiness, "Requests can be taken."),
        503: document(
            Readiness, "Something is missing, or it stops.", Retry_After="Seconds to wait."
        ),
    },
)
async def get_readiness(request: Request) -> Response:
    """Tell whether requests can be taken: Redis answers and the store can be written.

    A process that stops says `draining`: send requests elsewhere, also while this one answers.
    """
    watch: Watch = request.app.state.watch
    readiness = await watch.look()
    answer = shown(readiness)
    if readiness.status != "ready":
        answer.status_code = 503
        answer.headers["Retry-After"] = "2"
    return answer


@get(
    router,
    "/metrics",
    name="getMetrics",
    guard=WATCHES,
    json=False,
    responses={200: content(accept.TEXT, "Metrics in the text form of Prometheus.")},
)
async def get_metrics(request: Request, here: Here, who: Who) -> Response:
    """Count requests, waiting steps, running steps and what workers did.

    For operators (the scope `admin` in the tenant `local`), and for who asks from this machine.
    """
    if not who.operator:
        raise Forbidden("the metrics are for operators; ask from the machine of the service itself")
    metrics: HttpMetrics = request.app.state.metrics
    text = metrics.render(await _store_metrics(here))
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


class Watch:
    """Checks what the service depends on, at most once in ``_FRESH_SECONDS``."""

    def __init__(self, services: Services, stopping: asyncio.Event) -> None:
        self._services = services
        self._stopping = stopping
        self._looking = asyncio.Lock()
        self._seen: Readiness | None = None
        self._seen_at = float("-inf")

    async def look(self) -> Readiness:
        """Give an answer that is fresh enough."""
        async with self._looking:
            seen = self._seen
            if not seen or self._services.monotonic() - self._seen_at > _FRESH_SECONDS:
                self._seen = seen = await self._check()
                self._seen_at = self._services.monotonic()
        if self._stopping.is_set():
            return seen.model_copy(update={"status": "draining"})
        return seen

    async def _check(self) -> Readiness:
        redis, store, workers = await asyncio.gather(
            _probe(self._services.jobs.store.ping),
            _probe(self._services.artifacts.ping),
            _workers(self._services),
        )
        checks = {"redis": redis, "store": store}
        return Readiness(
            status="ready" if all(check.ok for check in checks.values()) else "not ready",
            checks=checks,
            workers=None if workers is None else len(workers),
            workers_draining=None if workers is None else sum(one.draining for one in workers),
        )


async def _probe(check: Callable[[], Awaitable[None]]) -> Check:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await check()
    except TimeoutError:
        return Check(ok=False, detail=f"no answer within {_PATIENCE_SECONDS:g} s")
    except TtvError as error:
        return Check(ok=False, detail=error.message)
    return Check(ok=True, detail="ok")


async def _workers(services: Services) -> tuple[WorkerCard, ...] | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await services.jobs.fleet.workers()
    except (TimeoutError, Unavailable):
        return None


async def _store_metrics(services: Services) -> Iterable[Metric]:
    """Read what only Redis knows; while it is away, say just that."""
    up = "Whether Redis answered this scrape."
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            depth, active, workers, totals, tried = await asyncio.gather(
                services.jobs.store.depth(),
                services.jobs.store.active(),
                services.jobs.fleet.workers(),
                services.jobs.totals.read(),
                services.hooks.outcomes(),
            )
    except (TimeoutError, Unavailable):
        return [gauge("ttv_redis_up", up, 0)]
    return [
        gauge("ttv_redis_up", up, 1),
        gauges("redis_queue_depth", "Steps that wait for a worker.", label="pool", values=depth),
        gauge("worker_active_jobs", "Steps that workers run now.", active),
        gauge("ttv_workers", "Workers that were heard of in the last seconds.", len(workers)),
        counters(
            "ttv_webhook_deliveries_total",
            "Tries to deliver a message to a webhook.",
            label="outcome",
            values=tried,
        ),
        *WorkerMetrics().families(totals),
    ]
