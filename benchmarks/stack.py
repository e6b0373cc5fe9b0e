"""The real service for a benchmark: embedded Valkey and an API process, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coredis import Redis

from benchmarks.figures import cpu_seconds
from benchmarks.wire import Wire, request
from ttv import embedded, jobs, tether

#: What a measurement needs beside the defaults: requests are counted, and nobody is held back.
FREE: Final = {
    "TTV_CREATES_PER_MINUTE": "1000000",
    "TTV_REQUESTS_PER_MINUTE": "1000000",
    "TTV_MAX_EVENT_STREAMS": "4000",
    "TTV_MAX_EVENT_STREAMS_PER_TENANT": "4000",
}
#: For the jobs that a benchmark makes by the store itself.
BOUNDLESS: Final = jobs.Limits(max_queued=10**7, max_running=10**7, max_queue=10**7)


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs, and what a request to it needs."""

    folder: Path
    port: int
    api: int
    valkey: int
    redis: Redis[str]
    jobs: jobs.Jobs
    #: An API key, which every request is checked for.
    key: str

    def request(self, method: str, path: str, *, events: bool = False, **asked: object) -> bytes:
        """Write a request with the key; ``asked`` is its document."""
        headers = {"Authorization": f"Bearer {self.key}"}
        headers |= {"Accept": "text/event-stream"} if events else {}
        return request(method, path, headers, body=json.dumps(asked).encode() if asked else None)

    @property
    def url(self) -> str:
        """Give the address of the Valkey server."""
        return self.jobs.connection.url

    def spent(self) -> tuple[float, float]:
        """Give the processor time of the API and of Redis."""
        return cpu_seconds(self.api), cpu_seconds(self.valkey)

    async def used_bytes(self) -> int:
        """Give the memory of the data in Redis."""
        return await told(self.redis, "memory", "used_memory")


@asynccontextmanager
async def running(**variables: str) -> AsyncIterator[Stack]:
    """Run Valkey and ``ttv serve`` for a block; yields when it takes requests."""
    with tempfile.TemporaryDirectory(prefix="ttv-benchmark-") as folder:
        async with (
            embedded.opened(Path(folder)) as url,
            Redis.from_url(url, decode_responses=True) as redis,
            jobs.opened(url, limits=BOUNDLESS) as opened,
        ):
            server = await told(redis, "server", "process_id")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            variables = FREE | {"TTV_DATA_DIR": folder, "REDIS_URL": url} | variables
            key = await _said(await _ttv("keys", "create", **variables))
            api = await _ttv("serve", "--port", str(port), **variables)
            try:
                await _until_ready(port, api)
                yield Stack(Path(folder), port, api.pid, server, redis, opened, key)
            finally:
                api.terminate()
                await api.wait()


async def _ttv(*arguments: str, **variables: str) -> asyncio.subprocess.Process:
    """Start a command."""
    return await asyncio.create_subprocess_exec(
        *tether.tied(sys.executable, "-m", "ttv", *arguments),
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


async def _said(process: asyncio.subprocess.Process) -> str:
    """Give what a command prints, to its end."""
    said, _ = await process.communicate()
    if process.returncode:
        raise SystemExit("a command failed")
    return said.decode().strip()


async def told(redis: Redis[str], section: str, fact: str) -> int:
    """Give a number that Redis tells of itself."""
    return int(str((await redis.info(section))[fact]))


async def _until_ready(port: int, api: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while api.returncode is None:
            try:
                wire = await Wire.open(port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            answer = await wire.ask(request("GET", "/readyz", {}))
            wire.close()
            if answer.status == 200:
                return
    raise SystemExit("the API did not start")
