"""The whole service as child processes of this one: queue server, API, workers."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from ttv import embedded
from ttv.cli._kept import Child, Log
from ttv.cli._listening import listen, url
from ttv.cli._logs import Files, Tee
from ttv.cli._supervisor import READY_SECONDS, Supervisor
from ttv.client import Client
from ttv.errors import Conflict, Unavailable, storage_errors
from ttv.observability import forget_process
from ttv.settings import Settings

_LOOK_SECONDS: Final = 0.05
#: What a stopping child needs beside the time it gives its running work.
_MARGIN_SECONDS: Final = 5.0
#: -P: the folder that the user is in lends us no modules.
_TTV: Final = (sys.executable, "-P", "-m", "ttv")


@dataclass(frozen=True, slots=True)
class Stack:
    """The running service."""

    #: Where this machine reaches it.
    url: str
    supervisor: Supervisor


@asynccontextmanager
async def running(
    settings: Settings, screen: Log, *, any_port: bool = False
) -> AsyncIterator[Stack]:
    """Run the service; yields when it takes requests.

    Everything the parts say goes to ``screen`` and into files under ``DATA_DIR/logs``. On the
    way out API, workers and queue server stop one after the other; cancelled once more while
    it waits for them, it ends them at once. Raises Conflict when the port is taken and
    ``any_port`` will not do.
    """
    logs = settings.data_dir / "logs"
    with storage_errors(logs):
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = Tee(Files(logs), screen)
    async with AsyncExitStack() as exits:
        listening = exits.enter_context(_listen(settings, any_port=any_port))
        await exits.enter_async_context(queue_server(settings, log))
        stack = Stack(url(settings.api_host, listening.getsockname()[1]), Supervisor(log))
        exits.push_async_callback(stop, stack.supervisor)
        for child in (*api_children(settings, listening), *worker_children(settings)):
            stack.supervisor.start(child)
        await _until_ready(stack, logs)
        yield stack


@asynccontextmanager
async def queue_server(settings: Settings, log: Log) -> AsyncIterator[None]:
    """Keep the embedded queue server running, if it is the one to use.

    It belongs to this process, which none of its children outlives: they come and go.
    """
    if settings.redis_url is not None:
        yield
        return
    async with embedded.opened(settings.data_dir, notify=partial(log.note, "valkey")):
        yield


def api_children(settings: Settings, listening: socket.socket) -> Iterator[Child]:
    """Name the API's processes, which share a listening socket and their counters.

    The socket outlives them: while one starts again, requests wait instead of failing.
    """
    several = settings.api_workers > 1
    counters = settings.data_dir / "metrics"
    environment = {}
    if several:
        _make_fresh(counters)
        environment["PROMETHEUS_MULTIPROC_DIR"] = str(counters)
    for number in range(1, settings.api_workers + 1):
        yield Child(
            f"api-{number}" if several else "api",
            (*_TTV, "serve", "--fd", str(listening.fileno()), "--data-dir", str(settings.data_dir)),
            stop_seconds=settings.api_grace_seconds + _MARGIN_SECONDS,
            files=(listening.fileno(),),
            environment=environment,
            ended=partial(forget_process, counters),
            overlaps=True,
        )


def worker_children(settings: Settings) -> Iterator[Child]:
    """Name the worker processes."""
    several = settings.worker_replicas > 1
    for number in range(1, settings.worker_replicas + 1):
        yield Child(
            f"worker-{number}" if several else "worker",
            (*_TTV, "worker", "--data-dir", str(settings.data_dir)),
            stop_seconds=settings.worker_grace_seconds + _MARGIN_SECONDS,
        )


async def stop(supervisor: Supervisor) -> None:
    """Stop every child; cancelled meanwhile, end them at once."""
    try:
        await supervisor.stop()
    except asyncio.CancelledError:
        supervisor.kill()
        await supervisor.stop()
        raise


def _listen(settings: Settings, *, any_port: bool) -> socket.socket:
    try:
        return listen(settings.api_host, settings.api_port)
    except Conflict:
        if not any_port:
            raise
        return listen(settings.api_host, 0)


def _make_fresh(path: Path) -> None:
    with storage_errors(path):
        if path.exists():
            shutil.rmtree(path)
        path.mkdir(parents=True)


async def _until_ready(stack: Stack, logs: Path) -> None:
    """Wait for the first good answer; raises the error of a child that cannot start."""
    failure = asyncio.create_task(stack.supervisor.failed())
    answer = asyncio.create_task(_first_answer(stack.url))
    try:
        await asyncio.wait(
            [failure, answer], timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if failure.done():
            await failure
        if not answer.done():
            why = stack.supervisor.complaint() or "it says nothing"
            raise Unavailable(f"not ready after {READY_SECONDS:g} s: {why} (logs: {logs})")
        await answer
    finally:
        failure.cancel()
        answer.cancel()


async def _first_answer(base_url: str) -> None:
    async with Client(base_url) as client:
        while not await client.ready():  # noqa: ASYNC110 - the service is another process
            await asyncio.sleep(_LOOK_SECONDS)
