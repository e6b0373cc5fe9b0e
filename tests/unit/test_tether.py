from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ttv import tether


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_command_ends_when_its_parent_does(tmp_path: Path, platform: str) -> None:
    """Start a middle process that starts the command and dies; the command must follow."""
    mark = tmp_path / "pid"
    middle = f"""
import os, subprocess, sys, time
command = ["/bin/sh", "-c", "echo $$ > {mark}; exec sleep 60"]
child = "import sys; sys.platform = '{platform}'; import ttv.tether as t; "
child += "t._become(int(sys.argv[1]), sys.argv[2:])"
subprocess.Popen([sys.executable, "-c", child, str(os.getpid()), *command])
while not (os.path.exists("{mark}") and open("{mark}").read().strip()):
    time.sleep(0.01)
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", middle], check=False, timeout=30)

    pid = int(mark.read_text())
    deadline = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _alive(pid)


def test_modules_in_the_working_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ctypes.py").write_text("raise SystemExit('not yours')")

    done = subprocess.run(
        tether.tied("/bin/echo", "ours"), cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "ours\n"), done.stderr


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
