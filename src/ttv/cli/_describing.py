"""Jobs of a service as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ttv.client import Job

_STYLES = {"finished": "green", "failed": "red", "canceled": "dim", "started": "cyan"}


def table(jobs: Iterable[Job]) -> None:
    """Print a row for each job."""
    rows = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "status", "done", "stage", "age", ""):
        rows.add_column(
            column, no_wrap=column != "", justify="right" if column == "done" else "left"
        )
    for job in jobs:
        rows.add_row(
            job.id,
            Text(job.status, style=_STYLES.get(job.status, "")),
            f"{job.progress:.0%}",
            job.stage,
            age(datetime.now(UTC) - job.created_at),
            Text(job.error.message if job.error else job.message),
        )
    Console(highlight=False).print(rows)


def describe(job: Job) -> str:
    """Say how a job stands, a fact a line."""
    return "\n".join(f"{name:<9} {value}" for name, value in _facts(job))


def _facts(job: Job) -> Iterator[tuple[str, str]]:
    yield "id", job.id
    yield "status", job.status
    yield "progress", f"{job.progress:.0%} ({job.stage})"
    if prompt := job.order.get("prompt"):
        yield "prompt", " ".join(str(prompt).split())
    yield "created", job.created_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if job.started_at and job.finished_at:
        yield "took", f"{(job.finished_at - job.started_at).total_seconds():.1f} s"
    if job.queue_position is not None:
        yield "in line", f"{job.queue_position} before it"
    if job.eta_seconds is not None:
        yield "done in", f"about {age(timedelta(seconds=job.eta_seconds))}"
    for step in job.steps:
        if step.kind == "segment":
            yield f"shot {step.shot}", f"{step.status}, {step.progress:.0%}"
    for warning in job.warnings:
        yield "warning", warning
    if job.error:
        yield "error", job.error.message


def age(span: timedelta) -> str:
    """Write a length of time by its largest unit: ``3 min``."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
