from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.pictures import SMALL, picture
from ttv.generators._drawing import drawn
from ttv.media import Pixels

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks safely")


def all_drawn(frames: range, *, processes: int) -> list[Pixels]:
    return [planes.copy() for planes in drawn(picture, frames, SMALL, processes=processes)]


@pytest.mark.parametrize("processes", [2, 3, 8])
@pytest.mark.parametrize("frames", [range(1), range(5), range(7, 40)])
def test_many_processes_draw_what_one_does_in_the_same_order(frames: range, processes: int) -> None:
    there, here = all_drawn(frames, processes=processes), all_drawn(frames, processes=1)

    assert len(there) == len(frames)
    assert all(np.array_equal(a, b) for a, b in zip(there, here, strict=True))


def test_drawing_is_only_a_few_frames_ahead(tmp_path: Path) -> None:
    def draw(number: int) -> Pixels:
        (tmp_path / str(number)).touch()
        return picture(number)

    frames = drawn(draw, range(1000), SMALL, processes=2)
    next(frames)
    deadline = time.monotonic() + 5
    while len(list(tmp_path.iterdir())) < 5 and time.monotonic() < deadline:
        pass

    assert 5 <= len(list(tmp_path.iterdir())) <= 7


def fail(number: int) -> Pixels:
    if number == 9:
        raise ValueError("no ink")
    return picture(number)


def die(number: int) -> Pixels:
    if number == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return picture(number)


@pytest.mark.parametrize("draw", [fail, die])
def test_a_process_that_breaks_off_is_noticed(draw: object) -> None:
    assert callable(draw)
    with pytest.raises(RuntimeError, match="drawing process ended"):
        list(drawn(draw, range(20), SMALL, processes=2))


def test_closing_ends_the_processes(tmp_path: Path) -> None:
    def draw(number: int) -> Pixels:
        (tmp_path / str(os.getpid())).touch()
        return picture(number)

    frames = drawn(draw, range(1000), SMALL, processes=2)
    next(frames)
    next(frames)
    frames.close()

    pids = [int(path.name) for path in tmp_path.iterdir()]
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


FAILING = """
from tests.unit.media.pictures import SMALL, picture
from ttv.generators._drawing import drawn

frames = drawn(picture, range(1000), SMALL, processes=2)
next(frames)
raise RuntimeError("an error elsewhere")
"""


def test_an_error_elsewhere_does_not_wait_for_the_processes() -> None:
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", FAILING],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert ended.returncode == 1
    assert "an error elsewhere" in ended.stderr
