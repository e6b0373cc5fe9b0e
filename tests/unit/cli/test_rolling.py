from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.test_supervisor import COUNTED, Heard, python
from ttv.cli._kept import Child
from ttv.cli._rolling import rolling
from ttv.cli._run import run
from ttv.cli._supervisor import Supervisor
from ttv.errors import Cancelled

SERVE = """
import sys
from ttv.cli._rolling import rolling
from ttv.cli._run import run
from ttv.cli._supervisor import Supervisor
from ttv.errors import Cancelled

class Log:
    def line(self, component, line): pass
    def note(self, component, sentence): print(sentence, file=open(sys.argv[1], "a"))

async def main():
    supervisor = Supervisor(Log())
    async with rolling(supervisor, Log()):
        print("serving", flush=True)
        await supervisor.failed()

try:
    run(main())
except Cancelled:
    print("stopped in order", file=open(sys.argv[1], "a"))
"""


def test_each_hangup_replaces_every_process(tmp_path: Path) -> None:
    heard_at_last: list[str] = []

    async def main() -> None:
        heard = Heard()
        supervisor = Supervisor(heard)
        command = (*python(COUNTED), str(tmp_path / "counter"))
        supervisor.start(Child("api", command, overlaps=True))
        try:
            async with rolling(supervisor, heard):
                for number in (1, 2):
                    await heard.until(said(heard, f"api: {number} ready"))
                    os.kill(os.getpid(), signal.SIGHUP)
                    await heard.until(said(heard, f"api: {number} stops"))
                    await heard.until(restarted(heard, number))
        finally:
            await supervisor.stop()
        heard_at_last.extend(heard.lines)

    run(main())
    assert heard_at_last[-3:] == ["api: 3 ready", "api: 2 stops", "api: 3 stops"]


def test_a_hangup_after_the_end_of_the_service_stops_as_before() -> None:
    async def main() -> None:
        heard = Heard()
        async with rolling(Supervisor(heard), heard):
            pass
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.Event().wait()

    with pytest.raises(Cancelled):
        run(main())


def test_closing_the_terminal_stops_the_service(tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", SERVE, str(log)])  # noqa: S606 - a child of ours
    heard = b""
    while b"serving\r\n" not in heard:
        heard += os.read(terminal, 1_000)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert log.read_text() == "stopped in order\n"


def restarted(heard: Heard, times: int) -> Callable[[], bool]:
    return lambda: heard.notes.count("ttv: restarted") == times


def said(heard: Heard, line: str) -> Callable[[], bool]:
    return lambda: line in heard.lines
