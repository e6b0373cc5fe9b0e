"""A film-maker for chaos: real worker, real children, real store, and a vendor that charges.

The film of a job is ``request["segments"]`` shots, each a keyframe and a segment that is paid
for. Results have content addresses in the artifact store: what is there is not made again. In
the folder a file ``hold-<step>`` makes the child of that step wait, one ``late-<step>`` its
worker after the result is stored and before the step is settled.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.chaos.labour import note
from ttv import children, jobs
from ttv.artifacts import Artifact, Store
from ttv.jobs import Job, Outcome, Step
from ttv.worker import Report


def plan_of(request: Mapping[str, Any]) -> Iterator[Step]:
    """Name the steps that follow the plan of a request."""
    numbers = range(1, int(request.get("segments") or 1) + 1)
    for number in numbers:
        yield Step(f"keyframe-{number}", "keyframe", needs=("plan",), shot=number)
    for number in numbers:
        needs = (f"keyframe-{number}",)
        yield Step(f"segment-{number}", "segment", needs=needs, shot=number, weight=5)
    yield Step("film", "film", needs=tuple(f"segment-{number}" for number in numbers))
    yield Step("delivery", "delivery", needs=("film",))


class Vendor:
    """Makes segments for money, as often as it is asked to, and keeps the receipts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def charge(self, address: str, *, job: str, step: str) -> None:
        """Take the money for a segment, and note whether it was in our store already."""
        committed = (self._folder / "artifacts" / address).exists()
        note(self._folder, what="charge", address=address, job=job, step=step, late=committed)


class Studio:
    """Runs the steps of films."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._vendor = Vendor(folder)

    async def run(
        self,
        job: Job,
        step: Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: Report,
    ) -> Outcome:
        address = f"steps/{_digest(job, step)}"
        steps = tuple(plan_of(job.request)) if step.kind == "plan" else ()
        found = await self._store.stat(address)
        if found is None:
            report(0.5, f"Making {step.name}")
            found = await self._make(job, step, address, workspace / "made")
        late = self._folder / f"late-{step.name}"
        while late.exists():  # noqa: ASYNC110 - another process removes it
            await asyncio.sleep(0.005)
        return Outcome({"file": asdict(found), "by": os.getpid()}, steps)

    async def discard(self, job: Job) -> None:
        raise AssertionError(f"nobody deletes a job here: {job.id}")

    async def _make(self, job: Job, step: Step, address: str, to: Path) -> Artifact:
        if step.kind == "segment":
            self._vendor.charge(address, job=job.id, step=step.name)
        await children.run(
            "tests.chaos.labour",
            {
                "folder": str(self._folder),
                "job": job.id,
                "step": step.name,
                "worker": os.getpid(),
                "poison": job.request.get("poison") == step.name,
                "seconds": job.request.get("step_seconds", 0),
                "to": str(to),
            },
        )
        return await self._store.put(address, to, content_type="text/plain")


def _digest(job: Job, step: Step) -> str:
    """Address a step by what was asked for: another job with the same order shares it."""
    return sha256(f"{json.dumps(job.request, sort_keys=True)} {step.name}".encode()).hexdigest()


def opening() -> tuple[jobs.Step, ...]:
    """Give the steps that a job begins with."""
    return (Step("plan", "plan"),)
