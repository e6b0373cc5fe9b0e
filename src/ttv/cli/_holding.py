"""The commands that make a job go on."""

from __future__ import annotations

from collections.abc import Mapping

from ttv.client import Job


def ways_on(job: Job) -> Mapping[str, str]:
    """Name the commands with which a job goes on that is held, failed or canceled.

    Where there is a choice, each is told what it means.
    """
    if shot := _rejected(job):
        return {f"ttv regenerate {job.id} {shot} --prompt TEXT": ""}
    if job.status in {"failed", "canceled"}:
        return {f"ttv retry {job.id}": ""}
    if job.hold is None:
        return {}
    resume = f"ttv resume {job.id}"
    if job.hold.code == "outcome_unknown":
        return {resume: "asks the provider again", f"{resume} --buy-again": "may be paid twice"}
    if job.hold.code == "over_budget" and job.max_cost is not None:
        return {f"{resume} --max-cost USD": ""}
    return {resume: ""}


def _rejected(job: Job) -> int | None:
    """Number the shot that a provider refuses to make, whatever the tries."""
    if job.error is None or job.error.code != "content_rejected":
        return None
    return next((step.shot for step in job.steps if step.name == job.error.step), None)
