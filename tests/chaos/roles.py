"""What the processes of the forge are: the worker and the API, as the service runs them."""

from __future__ import annotations

import json
import os
import random
import socket
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tests.chaos.labour import note
from tests.chaos.studio import Studio
from ttv import jobs
from ttv.artifacts import disk, gcs, s3
from ttv.observability import configure
from ttv.settings import Settings
from ttv.wiring import rebuild as rebuilding
from ttv.wiring import service
from ttv.worker import Options, Worker, stop_on_signals


async def studio(url: str, folder: str, name: str, lease: float, slots: int) -> None:
    """Be a worker of the studio."""
    configure("worker")
    home = Path(folder)
    options = Options(name=name, slots={"cpu": slots}, scratch=home / "work", grace_seconds=1)
    async with (
        disk.build({"folder": str(home / "artifacts")}) as store,
        jobs.opened(url, lease_seconds=lease, idle_seconds=0.5) as opened,
    ):
        worker = Worker(opened, Studio(home, store), options=options, chance=random.Random())
        await worker.serve(stop_on_signals())


async def api(url: str, folder: str, port: int, engine: str = "") -> None:
    """Be ``ttv serve``."""
    with socket.create_server(("127.0.0.1", port), backlog=100) as listening:
        await service.serve(_settings(url, folder, engine), listening)


async def worker(url: str, folder: str, lease: float, engine: str) -> None:
    """Be ``ttv worker``."""
    settings = _settings(url, folder, engine)
    await service.work(settings.model_copy(update={"lease_seconds": lease}))


async def rebuild(url: str, folder: str, engine: str) -> None:
    """Be ``ttv rebuild``."""
    configure("rebuild")
    await rebuilding.rebuild(_settings(url, folder, engine))


async def uploader(store: str, options: str, folder: str, *, if_absent: bool) -> None:
    """Put files into a store one after another, and note each that is there."""
    home = Path(folder)
    async with _STORES[store].build(json.loads(options)) as opened:
        note(home, what="opened")
        for source in sorted((home / "sources").iterdir()):
            key = f"trials/{home.name}/{source.name}"
            await opened.put(key, source, content_type="video/mp4", if_absent=if_absent)
            note(home, what="stored", file=source.name)


def _settings(url: str, folder: str, engine: str) -> Settings:
    """Set the service up with an engine, given as JSON of its options by its name."""
    os.chdir(folder)
    settings = Settings(
        redis_url=url,
        data_dir=Path(folder),
        redis_persistence="trust",
        auth="none",
        creates_per_minute=0,
        requests_per_minute=0,
        worker_concurrency=2,
    )
    if not engine:
        return settings
    engines = json.loads(engine)
    (name,) = engines
    return settings.model_copy(update={"generator": name, "generators": engines})


_STORES: Final = MappingProxyType({"disk": disk, "gcs": gcs, "s3": s3})
ROLES: Final[Mapping[str, Callable[..., Coroutine[Any, Any, None]]]] = MappingProxyType(
    {"studio": studio, "api": api, "worker": worker, "rebuild": rebuild, "uploader": uploader}
)
