from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ttv.cli import _kept, _supervisor
from ttv.cli._kept import Child
from ttv.cli._supervisor import Supervisor
from ttv.errors import InvalidRequest, StorageFull


class Heard:
    """Remembers what is said, and lets a test wait for it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.news = asyncio.Event()

    def line(self, component: str, line: str) -> None:
        self.lines.append(f"{component}: {line}")
        self.news.set()

    def note(self, component: str, sentence: str) -> None:
        self.notes.append(f"{component}: {sentence}")
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.news.clear()
                await self.news.wait()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-u", "-c", code)


#: Says that it runs, and ends well on SIGTERM after it has said so.
POLITE = """
import signal, sys, time
def stop(*_):
    print("stopping")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("running")
time.sleep(60)
"""
#: Says that it runs, and does not listen.
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("running")
time.sleep(60)
"""


def supervised(scenario: Callable[[Supervisor, Heard], Awaitable[None]]) -> Heard:
    """Run a scenario and end what it left."""

    async def run() -> Heard:
        heard = Heard()
        supervisor = Supervisor(heard)
        try:
            await scenario(supervisor, heard)
        finally:
            supervisor.kill()
            await supervisor.stop()
        return heard

    return asyncio.run(run())


def test_a_child_is_heard_line_by_line_however_long() -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        code = "print('x' * 300_000); print('ü\\nlast', end='', flush=True)"
        supervisor.start(Child("talker", python(f"{code}; import time; time.sleep(60)")))
        await heard.until(lambda: len(heard.lines) == 2)
        await supervisor.stop()

    heard = supervised(scenario)

    assert [len(heard.lines[0]), *heard.lines[1:]] == [300_008, "talker: ü", "talker: last"]


def test_a_child_that_crashes_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kept, "FIRST_WAIT_SECONDS", 0.01)

    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        supervisor.start(Child("api", python(POLITE)))
        await heard.until(lambda: heard.lines == ["api: running"])
        os.kill(supervisor.pids()["api"], signal.SIGKILL)
        await heard.until(lambda: heard.lines == ["api: running"] * 2)

    assert supervised(scenario).notes == ["api: ended (signal 9); starting again in 0.01 s"]


def test_a_child_that_keeps_crashing_waits_ever_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kept, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(_kept, "LONGEST_WAIT_SECONDS", 0.03)

    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        supervisor.start(Child("api", python("raise SystemExit(1)")))
        await heard.until(lambda: len(heard.notes) == 4)

    waits = [note.rpartition(" in ")[2] for note in supervised(scenario).notes]

    assert waits[:4] == ["0.01 s", "0.02 s", "0.03 s", "0.03 s"]


@pytest.mark.parametrize(("status", "family"), [(2, InvalidRequest), (74, StorageFull)])
def test_a_child_that_no_restart_can_mend_fails_with_its_own_words(
    status: int, family: type[Exception]
) -> None:
    async def scenario(supervisor: Supervisor, _heard: Heard) -> None:
        code = f"print('ttv: API_PORT must be a number'); raise SystemExit({status})"
        supervisor.start(Child("api", python(code)))
        with pytest.raises(family, match=r"^API_PORT must be a number$"):
            await supervisor.failed()

    supervised(scenario)


def test_children_stop_in_the_order_of_their_start() -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        supervisor.start(Child("api", python(POLITE)))
        supervisor.start(Child("worker", python(POLITE)))
        await heard.until(lambda: len(heard.lines) == 2)
        heard.lines.clear()
        await supervisor.stop()

    heard = supervised(scenario)

    assert heard.lines == ["api: stopping", "worker: stopping"]
    assert not heard.notes


def test_a_child_that_does_not_stop_is_ended() -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        supervisor.start(Child("worker", python(DEAF), stop_seconds=0.1))
        await heard.until(lambda: bool(heard.lines))
        await supervisor.stop()
        assert not supervisor.pids()

    assert supervised(scenario).notes == ["worker: did not stop in 0.1 s; ending it"]


def test_stopping_does_not_wait_for_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_kept, "FIRST_WAIT_SECONDS", 3_600.0)

    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        supervisor.start(Child("api", python("raise SystemExit(1)")))
        await heard.until(lambda: bool(heard.notes))
        async with asyncio.timeout(5):
            await supervisor.stop()

    supervised(scenario)


def test_an_ended_child_whose_own_child_holds_its_output_is_not_waited_for() -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        code = "import subprocess; subprocess.Popen(['sleep', '60']); raise SystemExit(2)"
        supervisor.start(Child("api", python(code)))
        async with asyncio.timeout(10):
            with pytest.raises(InvalidRequest, match="api ended with status 2"):
                await supervisor.failed()

    supervised(scenario)


def test_a_child_inherits_files_and_variables() -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        reading, writing = os.pipe()
        code = f"import os; os.write({writing}, os.environ['WORD'].encode()); import time"
        supervisor.start(
            Child(
                "api",
                python(f"{code}; time.sleep(60)"),
                files=(writing,),
                environment={"WORD": "hello"},
            )
        )
        assert await asyncio.to_thread(os.read, reading, 5) == b"hello"
        os.close(reading)
        os.close(writing)

    supervised(scenario)


#: Says its number when it takes work, and again when it stops.
COUNTED = """
import os, pathlib, signal, sys, time
from ttv.tether import tell_ready
counter = pathlib.Path(sys.argv[1])
number = len(counter.read_text()) + 1 if counter.exists() else 1
counter.write_text("x" * number)
def stop(*_):
    print(number, "stops", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print(number, "ready", flush=True)
tell_ready()
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("overlaps", "order"),
    [
        (True, ["api: 1 ready", "api: 2 ready", "api: 1 stops"]),
        (False, ["api: 1 ready", "api: 1 stops", "api: 2 ready"]),
    ],
)
def test_a_replaced_child_goes_when_its_heir_is_ready_or_before_it_begins(
    tmp_path: Path, overlaps: bool, order: list[str]
) -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        command = (*python(COUNTED), str(tmp_path / "counter"))
        supervisor.start(Child("api", command, overlaps=overlaps))
        await heard.until(lambda: heard.lines == order[:1])
        assert await supervisor.roll()
        await heard.until(lambda: len(heard.lines) == len(order))
        assert len(supervisor.pids()) == 1

    heard = supervised(scenario)

    assert heard.lines[:3] == order
    assert not heard.notes


@pytest.mark.parametrize(
    ("ending", "why"),
    [("print('ttv: no such port'); raise SystemExit(2)", "no such port"), ("pass", "nothing")],
)
def test_a_child_whose_heir_does_not_get_ready_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, why: str
) -> None:
    monkeypatch.setattr(_supervisor, "READY_SECONDS", 3.0)
    monkeypatch.setattr(_kept, "FIRST_WAIT_SECONDS", 3_600.0)
    first = "import pathlib, sys\nif pathlib.Path(sys.argv[1]).exists():\n    "
    code = first + ending.replace("pass", "raise SystemExit(1)") + COUNTED

    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        command = (*python(code), str(tmp_path / "counter"))
        supervisor.start(Child("api", command, overlaps=True))
        await heard.until(lambda: heard.lines == ["api: 1 ready"])
        (old,) = supervisor.pids().values()
        assert not await supervisor.roll()
        assert list(supervisor.pids().values()) == [old]
        failing = asyncio.create_task(supervisor.failed())
        await asyncio.sleep(0)
        assert not failing.done()
        failing.cancel()

    notes = supervised(scenario).notes

    assert any(note.startswith("api: the new process does not get ready:") for note in notes)
    assert why in notes[-1]


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio, os
from ttv.cli._kept import Child
from ttv.cli._supervisor import Supervisor

class Log:
    def line(self, component, line):
        open({str(tmp_path / "pid")!r}, "w").write(line)
        os.kill(os.getpid(), 9)
    def note(self, component, sentence):
        pass

async def main():
    Supervisor(Log()).start(Child("api", ("/bin/sh", "-c", "echo $$; exec sleep 60")))
    await asyncio.sleep(60)

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", code], check=False, timeout=60)

    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{pid}/exe").exists()
