"""The API over a real Valkey and a real store, without a worker: tests do its part."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from coredis import Redis
from fastapi import FastAPI

from tests.integration.api.works import PLAN, graph_of, works
from tests.integration.conftest import Valkey
from ttv import access, backends, webhooks
from ttv.api import Services, create_app, job_links, serve
from ttv.artifacts import Store
from ttv.jobs import Feed, Jobs, Outcome, Step, WorkerCard, opened
from ttv.pipeline import Order, Result
from ttv.planning import to_document
from ttv.settings import Settings
from ttv.wiring.uploads import uploads_in

FILM = bytes(range(256)) * 40
CLIP = b"a short clip"
#: How long the pieces of a live playlist are.
PIECE_SECONDS = 0.5
#: The suffix and the media type of files by role; the others are JSON.
FORMS = {
    "film": (".mp4", "video/mp4"),
    "clip": (".mp4", "video/mp4"),
    "poster": (".png", "image/png"),
    "webm": (".webm", "video/webm"),
    "stream": (".ts", "video/mp2t"),
    "hls": (".m3u8", "application/vnd.apple.mpegurl"),
    "hls-media": (".mp4", "video/mp4"),
    "sprites": (".jpg", "image/jpeg"),
    "sprites-vtt": (".vtt", "text/vtt"),
}


@dataclass(frozen=True)
class Service:
    http: httpx.AsyncClient
    app: FastAPI
    jobs: Jobs
    access: access.Access
    store: Store
    folder: Path
    hooks: webhooks.Hooks

    async def create(self, **document: Any) -> dict[str, Any]:
        """Ask for a film; gives the job."""
        answer = await self.http.post("/v1/jobs", json={"prompt": "a red fox"} | document)
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()
        return job

    async def work(self, job_id: str, step: str, *steps: Step, **files: bytes) -> None:
        """Do a step as a worker would; what it makes are ``files`` by role."""
        claim = await self.jobs.leases.claim(f"{job_id}:1:{step}", worker="ann")
        assert claim
        stored = {
            role: await self.put(f"{job_id}/{step}/{role}", role, content)
            for role, content in files.items()
        }
        facts: dict[str, Any] = {"engine": "dear-1"} if "clip" in files else {}
        facts |= {"seconds": PIECE_SECONDS} if "stream" in files else {}
        result = Result(address="0" * 64, files=stored, facts=facts).to_json()
        await self.jobs.leases.settle(claim, Outcome(result, steps))

    async def plan(self, job_id: str, **files: bytes) -> None:
        """Make a job's plan: nothing but delivery follows."""
        await self.work(job_id, "plan", Step("delivery", "delivery", needs=("plan",)), **files)

    async def finish(self, job_id: str) -> None:
        """Make a job's film."""
        plan = json.dumps(to_document(PLAN)).encode()
        await self.plan(job_id, plan=plan)
        await self.work(job_id, "delivery", film=FILM, poster=b"png", plan=plan, manifest=b"{}")

    async def film(self, job_id: str, *, segments: int = len(PLAN.shots)) -> None:
        """Plan a job as a film of two shots and make so many of them, or all of it."""
        job = await self.jobs.store.get(job_id)
        graph = graph_of(Order.from_json(job.request))
        plan = json.dumps(to_document(PLAN)).encode()
        await self.work(job_id, "plan", *graph, plan=plan)
        for step in graph:
            if step.kind == "segment" and (step.shot or 0) <= segments:
                await self.work(job_id, step.name, clip=CLIP, last_frame=b"png")
            elif step.kind == "keyframe":
                await self.work(job_id, step.name, still=b"png")
        if segments == len(PLAN.shots):
            await self.work(job_id, "film", film=FILM, poster=b"png")
            await self.work(job_id, "delivery", film=FILM, poster=b"png", plan=plan, manifest=b"{}")

    async def put(self, key: str, role: str, content: bytes) -> Any:
        source = self.folder / "source"
        source.write_bytes(content)
        suffix, kind = FORMS.get(role, (".json", "application/json"))
        return await self.store.put(key + suffix, source, content_type=kind)


def services(jobs: Jobs, feed: Feed, store: Store, settings: Settings) -> Services:
    numbers = itertools.count(1)
    return Services(
        jobs=jobs,
        feed=feed,
        access=access.over(jobs.connection, settings, host="127.0.0.1"),
        hooks=webhooks.over(jobs.connection, settings, links=job_links).hooks,
        artifacts=store,
        uploads=uploads_in(store, settings),
        makes=works(store),
        settings=settings,
        new_request_id=lambda: f"request-{next(numbers)}",
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with backends.build(
        "ttv.artifacts", "disk", {"folder": str(tmp_path / "artifacts")}
    ) as made:
        yield made


@asynccontextmanager
async def running(
    valkey: Valkey, store: Store, settings: Settings, *, client: str = "127.0.0.1"
) -> AsyncIterator[Service]:
    """Run the API in this process; its requests come from the address of a client."""
    async with (
        opened(valkey.url) as jobs,
        Feed(jobs.connection, jobs.store) as feed,
    ):
        await jobs.fleet.beat(WorkerCard("ann", {"cpu": 8}))
        behind = services(jobs, feed, store, settings)
        app = create_app(behind)
        transport = httpx.ASGITransport(app, client=(client, 123))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield Service(http, app, jobs, behind.access, store, settings.data_dir, behind.hooks)


@pytest.fixture
async def service(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Service]:
    async with running(shared_valkey, store, Settings(data_dir=tmp_path)) as service:
        yield service


@pytest.fixture
async def lonely(own_valkey: Valkey, store: Store, tmp_path: Path) -> AsyncIterator[Service]:
    """A service whose Valkey the test may freeze or kill."""
    async with running(own_valkey, store, Settings(data_dir=tmp_path)) as service:
        yield service


@dataclass(frozen=True)
class Server:
    """The API behind a real Hypercorn."""

    http: httpx.AsyncClient
    port: int
    jobs: Jobs
    stop: asyncio.Event
    running: asyncio.Task[None]

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A bare connection, for what no client would send."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    valkey: Valkey, store: Store, settings: Settings, *, port_of: socket.socket | None = None
) -> AsyncIterator[Server]:
    """Run a server on a free port of this machine, or on that of a listening socket."""
    stop = asyncio.Event()
    with port_of.dup() if port_of else socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        async with opened(valkey.url) as jobs, Feed(jobs.connection, jobs.store) as feed:
            running = asyncio.create_task(
                serve(services(jobs, feed, store, settings), listening, stop=stop.wait)
            )
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
                yield Server(http, port, jobs, stop, running)
                stop.set()
                await running
