"""Follow a job of a running service on a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Protocol

from rich.console import Console
from rich.text import Text

from ttv.cli._rows import Rows
from ttv.client import Client, Job, Step
from ttv.errors import Cancelled, Permanent, StorageFull, StorageUnwritable, TtvError

#: Failures of a job that have an exit status of their own.
_FAMILIES: Final = {family.code: family for family in (StorageFull, StorageUnwritable)}
_WORDS: Final = {"waiting": "waiting", "ready": "queued", "running": "working", "done": "done"}


async def follow(client: Client, job_id: str, console: Console) -> Job:
    """Show a job's progress to its end and give the finished job.

    Raises Cancelled when only the watching was stopped, and an error that tells why when the
    job failed or was canceled.
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
    if job.status == "canceled":
        return Permanent(f"{job.id} was canceled")
    code, message = (job.error.code, job.error.message) if job.error else ("failed", "no reason")
    return _FAMILIES.get(code, Permanent)(f"{job.id} failed: {message}")


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

    def show(self, job: Job) -> None:
        """Move the bars."""
        if job.id not in self.rows:
            self.rows.add(job.id, "film", str(job.order.get("prompt") or ""))
        self.rows.show(job.id, job.progress, job.status if job.ended else job.stage)
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
        self._say(job.id, f"{job.id}: {job.status}")
        for step in _shots(job):
            self._say(step.name, f"shot {step.shot}: {_word(step)}")

    def _say(self, about: str, line: str) -> None:
        if self._said.get(about) != line:
            self._said[about] = line
            self._console.print(Text(line), soft_wrap=True)


def _shots(job: Job) -> Iterator[Step]:
    return (step for step in job.steps if step.kind == "segment")


def _word(step: Step) -> str:
    again = f", attempt {step.attempts}" if step.attempts > 1 else ""
    return _WORDS.get(step.status, step.status) + again
