"""How a film that is being made looks on a terminal: a row for each shot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.text import Text

from ttv.cli._rows import Rows
from ttv.pipeline import Kind, Result, Step, Watcher, output_of
from ttv.planning import Plan

Clock = Callable[[], float]
#: A log gets a line each time a shot passes one of these.
_MILESTONES: Final = (0.25, 0.5, 0.75)
#: A speed measured over less time than this says nothing.
_SHORTEST_SPELL: Final = 0.5


@contextmanager
def watching(console: Console, *, clock: Clock = time.monotonic) -> Iterator[Watcher]:
    """Show a film's progress: bars on a terminal, else a line for each thing that happens."""
    if not console.is_terminal:
        yield Lines(console, clock=clock)
        return
    bars = Bars(console, clock=clock)
    with bars.rows.progress:
        yield bars


def headline(plan: Plan) -> str:
    """Say in one line what will be made."""
    picture = plan.format
    shots = "1 shot" if len(plan.shots) == 1 else f"{len(plan.shots)} shots"
    length = f"{picture.seconds(plan.frames):.1f} s"
    return f"{shots}, {length}, {picture.size} at {picture.fps} fps, seed {plan.seed}"


class Account:
    """Puts what happens to the visible steps of one film into words."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self._plan = plan
        self._clock = clock
        self._begun: dict[str, float] = {}

    def label(self, step: Step) -> str | None:
        """Name a step that people see: a shot, the film or an output; None for the others."""
        names = {
            Kind.SEGMENT: f"shot {step.shot}",
            Kind.FILM: "film",
            Kind.OUTPUT: output_of(step.name),
        }
        return names.get(step.kind)

    def content(self, step: Step) -> str:
        """Say what a step makes."""
        if step.kind is Kind.OUTPUT:
            return f"the film as {output_of(step.name)}"
        if step.shot is None:
            return "join the shots" if len(self._plan.shots) > 1 else "finish the film"
        return " ".join(self._plan.shots[step.shot - 1].prompt.split())

    def running(self, step: Step, fraction: float, message: str) -> str:
        """Say how a step goes: the speed of a shot and the time left, else its own message."""
        spent = self._clock() - self._begun.setdefault(step.name, self._clock())
        if step.shot is None:
            return message
        if spent < _SHORTEST_SPELL or fraction <= 0:
            return "working"
        left = spent / fraction * (1 - fraction)
        return f"{self._frames(step) * fraction / spent:.0f} fps, {clock_face(left)} left"

    def done(self, step: Step, result: Result) -> str:
        """Say how long a step took."""
        if result.reused:
            return "reused"
        took = f"{result.seconds:.1f} s"
        if step.shot is None:
            return took
        return f"{took}, {self._frames(step) / max(result.seconds, 0.001):.0f} fps"

    def _frames(self, step: Step) -> int:
        return 0 if step.shot is None else self._plan.shots[step.shot - 1].frames


class Bars:
    """Rows with bars that move."""

    def __init__(self, console: Console, *, clock: Clock) -> None:
        self.rows = Rows(console)
        self._console = console
        self._clock = clock
        self._account: Account | None = None

    def planned(self, plan: Plan, steps: tuple[Step, ...]) -> None:
        """Lay out a row for each shot and one for the film."""
        account = self._account = Account(plan, self._clock)
        self._console.print(Text(headline(plan), style="bold"))
        for step in steps:
            if label := account.label(step):
                self.rows.add(step.name, label, account.content(step))

    def progressed(self, step: Step, fraction: float, message: str) -> None:
        """Move a bar."""
        if self._account and step.name in self.rows:
            how = self._account.running(step, fraction, message)
            self.rows.show(step.name, fraction, how)

    def finished(self, step: Step, result: Result) -> None:
        """Fill a bar."""
        if self._account and step.name in self.rows:
            self.rows.show(step.name, 1.0, self._account.done(step, result))


class Lines:
    """One line for each thing that happens."""

    def __init__(self, console: Console, *, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._account: Account | None = None
        self._passed: dict[str, int] = {}

    def planned(self, plan: Plan, steps: tuple[Step, ...]) -> None:
        """Say what will be made."""
        account = self._account = Account(plan, self._clock)
        self._say(f"plan: {headline(plan)}")
        for step in steps:
            if step.shot and (label := account.label(step)):
                self._say(f"{label}: {account.content(step)}")

    def progressed(self, step: Step, fraction: float, message: str) -> None:
        """Say which milestone a step has passed."""
        if not self._account or not (label := self._account.label(step)):
            return
        how = self._account.running(step, fraction, message)
        passed = sum(fraction >= milestone for milestone in _MILESTONES)
        if passed > self._passed.get(step.name, 0):
            self._say(f"{label}: {fraction:.0%}, {how}")
        self._passed[step.name] = passed

    def finished(self, step: Step, result: Result) -> None:
        """Say that a shot or the film is there."""
        if self._account and (label := self._account.label(step)):
            self._say(f"{label}: done, {self._account.done(step, result)}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def clock_face(seconds: float) -> str:
    """Write a length of time as ``1:05``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
