"""Follow a job of a running service on a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Protocol

from rich.console import Console
from rich.text import Text

from ttv.cli._holding import ways_on
from ttv.cli._rows import Rows
from ttv.client import Client, Job, Step
from ttv.errors import Cancelled, OnHold, Permanent, StorageFull, StorageUnwritable, TtvError

#: Failures of a job that have an exit status of their own.
_FAMILIES: Final = {family.code: family for family in (StorageFull, StorageUnwritable)}
_WORDS: Final = {"waiting": "waiting", "ready": "queued", "running": "working", "done": "done"}


async def follow(client: Client, job_id: str, console: Console) -> Job:
    """Show a job's progress to its end and give the finished job.

    A job that its user has paused is waited for. Raises Cancelled when only the watching was
    stopped, OnHold when a person must decide how the job goes on, and an error that tells why
    when it failed or was canceled.
    """
    with _showing(console) as view:
        naming = asyncio.create_task(_name_shots(client, job_id, view))
        try:
            job = await client.wait(job_id, view.show)
        finally:
            naming.cancel()
    for warning in job.warnings:
        console.print(Text.assemble(("warning: ", "yellow"), warning), soft_wrap=True)
    if job.status != "finished":
        raise _ending(job)
    return job


def left_running(job_id: str) -> Cancelled:
    """Say that the job outlives its watcher."""
    return Cancelled(
        f"stopped watching; the job goes on (see: ttv status {job_id}, end it: ttv cancel {job_id})"
    )


def _ending(job: Job) -> TtvError:
    ways = " or ".join(ways_on(job))
    if job.hold:
        return OnHold(f"{job.id} is held: {job.hold.message} (go on: {ways})")
    if job.status == "canceled":
        return Permanent(f"{job.id} was canceled (try again: {ways})")
    code, message = (job.error.code, job.error.message) if job.error else ("failed", "no reason")
    return _FAMILIES.get(code, Permanent)(f"{job.id} failed: {message} (try again: {ways})")


async def _name_shots(client: Client, job_id: str, view: _View) -> None:
    """Tell the view what the shots show, for its rows to be told apart."""
    with suppress(TtvError):  # the rows have numbers too
        await view.planned.wait()
        plan = await client.plan(job_id)
        view.prompts = [str(shot["prompt"]) for shot in plan["shots"]]


@contextmanager
def _showing(console: Console) -> Iterator[_View]:
    """Give what shows each new state of a job."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    bars = _Bars(console)
    with bars.rows.progress:
        yield bars


class _View(Protocol):
    """Shows a job."""

    #: Set when there are shots.
    planned: asyncio.Event
    #: What the shots show, once it is known.
    prompts: Sequence[str]

    def show(self, job: Job) -> None:
        """Show a new state of the job."""


class _Bars:
    """A row for the whole job and one for each of its shots."""

    def __init__(self, console: Console) -> None:
        self.planned = asyncio.Event()
        self.prompts: Sequence[str] = ()
        self.rows = Rows(console)
        self._console = console
        self._told = False

    def show(self, job: Job) -> None:
        """Move the bars; say once above them how a paused job goes on."""
        if job.id not in self.rows:
            self.rows.add(job.id, "film", str(job.order.get("prompt") or ""))
        self.rows.show(job.id, job.progress, _headline(job))
        if job.hold and not job.undecided and not self._told:
            self._console.print(Text(_standing(job)), soft_wrap=True)
        self._told = job.hold is not None
        for step in _shots(job):
            self.planned.set()
            if step.name not in self.rows:
                self.rows.add(step.name, f"shot {step.shot}")
            prompt = self.prompts[step.shot - 1] if step.shot and self.prompts else ""
            self.rows.show(step.name, step.progress, _word(step), content=prompt)


class _Lines:
    """A line for each new thing that there is to say."""

    def __init__(self, console: Console) -> None:
        self.planned = asyncio.Event()
        self.prompts: Sequence[str] = ()
        self._console = console
        self._said: dict[str, str] = {}

    def show(self, job: Job) -> None:
        """Say what is new."""
        self._say(job.id, f"{job.id}: {_standing(job)}")
        for step in _shots(job):
            self._say(step.name, f"shot {step.shot}: {_word(step)}")

    def _say(self, about: str, line: str) -> None:
        if self._said.get(about) != line:
            self._said[about] = line
            self._console.print(Text(line), soft_wrap=True)


def _shots(job: Job) -> Iterator[Step]:
    return (step for step in job.steps if step.kind == "segment")


def _headline(job: Job) -> str:
    """Say in a word or two what a job does."""
    if job.ended:
        return job.status
    if job.queue_position and not job.hold:
        return f"{job.queue_position} before it"
    return job.stage


def _standing(job: Job) -> str:
    """Say how a job stands, and what a paused one waits for."""
    if job.undecided:
        return "held"
    if job.hold:
        return f"paused (go on: {' or '.join(ways_on(job))})"
    if job.status == "queued" and job.start_at:
        return f"queued, starts {job.start_at.astimezone():%F %T}"
    return job.status


def _word(step: Step) -> str:
    again = f", attempt {step.attempts}" if step.attempts > 1 else ""
    return _WORDS.get(step.status, step.status) + again
