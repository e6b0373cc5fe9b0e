"""Follow a job of a running service on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Column
from rich.text import Text

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
    with _showing(console) as show:
        job = await client.wait(job_id, show)
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


@contextmanager
def _showing(console: Console) -> Iterator[Callable[[Job], None]]:
    """Give what shows each new state of a job."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    bars = _Bars(console)
    with bars.progress:
        yield bars


class _Bars:
    """A row for the job and one for each of its shots."""

    def __init__(self, console: Console) -> None:
        self._rows: dict[str, TaskID] = {}
        self.progress = Progress(
            TextColumn("{task.description}", style="bold", table_column=Column(min_width=8)),
            BarColumn(bar_width=40),
            TaskProgressColumn(),
            TextColumn("{task.fields[status]}", style="dim", markup=False),
            console=console,
        )

    def __call__(self, job: Job) -> None:
        for step in _shots(job):
            self._show(step.name, f"shot {step.shot}", step.progress, _word(step))
        self._show(job.id, "film", job.progress, job.message or job.stage)

    def _show(self, name: str, label: str, fraction: float, status: str) -> None:
        if name not in self._rows:
            self._rows[name] = self.progress.add_task(label, total=1.0, status=status)
        self.progress.update(self._rows[name], completed=fraction, status=status)


class _Lines:
    """A line for each new thing that there is to say."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: dict[str, str] = {}

    def __call__(self, job: Job) -> None:
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
