from __future__ import annotations

import os
import signal
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

from tests.unit.cli.test_supervisor import Heard, python, supervised
from ttv.cli._stack import api_children, worker_children
from ttv.cli._supervisor import Supervisor
from ttv.settings import Settings

#: Counts as an API process does, and says what all of them count.
COUNTING = """
import time
from ttv.observability import HttpMetrics
metrics = HttpMetrics()
metrics.streams.inc()
metrics.requests.labels("GET", "/", "200").inc()
shown = ("http_requests_total", "ttv_event_streams")
counted = sorted(metrics.render().decode().splitlines())
print([line.split()[1] for line in counted if line.startswith(shown)])
time.sleep(60)
"""


def test_children_take_no_modules_from_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise SystemExit('not yours')")
    (worker,) = worker_children(Settings(data_dir=tmp_path / "data"))

    done = subprocess.run(
        (*worker.command, "--help"), cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_a_killed_process_takes_its_open_streams_with_it_and_leaves_what_it_counted(
    tmp_path: Path,
) -> None:
    async def scenario(supervisor: Supervisor, heard: Heard) -> None:
        with socket.socket() as listening:
            first, _ = api_children(Settings(data_dir=tmp_path, api_workers=2), listening)
            supervisor.start(replace(first, command=python(COUNTING), files=()))
            await heard.until(lambda: len(heard.lines) == 1)
            os.kill(supervisor.pids()["api-1"], signal.SIGKILL)
            await heard.until(lambda: len(heard.lines) == 2)

    assert supervised(scenario).lines == ["api-1: ['1.0', '1.0']", "api-1: ['2.0', '1.0']"]
