from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
from rich.console import Console

from ttv.cli import _logs
from ttv.cli._logs import Files, Screen, Tee

ENTRY = json.dumps(
    {
        "timestamp": "2026-11-24T05:50:59.123Z",
        "level": "WARNING",
        "component": "worker",
        "job_id": "job_1",
        "message": "Step failed",
        "duration_ms": 150,
        "action": "step.failed",
        "shot": 2,
    }
)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def shown(*lines: tuple[str, str], terminal: bool = True) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, color_system=None, width=40)
    screen = Screen(console)
    for component, line in lines:
        screen.line(component, line)
    return out.getvalue()


def test_people_see_time_part_message_and_facts() -> None:
    assert shown(("worker-2", ENTRY)) == (
        "05:50:59 worker-2  Step failed  150 ms  job_id=job_1  shot=2\n"
    )


@pytest.mark.parametrize(
    ("method", "status", "lines"), [("GET", 200, 0), ("GET", 404, 1), ("POST", 202, 1)]
)
def test_people_are_spared_the_requests_of_those_who_only_look(
    method: str, status: int, lines: int
) -> None:
    entry = json.dumps({"message": "Request answered", "method": method, "status": status})

    assert shown(("api", entry)).count("\n") == lines
    assert shown(("api", entry), terminal=False) == f"{entry}\n"


def test_what_is_no_entry_is_shown_as_it_is() -> None:
    text = shown(("api", "[bold]oops[/bold]"), ("api", "[1, 2]"))

    assert [line[9:] for line in text.splitlines()] == [
        "api       [bold]oops[/bold]",
        "api       [1, 2]",
    ]


def test_a_pipe_gets_lines_as_they_were_written() -> None:
    assert shown(("api", ENTRY), ("api", "oops"), terminal=False) == f"{ENTRY}\noops\n"


def test_a_pipe_gets_notes_in_the_form_of_the_other_lines() -> None:
    out = io.StringIO()

    Screen(Console(file=out, width=40)).note("up", "stopped")

    entry = json.loads(out.getvalue())
    assert (entry["component"], entry["message"], entry["level"]) == ("up", "stopped", "INFO")


def test_each_part_has_its_own_colour() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", no_color=False)
    screen = Screen(console)

    screen.line("api", "one")
    screen.line("worker", "two")
    screen.line("api", "three")

    colours = [line.split("\x1b[")[3].split("m")[0] for line in out.getvalue().splitlines()]
    assert colours[0] == colours[2] != colours[1]


def test_files_keep_what_each_part_says(tmp_path: Path) -> None:
    files = Files(tmp_path)

    files.line("api", "one")
    files.line("worker", "two")
    files.note("api", "ended")

    api = (tmp_path / "api.log").read_text().splitlines()
    assert api[0] == "one"
    assert json.loads(api[1])["message"] == "ended"
    assert (tmp_path / "worker.log").read_text() == "two\n"


def test_a_long_file_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_logs, "MAX_LOG_BYTES", 10)
    files = Files(tmp_path)

    for line in ("first line", "second line", "third"):
        files.line("api", line)

    assert (tmp_path / "api.log.1").read_text() == "second line\n"
    assert (tmp_path / "api.log").read_text() == "third\n"


def test_a_folder_that_is_gone_costs_lines_only(tmp_path: Path) -> None:
    Files(tmp_path / "nowhere").line("api", "lost")


def test_a_tee_tells_everyone(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    tee = Tee(Files(one), Files(two))

    tee.line("api", "line")
    tee.note("api", "note")

    assert (one / "api.log").read_text().count("\n") == 2
    assert (two / "api.log").read_text().count("\n") == 2
