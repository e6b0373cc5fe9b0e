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
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

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
            with tempfile.TemporaryFile(dir=folder) as log:
                key = await _said(await _ttv("keys", "create", log=log, **variables))
                api = await _ttv("serve", "--port", str(port), log=log, **variables)
                if not await _ready(port, api):
                    log.seek(0)
                    raise SystemExit(f"the API did not start: {log.read().decode()}")
            try:
                (answering,) = _children(api.pid)
                yield Stack(Path(folder), port, answering, server, redis, opened, key)
            finally:
                with suppress(ProcessLookupError):
                    api.terminate()
                await api.wait()


async def _ttv(*arguments: str, log: IO[bytes], **variables: str) -> asyncio.subprocess.Process:
    """Start a command."""
    return await asyncio.create_subprocess_exec(
        *tether.tied(sys.executable, "-m", "ttv", *arguments),
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=log,
    )


def _children(pid: int) -> list[int]:
    """List the processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _said(process: asyncio.subprocess.Process) -> str:
    """Give what a command prints, to its end."""
    said, _ = await process.communicate()
    return said.decode().strip()


async def told(redis: Redis[str], section: str, fact: str) -> int:
    """Give a number that Redis tells of itself."""
    return int(str((await redis.info(section))[fact]))


async def _ready(port: int, api: asyncio.subprocess.Process) -> bool:
    """Wait until the API takes requests; False when it ends before."""
    async with asyncio.timeout(60):
        while api.returncode is None:
            with suppress(OSError, EOFError):
                wire = await Wire.open(port)
                answer = await wire.ask(request("GET", "/readyz", {}))
                wire.close()
                if answer.status == 200:
                    return True
            await asyncio.sleep(0.05)
    return False
