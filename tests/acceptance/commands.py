"""Run the real ``ttv`` command in a home of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from ttv.client import Client, Job, Step

TTV: Final = (sys.executable, "-m", "ttv")
#: How long anything may take before a test gives up on a busy machine.
PATIENCE: Final = 120
#: Films so small that they are made in a moment.
SMALL: Final = ("--size", "320x180", "--fps", "12")
#: Three shots of which the second takes long enough to be interrupted, and the third too.
THREE_SHOTS: Final = """
size: 640x360
fps: 24
shots:
  - {prompt: a red fox runs through a snowy forest at night, seconds: 0.5}
  - {prompt: a small boat crosses a stormy sea, seconds: 1.5}
  - {prompt: a bird flies over green hills at dawn, seconds: 1.5}
"""
THREE_SHOTS_FRAMES: Final = 12 + 36 + 36


@dataclass(slots=True)
class Home:
    """An empty home with settings of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def variables(self) -> dict[str, str]:
        keep = {
            name: os.environ[name]
            for name in ("PATH", "LANG", "TMPDIR", "PYTHONPATH")
            if name in os.environ
        }
        return {
            **keep,
            "HOME": str(self.folder),
            "TTV_DATA_DIR": str(self.data),
            "TTV_LEASE_SECONDS": "2",
            "WORKER_CONCURRENCY": "1",
            **self.environment,
        }

    def ttv(
        self, *arguments: str | bytes | Path, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*TTV, *arguments],
            cwd=self.folder,
            env=self.variables(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def begin(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command in a session of its own, as a terminal does."""
        return subprocess.Popen(
            [*TTV, *arguments],
            cwd=self.folder,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """Read the command's standard error up to the line that holds some words."""
    assert process.stderr
    read = ""
    for line in process.stderr:
        read += line
        if wanted in line:
            return read
    raise AssertionError(f"it ended without saying {wanted!r}: {read}")


def descendants(pid: int) -> dict[int, str]:
    """Name the running processes below a process, with their command lines."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found |= {int(folder.name): line, **descendants(int(folder.name))}
    return found


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(condition: Callable[[], bool], *, what: str) -> None:
    """Wait for another process to get there."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A running ``ttv up``."""

    def __init__(self, home: Home, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = home.folder / "up.log"
        self._said = self.log.open("a")
        self.process = subprocess.Popen(
            [*TTV, "up", "--port", str(port)],
            cwd=home.folder,
            env=home.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        ready = self.process.stdout.readline()
        assert ready == f"{self.url} ready\n", self.log.read_text()

    @classmethod
    @contextmanager
    def running(cls, home: Home, port: int | None = None) -> Iterator[Self]:
        """Run the service for a block, and end it whatever happened."""
        service = cls(home, port or free_port())
        try:
            yield service
        finally:
            service.kill()

    def stop(self) -> int:
        """Press Ctrl-C and wait."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        """Kill the supervisor, and wait until all that it started is gone."""
        below = descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
        self._said.close()
        until(lambda: not any(alive(pid) for pid in below), what=f"the end of {below}")

    def pid(self, program: str) -> int:
        """Give the process id of a part of the service, by what its command line holds."""
        lines = descendants(self.process.pid).items()
        (pid,) = (pid for pid, line in lines if program in line and "ttv.tether" not in line)
        return pid

    def job(self, job_id: str) -> Job:
        async def ask() -> Job:
            async with Client(self.url) as client:
                return await client.get(job_id)

        return asyncio.run(ask())

    def until_under_way(self, job_id: str) -> list[str]:
        """Wait until a shot is done and another is being made; name the ones that are done."""

        def done() -> list[str]:
            return [step.name for step in segments() if step.status == "done"]

        def segments() -> list[Step]:
            return [step for step in self.job(job_id).steps if step.kind == "segment"]

        until(
            lambda: bool(done()) and any(0 < step.progress < 1 for step in segments()),
            what="one shot done and another under way",
        )
        return done()
