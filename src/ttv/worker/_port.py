"""What a worker needs to know of the work: how to run one step, and to remove a job's film."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ttv.jobs import Job, Outcome, Step

#: Called on the event loop with the fraction done (0.0 to 1.0) and a short text for people.
Report = Callable[[float, str], None]


class Runner(Protocol):
    """Makes what a step stands for, and removes it."""

    async def run(
        self,
        job: Job,
        step: Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: Report,
    ) -> Outcome:
        """Run one step of a job, as it was when the step was claimed, to its end.

        ``results`` holds those of the steps that it needs, by name. ``workspace`` is an empty
        folder, removed afterwards. Raises the families of ttv.errors: Transient is tried again,
        OnHold stops the job until a person resumes it.
        When cancelled it ends its child processes within five seconds. With the message
        ``Cancelled.code`` nobody wants the work any more; without, another worker goes on with it.
        """

    async def discard(self, job: Job) -> None:
        """Remove what a deleted job left for its owner; what is gone already is no error."""
