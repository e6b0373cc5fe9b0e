"""Why a job does not go on, and the commands that make it."""

from __future__ import annotations

from collections.abc import Iterator

from ttv.client import Job


def ways_on(job: Job) -> tuple[str, ...]:
    """Name the commands with which a job that is held, failed or canceled goes on."""
    return tuple(_ways_on(job))


def _ways_on(job: Job) -> Iterator[str]:
    if job.status in {"failed", "canceled"}:
        yield f"ttv retry {job.id}"
    elif job.hold is None:
        return
    elif job.hold.code == "outcome_unknown":
        yield f"ttv resume {job.id}  # asks the provider again"
        yield f"ttv resume {job.id} --buy-again  # may be paid twice"
    elif job.hold.code == "over_budget" and job.max_cost is not None:
        yield f"ttv resume {job.id} --max-cost USD"
    else:
        yield f"ttv resume {job.id}"
