"""The boundary of the command line: whatever goes wrong ends as one line and a status."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import typer
from typer import TyperException

from ttv.cli._app import app
from ttv.errors import InvalidRequest, TtvError

#: In the order in which ``ttv --help`` lists them.
COMMANDS: Final = (
    *("render", "plan", "estimate", "demo"),
    *("up", "serve", "worker", "queue", "keys", "tenants", "rebuild", "sweep"),
    *("submit", "jobs", "status", "download", "link"),
    *("cancel", "pause", "resume", "retry", "regenerate", "delete"),
    *("segments", "cost", "usage", "backends", "dead"),
    *("files", "webhooks"),
)
_PIPE_CLOSED: Final = 141


def main() -> None:
    """Run the command line of this process."""
    for command in COMMANDS:
        importlib.import_module(f"ttv.cli.{command}")
    raise SystemExit(status(sys.argv[1:]))


def status(arguments: Sequence[str]) -> int:
    """Run one command; a failure is one line on standard error that names the way out."""
    try:
        return app(list(arguments), prog_name="ttv", standalone_mode=False) or 0
    except TtvError as error:
        return _complain(_sentence(error), error.exit_code)
    except TyperException as error:
        return _complain(_usage(error), error.exit_code)
    except typer.Abort:
        return _complain("stopped", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the process boundary
        _log(error)
        what = f"{type(error).__name__}: {error}"
        return _complain(f"internal error, {what} (TTV_DEBUG=1 shows where)", TtvError.exit_code)


def _log(error: Exception) -> None:
    """Record a fault of ours where this process keeps a log."""
    from ttv.observability import log

    log.critical("The process failed", action="process.failed", exc_info=error)


def _sentence(error: TtvError) -> str:
    """Name the field where the message does not."""
    param = error.param if isinstance(error, InvalidRequest) else None
    if param is None or param.casefold() in error.message.casefold():
        return error.message
    return f"{param}: {error.message}"


def _usage(error: TyperException) -> str:
    """Say what is wrong with the command line and where the right one stands."""
    message = error.format_message().strip()
    if not message:  # a bare ``ttv`` has shown its help
        return ""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ttv"
    return f"{message[0].lower()}{message[1:]} (see: {command} --help)"


def _complain(sentence: str, exit_code: int) -> int:
    if os.environ.get("TTV_DEBUG"):
        traceback.print_exc()
    line = " ".join(sentence.split())
    if line:
        print(f"ttv: {line}", file=sys.stderr)
    return exit_code
