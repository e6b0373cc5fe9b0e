from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import typer

from ttv.cli import _main
from ttv.cli._app import app
from ttv.errors import (
    Cancelled,
    InvalidRequest,
    Permanent,
    StorageFull,
    StorageUnwritable,
    TtvError,
    Unavailable,
)

#: Loading these takes longer than a user wants to wait for a help page.
HEAVY = {"numpy", "av", "skia", "fastapi", "httpx", "coredis", "pydantic", "yaml"}


@pytest.fixture(autouse=True)
def _commands() -> None:
    for command in _main.COMMANDS:
        import_module(f"ttv.cli.{command}")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], int]:
    """Give what runs a command that fails in a certain way."""

    def run(error: BaseException) -> int:
        failing = typer.Typer()

        @failing.command()
        def fail() -> None:
            raise error

        monkeypatch.setattr(_main, "app", failing)
        return _main.status([])

    return run


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidRequest("bad"), 2),
        (Unavailable(), 75),
        (Permanent(), 1),
        (StorageFull(), 74),
        (StorageUnwritable(), 73),
        (Cancelled(), 130),
    ],
)
def test_each_family_has_its_exit_status_and_one_line(
    failing: Callable[[BaseException], int],
    capsys: pytest.CaptureFixture[str],
    error: TtvError,
    status: int,
) -> None:
    assert failing(error) == status
    assert capsys.readouterr().err == f"ttv: {error.message}\n"


def test_the_field_is_named_once(
    failing: Callable[[BaseException], int], capsys: pytest.CaptureFixture[str]
) -> None:
    failing(InvalidRequest("width is 1; it must be 64 to 4096 pixels", param="size"))
    failing(InvalidRequest("prompt is empty", param="prompt"))

    assert capsys.readouterr().err.splitlines() == [
        "ttv: size: width is 1; it must be 64 to 4096 pixels",
        "ttv: prompt is empty",
    ]


def test_a_fault_of_ours_is_one_line_too(
    failing: Callable[[BaseException], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(KeyError("no\nsuch")) == 1
    assert capsys.readouterr().err == (
        "ttv: internal error, KeyError: 'no\\nsuch' (TTV_DEBUG=1 shows where)\n"
    )


def test_where_it_happened_is_shown_on_request(
    failing: Callable[[BaseException], int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TTV_DEBUG", "1")

    failing(Permanent("gone"))

    assert "Traceback" in capsys.readouterr().err


def test_a_stop_before_anything_began_is_no_error_of_ours(
    failing: Callable[[BaseException], int],
) -> None:
    assert failing(KeyboardInterrupt()) == 130


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["downlod"], "no such command 'downlod'. Did you mean 'download'? (see: ttv --help)"),
        (["render", "x", "--sise", "1x1"], "no such option: --sise"),
        (["render", "x", "--fps", "ten"], "invalid value for '--fps'"),
        (["status"], "missing argument 'JOB'"),
        (["jobs", "--limit", "0"], "invalid value for '--limit'"),
    ],
)
def test_a_wrong_command_line_is_one_line_with_the_help_to_read(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _main.status(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(f"ttv: {complaint}")
    assert printed.err.count("\n") == 1
    assert not printed.out


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert _main.status([]) == 2
    printed = capsys.readouterr()
    assert "render" in printed.out
    assert not printed.err


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert _main.status(["--version"]) == 0
    assert capsys.readouterr().out.startswith("ttv 0.")


@pytest.mark.parametrize("command", _main.COMMANDS)
def test_every_help_page_teaches_by_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _main.status([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"ttv {command}" in out.partition("Examples")[2]


def test_every_command_has_a_file_of_its_own() -> None:
    folder = Path(str(import_module("ttv.cli").__file__)).parent
    files = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}

    assert files == set(_main.COMMANDS)
    commands = {
        info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands
    }
    assert commands | {group.name for group in app.registered_groups} == files


def test_help_loads_nothing_heavy() -> None:
    code = """
import sys
from ttv.cli import _main
sys.argv = ["ttv", "--help"]
try:
    _main.main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert not HEAVY & set(done.stderr.split())


def test_ctrl_c_while_the_command_still_loads_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")

    done = subprocess.run(
        [sys.executable, "-m", "ttv", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (Cancelled.exit_code, "", "")
