from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from ttv.cli._asking import ensure
from ttv.errors import Cancelled, InvalidRequest

ASK = """
from ttv.cli._asking import ensure
from ttv.errors import Cancelled
try:
    ensure("Delete it?", yes=False)
except Cancelled as error:
    raise SystemExit(error.exit_code)
"""


@pytest.mark.parametrize(
    ("answer", "status"), [("y", 0), ("n", Cancelled.exit_code), ("", Cancelled.exit_code)]
)
def test_who_sits_at_a_terminal_is_asked(answer: str, status: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    try:
        done = subprocess.run(
            [sys.executable, "-c", ASK], stdin=theirs, stderr=theirs, timeout=60, check=False
        )
        assert b"Delete it? [y/N]:" in os.read(ours, 1_000)
    finally:
        os.close(theirs)
        os.close(ours)

    assert done.returncode == status


def test_who_has_said_yes_is_not_asked() -> None:
    ensure("Delete it?", yes=True)


def test_where_nobody_can_be_asked_the_option_is_named() -> None:
    with pytest.raises(InvalidRequest, match="--yes"):
        ensure("Delete it?", yes=False)
