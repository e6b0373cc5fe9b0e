"""Jobs of a service as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from rich.text import Text

from ttv.cli._holding import ways_on
from ttv.cli._times import clock
from ttv.cli._writing import print_table, usd
from ttv.client import Job

_STYLES = {"finished": "green", "failed": "red", "canceled": "dim", "started": "cyan"}


def table(jobs: Iterable[Job]) -> None:
    """Print a row for each job."""
    print_table(("id", "status", "done", "stage", "age", ""), map(_row, jobs), right=("done",))


def describe(job: Job) -> str:
    """Say how a job stands, a fact a line."""
    return "\n".join(f"{name:<9} {value}" for name, value in _facts(job))


def _row(job: Job) -> tuple[str | Text, ...]:
    return (
        job.id,
        Text(job.status, style=_STYLES.get(job.status, "")),
        f"{job.progress:.0%}",
        Text(job.stage, style="yellow" if job.hold else ""),
        age(datetime.now(UTC) - job.created_at),
        _news(job),
    )


def _news(job: Job) -> str:
    """Say in a few words what there is to know."""
    if job.error:
        return job.error.message
    if job.undecided and job.hold:
        return job.hold.code.replace("_", " ")
    return job.message


def _facts(job: Job) -> Iterator[tuple[str, str]]:
    yield "id", job.id
    yield "status", job.status + (f", attempt {job.attempt}" if job.attempt > 1 else "")
    yield "progress", f"{job.progress:.0%} ({job.stage})"
    if prompt := job.order.get("prompt"):
        yield "prompt", " ".join(str(prompt).split())
    yield from _times(job)
    yield from _money(job)
    for step in job.steps:
        if step.kind == "segment":
            yield f"shot {step.shot}", f"{step.status}, {step.progress:.0%}"
    for warning in job.warnings:
        yield "warning", warning
    if job.error:
        yield "error", job.error.message
    if job.hold:
        yield "held", job.hold.message
    for command, meaning in ways_on(job).items():
        yield "go on", f"{command}  # {meaning}" if meaning else command


def _times(job: Job) -> Iterator[tuple[str, str]]:
    yield "created", clock(job.created_at)
    if job.start_at and job.status == "queued":
        yield "starts", clock(job.start_at)
    if job.deadline and not job.ended:
        yield "deadline", clock(job.deadline)
    if job.priority != "normal":
        yield "priority", job.priority
    if job.started_at and job.finished_at:
        yield "took", f"{(job.finished_at - job.started_at).total_seconds():.1f} s"
    if job.queue_position is not None:
        yield "in line", f"{job.queue_position} before it"
    if job.eta_seconds is not None:
        yield "done in", f"about {age(timedelta(seconds=job.eta_seconds))}"


def _money(job: Job) -> Iterator[tuple[str, str]]:
    cost = job.cost
    facts = {
        "spent": cost.spent,
        "set aside": cost.reserved,
        "estimated": cost.estimate,
    }
    said = [f"{usd(amount)} {word}" for word, amount in facts.items() if amount]
    if said:
        yield "cost", ", ".join(said)
    if job.max_cost is not None:
        yield "at most", usd(job.max_cost)


def age(span: timedelta) -> str:
    """Write a length of time by its largest unit: ``3 min``."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
