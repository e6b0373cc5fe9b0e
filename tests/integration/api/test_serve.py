"""The API behind a real Hypercorn on a real socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from coredis import Redis

from tests.integration.api.conftest import Server, serving
from tests.integration.conftest import Valkey
from ttv.artifacts import Store
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

MIB = 1 << 20


@pytest.fixture
async def server(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[Server]:
    settings = Settings(data_dir=tmp_path, api_grace_seconds=5)
    async with serving(shared_valkey, store, settings) as server:
        yield server


async def test_requests_are_answered_over_tcp(server: Server) -> None:
    answer = await server.http.post("/v1/jobs", json={"prompt": "a fox"})
    assert answer.status_code == 202
    assert "server" not in answer.headers
    shown = await server.http.get(answer.headers["location"])
    assert shown.json()["id"] == answer.json()["id"]
    head = await server.http.head(answer.headers["location"])
    assert (head.status_code, head.content) == (200, b"")


async def test_a_body_without_end_is_cut_at_the_limit(server: Server) -> None:
    head = (
        b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    async with server.connection() as (reader, writer):
        writer.write(head)
        sent = 0
        answer = asyncio.create_task(reader.readuntil(b"\r\n"))
        with suppress(ConnectionError):  # it is cut off
            while not answer.done() and sent < 40 * MIB:
                writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
                sent += 0x10000
                await writer.drain()  # no faster than it is read
        assert await answer == b"HTTP/1.1 413 \r\n"
        assert sent < 8 * MIB


@pytest.mark.parametrize("media_type", [b"text/html", b"multipart/form-data"])
async def test_who_is_refused_while_he_still_sends_a_file_gets_the_answer(
    media_type: bytes, server: Server
) -> None:
    head = b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: %b\r\n" % media_type
    async with server.connection() as (reader, writer), asyncio.timeout(20):
        writer.write(head + b"Content-Length: %d\r\n\r\n" % (30 * MIB))
        for _ in range(30):
            writer.write(bytes(MIB))
            await writer.drain()
        assert (await reader.readuntil(b"\r\n")) == b"HTTP/1.1 415 \r\n"
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b"HTTP/1.1 200 \r\n" in await reader.read()


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x00\x01 this is TLS\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused(head: bytes, server: Server) -> None:
    async with server.connection() as (reader, writer):
        writer.write(head)
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
    assert (await server.http.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/jobs/%ff",
        b"/v1/jobs/%00",
        b"/v1/jobs/%",
        b"/v1/jobs?limit=%ff",
        b"/v1/jobs?cursor=%ed%a0%80",
        b"/v1/jobs/../../etc/passwd",
        b"//v1/jobs",
        b"/v1/jobs/" + b"x" * 8_000,
        b"http://other/v1/jobs/x",
        b"*",
    ],
)
async def test_a_strange_address_is_refused(target: bytes, server: Server) -> None:
    async with server.connection() as (reader, writer):
        writer.write(
            b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        status = int((await reader.read()).split(b" ", 2)[1])
    assert status in {400, 404}


async def test_a_stopping_server_finishes_what_it_began(server: Server) -> None:
    job = (await server.http.post("/v1/jobs", json={"prompt": "a fox"})).json()
    seen = await server.http.get(job["links"]["self"])
    waits = {"If-None-Match": seen.headers["etag"], "Prefer": "wait=30"}
    waiting = asyncio.create_task(server.http.get(job["links"]["self"], headers=waits))
    async with httpx.AsyncClient(base_url=server.http.base_url) as other:
        while "http_requests_total" not in (await other.get("/metrics")).text:
            pass
    server.stop.set()
    async with asyncio.timeout(5):
        assert (await waiting).status_code == 304
        await server.running


async def test_a_stopping_server_answers_who_is_connected_and_asks_them_to_leave(
    server: Server,
) -> None:
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with server.connection() as (reader, writer), server.connection() as (idle, _):
        writer.write(ask)
        assert b"connection: close" not in (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readuntil(b"}")
        server.stop.set()
        await asyncio.sleep(0)
        writer.write(ask)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"connection: close" in head.lower()
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"}")
            assert await idle.read() == b""
            await server.running


async def test_a_stopping_server_leaves_new_connections_to_others(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        async with serving(shared_valkey, store, settings, port_of=listening) as first:
            assert (await first.http.get("/healthz")).status_code == 200
            first.stop.set()
            await first.running
            waiting = asyncio.create_task(ask_anew(first.port))
            async with serving(shared_valkey, store, settings, port_of=listening):
                assert await waiting == 200


async def ask_anew(port: int) -> int:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        return (await http.get("/healthz")).status_code
