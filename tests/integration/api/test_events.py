"""Events as they happen: a real Valkey, a real Hypercorn, clients that come, go and sleep."""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from coredis import PureToken, Redis

from tests.integration.api.conftest import Server, Service, services, serving
from tests.integration.conftest import Valkey
from tests.integration.waiting import eventually
from ttv.api.streams import Streams
from ttv.artifacts import Store
from ttv.client import Client, Job
from ttv.jobs import START, Claim, Feed, Leases, Outcome, WorkerCard
from ttv.observability import HttpMetrics
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

LIVE = {"Accept": "text/event-stream"}


@dataclass(frozen=True)
class Frame:
    id: str | None
    event: str | None
    data: dict[str, Any]


class Stream:
    """What an EventSource does with an answer, without coming back by itself."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def block(self) -> list[str]:
        """Give the lines up to the next empty one; none at the end."""
        block: list[str] = []
        async for line in self._lines:
            if not line:
                return block
            block.append(line)
        return block

    async def frame(self) -> Frame | None:
        """Give the next event; None when the stream is over."""
        while block := await self.block():
            fields = dict(line.split(": ", 1) for line in block)
            if "data" in fields:
                return Frame(fields.get("id"), fields.get("event"), json.loads(fields["data"]))
        return None

    async def rest(self) -> list[Frame]:
        frames = []
        while frame := await self.frame():
            frames.append(frame)
        return frames


@dataclass(frozen=True)
class Film:
    """A job on a server, and the worker that makes it."""

    server: Server
    job_id: str
    leases: Leases
    claim: Claim

    @property
    def path(self) -> str:
        return f"/v1/jobs/{self.job_id}/events"

    async def tell(self, message: str) -> None:
        await self.leases.report(self.claim, message=message)

    async def finish(self) -> None:
        await self.leases.settle(self.claim, Outcome({"made": "film"}))

    async def journal(self) -> list[str]:
        """Give the ids of all that happened."""
        tail = await self.server.jobs.store.events(self.job_id, limit=1_000)
        return [event.id for event in tail.events]

    @asynccontextmanager
    async def follow(self, last: str | None = None, **query: str) -> AsyncIterator[Stream]:
        headers = LIVE | ({"Last-Event-ID": last} if last else {})
        http = self.server.http
        async with http.stream("GET", self.path, headers=headers, params=query) as answer:
            assert answer.status_code == 200
            stream = Stream(answer)
            assert await stream.block() == ["retry: 3000"]
            yield stream


async def begin(server: Server) -> Film:
    """Order a film and claim its first step."""
    await server.jobs.fleet.beat(WorkerCard("ann", {"cpu": 8}))
    job_id = (await server.http.post("/v1/jobs", json={"prompt": "a fox"})).json()["id"]
    leases = Leases(server.jobs.connection, server.jobs.queue, told_every_seconds=0)
    claim = await leases.claim(f"{job_id}:1:plan", worker="ann")
    assert claim
    return Film(server, job_id, leases, claim)


@pytest.fixture
async def film(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Film]:
    settings = Settings(data_dir=tmp_path, max_event_streams=300)
    async with serving(shared_valkey, store, settings) as server:
        yield await begin(server)


async def test_events_come_as_they_happen_and_end_with_the_job(film: Film) -> None:
    async with asyncio.timeout(10), film.follow() as stream:
        assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.answer.headers["cache-control"] == "no-store"
        assert stream.answer.headers["x-accel-buffering"] == "no"
        seen = [await stream.frame(), await stream.frame()]
        await film.tell("Thinking")
        seen.append(await stream.frame())
        await film.finish()
        *rest, end = await stream.rest()
    frames = [frame for frame in (*seen, *rest) if frame]
    assert [frame.id for frame in frames] == await film.journal()
    assert [frame.data["action"] for frame in frames] == [
        *("created", "started", "progress", "done", "finished")
    ]
    assert frames[2].data["message"] == "Thinking"
    assert [frame.data["revision"] for frame in frames] == [1, 2, 3, 4, 5]
    assert (end.event, end.data["status"], end.data["revision"]) == ("end", "finished", 5)


async def test_a_stream_cut_fifty_times_has_no_gap_and_no_duplicate(film: Film) -> None:
    chance = random.Random(7)
    got: list[str] = []

    async def talk() -> None:
        for n in range(300):
            await film.tell(f"part {n}")
            await asyncio.sleep(0)

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(talk())
        for _ in range(50):
            async with film.follow(last=got[-1] if got else None) as stream:
                for _ in range(chance.randint(0, 6)):
                    frame = await stream.frame()
                    assert frame
                    assert frame.id
                    got.append(frame.id)
    await film.finish()
    async with asyncio.timeout(10), film.follow(last=got[-1]) as stream:
        got += [frame.id for frame in await stream.rest() if frame.id]
    assert got == await film.journal()
    assert len(got) == 304


async def test_the_header_is_stronger_than_the_query(film: Film) -> None:
    first, second = await film.journal()
    async with asyncio.timeout(10):
        async with film.follow(last=first, after="0-0") as stream:
            assert (frame := await stream.frame())
            assert frame.id == second
        async with film.follow(after=first) as stream:
            assert (frame := await stream.frame())
            assert frame.id == second


async def test_who_comes_after_the_end_gets_the_end(film: Film) -> None:
    await film.finish()
    last = (await film.journal())[-1]
    async with asyncio.timeout(10), film.follow(last=last) as stream:
        (end,) = await stream.rest()
    assert (end.id, end.event, end.data["id"]) == (None, "end", film.job_id)


async def test_what_is_not_kept_is_replaced_by_the_job(film: Film, redis: Redis[str]) -> None:
    first = (await film.journal())[0]
    for n in range(5):
        await film.tell(f"part {n}")
    await redis.xtrim(f"ttv:job:{film.job_id}:events", PureToken.MAXLEN, 2)
    async with asyncio.timeout(10), film.follow(last=first) as stream:
        assert (reset := await stream.frame())
        assert (reset.event, reset.data["message"]) == ("reset", "part 4")
        assert reset.id == (await film.journal())[-1]
        await film.tell("part 5")
        assert (frame := await stream.frame())
        assert frame.data["message"] == "part 5"
    page = await film.server.http.get(film.path, params={"after": first})
    assert page.json()["whole"] is False


async def test_two_hundred_clients_share_one_reader(film: Film, redis: Redis[str]) -> None:
    async def listeners() -> int:
        return sum(int(client["sub"]) for client in await redis.client_list())

    limits = httpx.Limits(max_connections=None)
    before = len(await redis.client_list())
    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(base_url=film.server.http.base_url, limits=limits) as http,
    ):

        async def follow() -> list[str | None]:
            async with http.stream("GET", film.path, headers=LIVE) as answer:
                stream = Stream(answer)
                return [frame.id for frame in await stream.rest() if not frame.event]

        following = [asyncio.create_task(follow()) for _ in range(200)]
        await eventually(lambda: open_streams(http, 200))
        await redis.config_resetstat()
        for n in range(10):
            await film.tell(f"part {n}")
        assert await listeners() == 1
        assert len(await redis.client_list()) <= before + 16
        await film.finish()
        ids = await film.journal()
        assert [await task for task in following] == [ids] * 200
        stats: Any = await redis.info("commandstats")
    assert stats["cmdstat_xrange"]["calls"] < 200


async def open_streams(http: httpx.AsyncClient, number: int) -> bool:
    return f"ttv_event_streams {number}.0" in (await http.get("/metrics")).text


async def cut_off(sleeper: socket.socket) -> None:
    """Read what was under way, to the end of the connection."""
    sleeper.setblocking(False)
    loop = asyncio.get_running_loop()
    with suppress(ConnectionResetError):
        while await loop.sock_recv(sleeper, 1 << 16):
            pass


async def test_a_client_that_does_not_read_is_dropped_and_can_come_back(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, unread_seconds=1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        async with (
            asyncio.timeout(30),
            serving(shared_valkey, store, settings, port_of=listening) as server,
        ):
            film = await begin(server)
            with socket.create_connection(("127.0.0.1", server.port)) as sleeper:
                sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                sleeper.sendall(
                    f"GET {film.path} HTTP/1.1\r\n"
                    "Host: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
                )
                await eventually(lambda: open_streams(server.http, 1))
                for n in range(100):
                    await film.tell(f"{n} " + "x" * 20_000)
                await eventually(lambda: open_streams(server.http, 0))
                await cut_off(sleeper)
            await film.finish()
            async with film.follow() as stream:
                ids = [frame.id for frame in await stream.rest() if not frame.event]
            assert ids == await film.journal()


async def test_a_stream_outlives_a_crash_of_valkey(
    own_valkey: Valkey, store: Store, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(30),
        serving(own_valkey, store, Settings(data_dir=tmp_path)) as server,
    ):
        film = await begin(server)
        async with film.follow() as stream:
            got = [await stream.frame(), await stream.frame()]
            own_valkey.kill()
            own_valkey.start()
            await film.tell("Back again")
            got.append(await stream.frame())
            await film.finish()
            *rest, end = await stream.rest()
        assert [frame.id for frame in (*got, *rest) if frame] == await film.journal()
        assert end.event == "end"


async def test_who_catches_up_while_valkey_is_away_goes_on_after_it(
    own_valkey: Valkey, store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    async with asyncio.timeout(30), serving(own_valkey, store, settings) as server:
        film = await begin(server)
        for n in range(250):
            await film.tell(f"part {n}")
        ids = await film.journal()
        job = await server.jobs.store.get(film.job_id)
        async with Feed(server.jobs.connection, server.jobs.store) as feed:
            here = services(server.jobs, feed, store, settings)
            streams = Streams(here, HttpMetrics(), asyncio.Event())
            async with aclosing(streams.follow(job, START)) as frames:
                got = [await anext(frames), await anext(frames)]
                own_valkey.kill()
                got.append(await anext(frames))
                assert got[-1] == ": still here\n\n"
                own_valkey.start()
                while f"id: {ids[-1]}\n" not in got[-1]:
                    got.append(await anext(frames))
    assert re.findall("(?m)^id: (.*)$", "".join(got)) == ids


async def test_a_silent_stream_shows_that_it_lives(service: Service) -> None:
    job = await service.jobs.store.get((await service.create())["id"])
    state = service.app.state
    streams = Streams(state.services, HttpMetrics(), state.stopping, heartbeat_seconds=0.01)
    async with asyncio.timeout(5), aclosing(streams.follow(job, START)) as frames:
        shown = [await anext(frames) for _ in range(4)]
    assert shown[2:] == [": still here\n\n"] * 2


async def test_a_stopping_server_sends_its_clients_away(film: Film) -> None:
    async with asyncio.timeout(10), film.follow() as stream:
        await stream.frame()
        await stream.frame()
        film.server.stop.set()
        assert await stream.rest() == []
        await film.server.running


async def test_our_client_goes_on_through_a_restart_of_the_server(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with asyncio.timeout(30), Client(url) as client:
            async with serving(shared_valkey, store, settings, port_of=listening) as server:
                film = await begin(server)
                news = client.events(film.job_id)
                got = [await anext(news), await anext(news)]
            async with serving(shared_valkey, store, settings, port_of=listening) as server:
                leases = Leases(server.jobs.connection, server.jobs.queue)
                await leases.settle(film.claim, Outcome({"made": "film"}))
                got += [one async for one in news]
    assert [event.revision for event in got[:-1]] == [1, 2, 3, 4]
    assert isinstance(got[-1], Job)
    assert got[-1].status == "finished"


async def test_more_streams_than_allowed_are_refused(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, max_event_streams=1)
    async with asyncio.timeout(10), serving(shared_valkey, store, settings) as server:
        film = await begin(server)
        async with film.follow():
            refused = await server.http.get(film.path, headers=LIVE)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert refused.json()["code"] == "too_many_streams"
            assert (await server.http.get(film.path)).status_code == 200
        await eventually(lambda: open_streams(server.http, 0))
        async with film.follow() as stream:
            assert await stream.frame()


async def test_the_same_events_come_by_page(film: Film) -> None:
    await film.tell("Thinking")
    first = await film.server.http.get(film.path, params={"limit": "2"})
    following = first.headers["link"][1:].partition(">")[0]
    rest = await film.server.http.get(following)
    entries = first.json()["entries"] + rest.json()["entries"]
    assert [entry["id"] for entry in entries] == await film.journal()
    assert first.json()["whole"] is True


async def test_head_tells_the_kind_of_answer_and_holds_nothing_open(film: Film) -> None:
    answer = await film.server.http.head(film.path, headers=LIVE)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert await open_streams(film.server.http, 0)


@pytest.mark.parametrize(
    ("headers", "query", "status", "param"),
    [
        ({"Accept": "text/html"}, {}, 406, "Accept"),
        (LIVE | {"Last-Event-ID": "x"}, {}, 400, "Last-Event-ID"),
        (LIVE | {"Last-Event-ID": "9" * 16 + "-0"}, {}, 400, "Last-Event-ID"),
        (LIVE, {"after": "9" * 16 + "-0"}, 400, "after"),
        (LIVE, {"after": "\N{ARABIC-INDIC DIGIT ONE}-0"}, 400, "after"),
        (LIVE, {"since": "0-0"}, 400, "since"),
        ({}, {"limit": "0"}, 400, "limit"),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    headers: dict[str, str], query: dict[str, str], status: int, param: str, film: Film
) -> None:
    answer = await film.server.http.get(film.path, headers=headers, params=query)
    assert (answer.status_code, answer.json()["param"]) == (status, param)


async def test_events_of_an_unknown_job_are_not_found(film: Film) -> None:
    path = "/v1/jobs/job_00000000000000000000000000/events"
    assert (await film.server.http.get(path, headers=LIVE)).status_code == 404
