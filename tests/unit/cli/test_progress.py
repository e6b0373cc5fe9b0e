from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from ttv.cli._progress import clock_face, headline, watching
from ttv.media import Format
from ttv.pipeline import Kind, Result, Step
from ttv.planning import Plan, Shot

PLAN = Plan(
    brief="a fox, then a boat",
    shots=(Shot("a red [fox]", frames=48, seed=1), Shot("a boat\nat sea", frames=24, seed=2)),
    format=Format(320, 180, 24),
    seed=7,
)
STEPS = (
    Step("keyframe-1", Kind.KEYFRAME, shot=1),
    Step("segment-1", Kind.SEGMENT, shot=1),
    Step("segment-2", Kind.SEGMENT, shot=2),
    Step("film", Kind.FILM),
    Step("delivery", Kind.DELIVERY),
)
_, ONE, TWO, FILM, DELIVERY = STEPS


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def watched(*, terminal: bool) -> str:
    """Let a film be made: shot 1 in 4 seconds, shot 2 from the store."""
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, force_terminal=terminal, color_system=None, width=100)
    with watching(console, clock=clock) as watcher:
        watcher.planned(PLAN, STEPS)
        watcher.progressed(ONE, 0.0, "shot 1")
        for second, fraction in ((1, 0.25), (2, 0.3), (3, 0.8)):
            clock.now = 100.0 + second
            watcher.progressed(ONE, fraction, "shot 1")
        watcher.finished(ONE, Result("a", seconds=4.0))
        watcher.finished(TWO, Result("b", reused=True))
        watcher.progressed(FILM, 0.5, "joining")
        watcher.finished(FILM, Result("c", seconds=0.5))
        watcher.finished(DELIVERY, Result("d"))
    return out.getvalue()


def test_a_log_gets_a_line_for_each_thing_that_happens() -> None:
    assert watched(terminal=False).splitlines() == [
        "plan: 2 shots, 3.0 s, 320x180 at 24 fps, seed 7",
        "shot 1: a red [fox]",
        "shot 2: a boat at sea",
        "shot 1: 25%, 12 fps, 0:03 left",
        "shot 1: 80%, 13 fps, 0:01 left",
        "shot 1: done, 4.0 s, 12 fps",
        "shot 2: done, reused",
        "film: 50%, joining",
        "film: done, 0.5 s",
    ]


def test_a_terminal_gets_a_row_for_each_shot_and_the_film() -> None:
    text = watched(terminal=True)
    rows = (re.sub(r"\x1b\[[0-9;?]*\w", "", line).rstrip() for line in text.splitlines())
    last = [row for row in rows if "shot" in row or "film" in row][-3:]

    assert "2 shots, 3.0 s, 320x180 at 24 fps, seed 7" in text
    assert [line.split()[:2] for line in last] == [["shot", "1"], ["shot", "2"], ["film", "join"]]
    assert "a red [fox]" in last[0]
    assert last[0].endswith("100% 4.0 s, 12 fps")
    assert last[1].endswith("100% reused")


def test_one_shot_is_one_shot() -> None:
    plan = Plan(brief="a fox", shots=PLAN.shots[:1], format=PLAN.format, seed=7)

    assert headline(plan) == "1 shot, 2.0 s, 320x180 at 24 fps, seed 7"


@pytest.mark.parametrize(
    ("seconds", "face"), [(0.2, "0:00"), (59.6, "1:00"), (65, "1:05"), (3_600, "60:00")]
)
def test_a_time_left_looks_like_a_clock(seconds: float, face: str) -> None:
    assert clock_face(seconds) == face
