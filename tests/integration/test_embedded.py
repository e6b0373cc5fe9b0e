from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from coredis import Redis

from ttv import embedded
from ttv.errors import Unavailable

#: Opens the server of argv[1], stores keys 0..n, prints "n" after each, and never stops.
WRITER = """
import asyncio, sys
from itertools import count
from pathlib import Path
from coredis import Redis
from ttv import embedded

async def main():
    async with embedded.opened(Path(sys.argv[1])) as url, Redis.from_url(url) as redis:
        for number in count():
            await redis.set(f"key-{number}", "kept")
            print(number, flush=True)

asyncio.run(main())
"""


@asynccontextmanager
async def connected(data_dir: Path) -> AsyncIterator[Redis[bytes]]:
    async with embedded.opened(data_dir) as url, Redis.from_url(url) as redis:
        yield redis


def test_it_never_evicts_and_writes_every_command_down(tmp_path: Path) -> None:
    async def scenario() -> dict[bytes, bytes]:
        async with connected(tmp_path) as redis:
            wanted = ["maxmemory-policy", "appendonly", "appendfsync", "port"]
            return dict(await redis.config_get(wanted))

    assert asyncio.run(scenario()) == {
        b"maxmemory-policy": b"noeviction",
        b"appendonly": b"yes",
        b"appendfsync": b"everysec",
        b"port": b"0",
    }


def test_only_this_user_can_reach_the_socket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with embedded.opened(tmp_path) as url:
            assert mode(Path(url.removeprefix("unix://"))) == 0o700

    def mode(path: Path) -> int:
        return path.stat().st_mode & 0o777

    asyncio.run(scenario())


def test_data_survives_a_clean_stop(tmp_path: Path) -> None:
    async def scenario() -> bytes | None:
        async with connected(tmp_path) as redis:
            await redis.set("film", "kept")
        async with connected(tmp_path) as redis:
            return await redis.get("film")

    assert asyncio.run(scenario()) == b"kept"


def test_every_acknowledged_write_survives_a_killed_owner(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout
    acknowledged = [owner.stdout.readline() for _ in range(100)]
    owner.kill()
    acknowledged += owner.stdout.readlines()
    owner.wait()
    owner.stdout.close()
    keys = [f"key-{number.strip()}" for number in acknowledged if number.endswith("\n")]

    async def scenario() -> int:
        async with connected(tmp_path) as redis:
            return await redis.exists(keys)

    assert asyncio.run(scenario()) == len(keys) >= 100


def test_the_server_ends_with_a_killed_owner(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout
    owner.stdout.readline()
    pid = int((tmp_path / "valkey" / "valkey.pid").read_text())
    owner.kill()
    owner.wait()
    owner.stdout.close()

    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}/exe").exists()


def test_a_second_opener_shares_the_server_and_leaves_it_running(tmp_path: Path) -> None:
    async def scenario() -> tuple[bytes | None, bytes | None]:
        async with connected(tmp_path) as owner:
            await owner.set("film", "kept")
            async with connected(tmp_path) as guest:
                seen = await guest.get("film")
            return seen, await owner.get("film")

    assert asyncio.run(scenario()) == (b"kept", b"kept")


def test_a_guest_takes_over_when_the_owner_ends(tmp_path: Path) -> None:
    async def scenario() -> bytes | None:
        notes: asyncio.Queue[str] = asyncio.Queue()
        owner = embedded.opened(tmp_path)
        url = await owner.__aenter__()
        async with Redis.from_url(url) as redis:
            await redis.set("film", "kept")
        async with embedded.opened(tmp_path, notify=notes.put_nowait) as same:
            assert same == url
            await owner.__aexit__(None, None, None)
            assert "taking over" in await notes.get()
            assert "ready" in await notes.get()
            async with Redis.from_url(url) as redis:
                return await redis.get("film")

    assert asyncio.run(asyncio.wait_for(scenario(), timeout=30)) == b"kept"


def test_a_server_that_is_killed_is_started_again_with_its_data(tmp_path: Path) -> None:
    async def scenario() -> bytes | None:
        notes: asyncio.Queue[str] = asyncio.Queue()
        async with embedded.opened(tmp_path, notify=notes.put_nowait) as url:
            async with Redis.from_url(url) as redis:
                await redis.set("film", "kept")
            await notes.get()
            os.kill(int((tmp_path / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)
            assert "starting it again" in await notes.get()
            assert "ready" in await notes.get()
            async with Redis.from_url(url) as redis:
                return await redis.get("film")

    assert asyncio.run(asyncio.wait_for(scenario(), timeout=30)) == b"kept"


def test_a_stale_socket_and_a_path_of_any_letters_do_no_harm(tmp_path: Path) -> None:
    async def scenario() -> bool:
        home = embedded.Home.prepare(tmp_path / "Фильмы и 'кадры'")
        home.socket.touch()
        async with connected(tmp_path / "Фильмы и 'кадры'") as redis:
            return bool(await redis.ping())

    assert asyncio.run(scenario())


def test_a_damaged_file_is_named_with_the_log(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with connected(tmp_path) as redis:
            await redis.set("film", "kept")
        for part in (tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof"):
            part.write_bytes(b"this is not a command\n" + part.read_bytes())
        async with embedded.opened(tmp_path):
            pass

    with pytest.raises(Unavailable, match=r"ended at start: .*append only file.*valkey\.log"):
        asyncio.run(scenario())
