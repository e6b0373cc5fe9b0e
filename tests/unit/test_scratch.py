from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ttv.errors import StorageUnwritable
from ttv.scratch import scratch

_HOLDER = """
import os, sys
from pathlib import Path
from ttv.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "work").write_text("half a film")
    print(folder, flush=True)
    if len(sys.argv) > 2 and os.fork() == 0:
        print(os.getpid(), flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process that has a scratch folder until it ends."""

    def __init__(self, place: Path, *flags: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(place), *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said = [self._line() for _ in range(1 + len(flags))]
        self.folder = Path(self.said[0])

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Holder]:
    holder = Holder(tmp_path)
    yield holder
    holder.close()


def test_a_folder_is_there_for_the_block_and_gone_after_it(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        (folder / "a").mkdir()
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_process_that_was_killed_goes_when_the_next_is_made(
    tmp_path: Path, holder: Holder
) -> None:
    holder.kill()
    assert (holder.folder / "work").exists()

    with scratch(tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_the_folder_of_a_process_that_lives_stays(tmp_path: Path, holder: Holder) -> None:
    with scratch(tmp_path), scratch(tmp_path):
        assert (holder.folder / "work").read_text() == "half a film"


def test_a_folder_stays_while_a_child_of_the_killed_process_lives(tmp_path: Path) -> None:
    holder = Holder(tmp_path, "fork")
    child = int(holder.said[1])
    try:
        os.kill(holder.process.pid, signal.SIGKILL)
        holder.process.wait()
        with scratch(tmp_path):
            assert holder.folder.exists()
    finally:
        os.kill(child, signal.SIGKILL)
        holder.close()


def test_what_only_looks_like_one_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "ttv-scratch-link").symlink_to(precious)
    (tmp_path / "ttv-scratch-file").touch()
    with scratch(tmp_path):
        assert precious.is_dir()
        assert (tmp_path / "ttv-scratch-file").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable), scratch(tmp_path / "none" / "such"):
        pass
