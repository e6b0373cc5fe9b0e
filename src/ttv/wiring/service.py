"""Run the processes of the service."""

from __future__ import annotations

import gc
import os
import random
import resource
import socket
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ulid import ULID

from ttv import access, api, jobs, pipeline, tether, worker
from ttv.observability import configure
from ttv.pipeline import Commission, Order, Pipeline, Result
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline
from ttv.wiring.queue import open_jobs

#: One step fills a graphics card. Remote steps hold no process, only a coroutine each.
GPU_SLOTS: Final = 1
REMOTE_SLOTS: Final = 1_000
#: Files and connections of an API process beside its event streams.
_FILES: Final = 1_024


async def serve(settings: Settings, listening: socket.socket) -> None:
    """Answer HTTP requests on an open socket until SIGTERM or SIGINT."""
    _configure_logs("api", settings)
    stop = worker.stop_on_signals()
    allow_open_files(settings.max_event_streams + _FILES)
    async with (
        open_pipeline(settings) as made_by,
        open_jobs(settings) as opened,
        jobs.Feed(opened.connection, opened.store) as feed,
        opened.store.promises.kept(),
    ):
        let_in = access.over(opened.connection, settings, host=listening.getsockname()[0])
        await let_in.door.check()
        services = api.Services(
            jobs=opened,
            feed=feed,
            access=let_in,
            artifacts=made_by.store,
            check=made_by.check,
            settings=settings,
            new_request_id=lambda: f"req_{ULID()}",
        )
        gc.freeze()  # what was loaded so far stays; no collection of garbage need look at it
        tether.tell_ready()
        await api.serve(services, listening, stop=stop.wait)


def allow_open_files(number: int) -> None:
    """Let this process have so many files and connections open, as far as the system does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if soft != unlimited and soft < number:
        most = number if hard == unlimited else min(number, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def work(settings: Settings) -> None:
    """Run steps until SIGTERM or SIGINT, then drain."""
    _configure_logs("worker", settings)
    stop = worker.stop_on_signals()
    options = worker.Options(
        name=f"{socket.gethostname()}-{os.getpid()}",
        slots={"cpu": settings.worker_concurrency, "gpu": GPU_SLOTS, "remote": REMOTE_SLOTS},
        scratch=settings.data_dir / "work",
        grace_seconds=settings.worker_grace_seconds,
    )
    async with open_pipeline(settings) as makes, open_jobs(settings) as opened:
        runner = _FilmRunner(makes)
        serving = worker.Worker(opened, runner, options=options, chance=random.Random())
        tether.tell_ready()
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
            commission=Commission(destination(job), buyer=job.id),
            report=report,
        )
        return jobs.Outcome(
            outcome.result.to_json(),
            steps=tuple(jobs.Step(**asdict(following)) for following in outcome.steps),
            warnings=pipeline.film_warnings({step.name: outcome.result}),
            reused=outcome.result.reused,
        )


def destination(job: jobs.Job) -> str:
    """Fix where a job's film will be from facts that never change."""
    created = datetime.fromtimestamp(job.created_at / 1000, tz=UTC)
    return f"films/{created:%Y-%m}/{job.id}"


def _configure_logs(component: str, settings: Settings) -> None:
    configure(
        component,
        level=settings.log_level,
        style=settings.log_style,
        secrets=settings.secrets(),
    )
