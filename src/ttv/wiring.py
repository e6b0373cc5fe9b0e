"""Settings become opened back ends here and nowhere else: the only composition root."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from ulid import ULID

from ttv import api, backends, embedded, jobs, pipeline, worker
from ttv.observability import configure, log
from ttv.pipeline import Order, Pipeline, Result
from ttv.settings import Settings

#: Remote steps hold no process, only a coroutine each.
REMOTE_SLOTS: Final = 1_000


@asynccontextmanager
async def open_pipeline(settings: Settings) -> AsyncIterator[Pipeline]:
    """Open the back ends that the settings name; they close when the block ends."""
    async with AsyncExitStack() as stack:

        async def opened(room: str, name: str, options: Mapping[str, Any]) -> Any:
            back_end: AbstractAsyncContextManager[Any] = backends.build(
                f"ttv.{room}", name, options.get(name, {})
            )
            return await stack.enter_async_context(back_end)

        disk = {"folder": str(settings.data_dir / "artifacts")}
        stores = {**settings.stores, "disk": {**disk, **settings.stores.get("disk", {})}}
        planner, painter, generator = settings.planner, settings.painter, settings.generator
        yield Pipeline(
            planners={planner: await opened("planning", planner, settings.planners)},
            painters={painter: await opened("keyframes", painter, settings.painters)},
            generators={generator: await opened("generators", generator, settings.generators)},
            store=await opened("artifacts", settings.store, stores),
        )


@asynccontextmanager
async def open_jobs(settings: Settings) -> AsyncIterator[jobs.Jobs]:
    """Connect to the configured Redis, or to the embedded server of the data folder."""
    async with AsyncExitStack() as stack:
        if settings.redis_url is None:
            url = await stack.enter_async_context(
                embedded.opened(settings.data_dir, notify=_note_queue_server)
            )
        else:
            url = _with_password(settings.redis_url, settings)
        yield await stack.enter_async_context(
            jobs.opened(url, lease_seconds=settings.lease_seconds)
        )


async def serve(settings: Settings, listening: socket.socket) -> None:
    """Answer HTTP requests on an open socket until SIGTERM or SIGINT."""
    _configure_logs("api", settings)
    stop = worker.stop_on_signals()
    async with open_pipeline(settings) as made_by, open_jobs(settings) as opened:
        services = api.Services(
            jobs=opened,
            artifacts=made_by.store,
            check=made_by.check,
            settings=settings,
            new_request_id=lambda: f"req_{ULID()}",
        )
        await api.serve(services, listening, stop=stop.wait)


async def work(settings: Settings) -> None:
    """Run steps until SIGTERM or SIGINT, then drain."""
    _configure_logs("worker", settings)
    stop = worker.stop_on_signals()
    options = worker.Options(
        name=f"{socket.gethostname()}-{os.getpid()}",
        slots={"cpu": settings.worker_concurrency, "remote": REMOTE_SLOTS},
        scratch=settings.data_dir / "work",
        grace_seconds=settings.worker_grace_seconds,
    )
    async with open_pipeline(settings) as makes, open_jobs(settings) as opened:
        runner = _FilmRunner(makes)
        serving = worker.Worker(opened, runner, options=options, chance=random.Random())
        await serving.serve(stop)


class _FilmRunner:
    """Runs a job's steps through the pipeline: the worker's words become the pipeline's."""

    def __init__(self, makes: Pipeline) -> None:
        self._makes = makes

    async def run(
        self,
        job: jobs.Job,
        step: jobs.Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: worker.Report,
    ) -> jobs.Outcome:
        outcome = await self._makes.run(
            Order.from_json(job.request),
            pipeline.Step(
                name=step.name,
                kind=pipeline.Kind(step.kind),
                needs=step.needs,
                shot=step.shot,
                pool=step.pool,
                weight=step.weight,
            ),
            {name: Result.from_json(result) for name, result in results.items()},
            workspace=workspace,
            destination=_destination(job),
            report=report,
        )
        return jobs.Outcome(
            outcome.result.to_json(),
            steps=tuple(jobs.Step(**asdict(following)) for following in outcome.steps),
            warnings=pipeline.film_warnings({step.name: outcome.result}),
            reused=outcome.result.reused,
        )


def _destination(job: jobs.Job) -> str:
    """Fix where a job's film will be from facts that never change."""
    created = datetime.fromtimestamp(job.created_at / 1000, tz=UTC)
    return f"films/{created:%Y-%m}/{job.id}"


def _with_password(url: str, settings: Settings) -> str:
    """Put the configured password into a URL that has none."""
    parts = urlsplit(url)
    if settings.redis_password is None or parts.password is not None:
        return url
    password = quote(settings.redis_password.get_secret_value(), safe="")
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{host}"))


def _configure_logs(component: str, settings: Settings) -> None:
    configure(
        component,
        level=settings.log_level,
        style=settings.log_style,
        secrets=settings.secrets(),
    )


def _note_queue_server(sentence: str) -> None:
    log.info(sentence, action="queue_server.note")
