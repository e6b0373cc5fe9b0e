"""What every emulated provider keeps: its tasks, its clips, and the book of what it charged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from ttv.media import Format
from ttv.testing.providers._clips import Clip, Clips
from ttv.testing.providers._faults import Faults


@dataclass(frozen=True, slots=True)
class Charge:
    """One entry of the book: what a task cost its customer in the end."""

    task: str
    #: The customer's own id of the task, where the provider takes one.
    key: str | None
    model: str
    prompt: str
    #: In millionths of a US dollar; 0 when all was given back.
    amount: int


class State(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer asked for, as far as all providers understand it."""

    model: str
    prompt: str
    seconds: int
    format: Format
    frames: int
    price: int
    key: str | None = None
    from_picture: bool = False


@dataclass(slots=True)
class Task:
    """A wish that was taken, on the clock of its studio."""

    id: str
    wish: Wish
    begins: float
    ends: float
    #: Fails at its end, by moderation or otherwise.
    moderated: bool = False
    broken: bool = False
    #: The address of its clip does not work any more, until it is asked for again.
    expired: bool = False
    #: How often its clip was given out.
    downloads: int = 0
    canceled_at: float | None = None
    created_ms: int = field(default_factory=lambda: round(time.time() * 1000))


class Refused(Exception):
    """The account does not allow this task."""


class NoCredit(Refused):
    """It has no money left."""


class NoSlot(Refused):
    """All its slots are taken."""


class Studio:
    """One account at one provider.

    Tasks take ``seconds_per_clip`` each, ``slots`` at a time. ``size`` makes every clip that
    small, whatever was asked for, where a test needs many.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seconds_per_clip: float = 0.05,
        slots: int = 1_000_000,
        credit: int = 1_000_000_000,
        size: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.faults = Faults()
        self.clock = clock
        self.slots = slots
        self.tasks: dict[str, Task] = {}
        self._clips = Clips(folder)
        self._seconds_per_clip = seconds_per_clip
        self._credit = credit
        self._size = size

    def take(self, wish: Wish, *, queue: bool, moderated: bool = False) -> Task:
        """Take a wish and charge it; with ``queue`` it may wait for a slot.

        Raises NoCredit or NoSlot.
        """
        if wish.price > self.balance:
            raise NoCredit
        now = self.clock()
        ends = sorted(task.ends for task in self.tasks.values() if self.is_open(task))
        if len(ends) >= self.slots and not queue:
            raise NoSlot
        begins = ends[-self.slots] if len(ends) >= self.slots else now
        task = Task(
            id=str(uuid4()),
            wish=wish,
            begins=begins,
            ends=begins + self._seconds_per_clip,
            moderated=moderated,
            broken=self.faults.take("fail_tasks"),
            expired=self.faults.take("expire_urls"),
        )
        self.tasks[task.id] = task
        return task

    @property
    def balance(self) -> int:
        """Give what is left of the credit."""
        return self._credit - sum(charge.amount for charge in self.charges())

    def charges(self) -> Iterator[Charge]:
        """List what every task cost: one that failed by no fault of its words costs nothing."""
        for task in self.tasks.values():
            wish = task.wish
            amount = 0 if self._given_back(task) else wish.price
            yield Charge(task.id, wish.key, wish.model, wish.prompt, amount)

    def state(self, task: Task) -> State:
        """Tell where a task stands now."""
        if task.canceled_at is not None:
            return State.CANCELED
        now = self.clock()
        if now < task.begins:
            return State.WAITING
        if now < task.ends:
            return State.RUNNING
        return State.FAILED if task.broken or task.moderated else State.SUCCEEDED

    def is_open(self, task: Task) -> bool:
        """Tell whether a task waits or runs."""
        return self.state(task) in (State.WAITING, State.RUNNING)

    def fraction(self, task: Task) -> float:
        """Tell how much of a running task is done."""
        return min(1.0, (self.clock() - task.begins) / (task.ends - task.begins or 1.0))

    def cancel(self, task: Task) -> None:
        """End a task; one that is over stays as it is."""
        if self.is_open(task):
            task.canceled_at = self.clock()

    def gone(self, task: Task) -> bool:
        """Tell whether no address of its clip will ever work again."""
        downloads, seconds = self.faults.url_downloads, self.faults.url_seconds
        return (downloads is not None and task.downloads >= downloads) or (
            seconds is not None and self.clock() > task.ends + seconds
        )

    async def clip(self, task: Task) -> Path:
        """Give the file that a task made."""
        wish = task.wish
        fmt = wish.format.altered(size=self._size)
        return await self._clips.path(Clip(fmt, wish.frames, wish.from_picture))

    def _given_back(self, task: Task) -> bool:
        state = self.state(task)
        if state is State.CANCELED:
            return (task.canceled_at or 0.0) < task.begins
        return state is State.FAILED and task.broken
