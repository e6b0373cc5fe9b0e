"""Run the processes of the service."""

from __future__ import annotations

import gc
import os
import random
import resource
import socket
from typing import Final

from ttv import access, api, jobs, tether, webhooks, worker
from ttv.ids import new_id
from ttv.observability import WorkerMetrics, configure
from ttv.pipeline import Pipeline
from ttv.settings import Settings
from ttv.wiring.counted import counted
from ttv.wiring.films import open_pipeline
from ttv.wiring.orphans import looked_after
from ttv.wiring.queue import open_jobs
from ttv.wiring.runner import FilmRunner
from ttv.wiring.sweeping import swept_beside
from ttv.wiring.uploads import uploads_in

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
        _caretaker(made_by, opened).at_work(),
    ):
        let_in = access.over(opened.connection, settings, host=listening.getsockname()[0])
        await let_in.door.check()
        told = webhooks.over(opened.connection, settings, links=api.job_links)
        services = api.Services(
            jobs=opened,
            feed=feed,
            access=let_in,
            hooks=told.hooks,
            artifacts=made_by.store,
            uploads=uploads_in(made_by.store, settings),
            makes=made_by,
            settings=settings,
            new_request_id=lambda: new_id("req"),
        )
        gc.freeze()  # what was loaded so far stays; no collection of garbage need look at it
        tether.tell_ready()
        async with told.courier.at_work():
            await api.serve(services, listening, stop=stop.wait)


def _caretaker(makes: Pipeline, opened: jobs.Jobs) -> jobs.Caretaker:
    """Give what takes care beside the work of this process where no worker does."""
    return jobs.Caretaker(
        opened.leases, opened.store, _name(), FilmRunner(makes, opened.spend).discard
    )


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
        name=_name(),
        slots={"cpu": settings.worker_concurrency, "gpu": GPU_SLOTS, "remote": REMOTE_SLOTS},
        scratch=settings.data_dir / "work",
        grace_seconds=settings.worker_grace_seconds,
    )
    async with open_pipeline(settings) as makes, open_jobs(settings) as opened:
        metrics = WorkerMetrics()
        buys = counted(makes, metrics)
        runner = FilmRunner(buys, opened.spend)
        serving = worker.Worker(
            opened, runner, options=options, chance=random.Random(), metrics=metrics
        )
        told = webhooks.over(opened.connection, settings, links=api.job_links)
        tether.tell_ready()
        async with (
            looked_after(buys, opened),
            swept_beside(makes, opened, settings, name=options.name, metrics=metrics),
            told.courier.at_work(),
        ):
            await serving.serve(stop)


def _name() -> str:
    """Name this process among all those of the service."""
    return f"{socket.gethostname()}-{os.getpid()}"


def _configure_logs(component: str, settings: Settings) -> None:
    configure(
        component,
        level=settings.log_level,
        style=settings.log_style,
        secrets=settings.secrets(),
    )
