"""A small film-maker for the tests of workers, in process or as a process of its own.

``python -m tests.integration.studio URL FOLDER NAME`` serves until SIGTERM.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.integration.waiting import eventually
from ttv import jobs
from ttv.errors import InvalidRequest, OutcomeUnknown, Transient
from ttv.jobs import Job, Outcome, Step
from ttv.worker import Options, Report, Worker, stop_on_signals


class Studio:
    """Makes films of lines of text, and keeps a diary of what it made in ``made.log``.

    A request says how many ``segments`` there are. A file ``hold-<step>`` makes that step
    wait until it is gone; ``break-<step>`` makes it fail as the file says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: Steps that are at work now; a step that was stopped leaves too.
        self.busy: set[str] = set()
        self.workspaces: list[Path] = []
        #: What was said to steps that were stopped.
        self.told: list[tuple[object, ...]] = []

    async def run(
        self,
        job: Job,
        step: Step,
        *,
        results: Mapping[str, Mapping[str, Any]],
        workspace: Path,
        report: Report,
    ) -> Outcome:
        self.busy.add(step.name)
        self.workspaces.append(workspace)
        try:
            (workspace / "scratch").write_text(step.name)
            report(0.5, f"Making {step.name}")
            self._break(step)
            hold = self.folder / f"hold-{step.name}"
            await eventually(lambda: not hold.exists(), seconds=3600)
            with (self.folder / "made.log").open("a") as diary:
                diary.write(f"{step.name}\n")
            return Outcome(
                {"of": sorted(results), "by": os.getpid()}, self._planned(job.request, step)
            )
        except asyncio.CancelledError as stop:
            self.told.append(stop.args)
            raise
        finally:
            self.busy.discard(step.name)

    async def discard(self, job: Job) -> None:
        with (self.folder / "made.log").open("a") as diary:
            diary.write(f"discard-{job.id}\n")

    def made(self) -> list[str]:
        """Tell what was made, in order."""
        diary = self.folder / "made.log"
        return diary.read_text().split() if diary.exists() else []

    def hold(self, step: str) -> Path:
        """Make a step wait until the file is gone."""
        file = self.folder / f"hold-{step}"
        file.touch()
        return file

    def _break(self, step: Step) -> None:
        file = self.folder / f"break-{step.name}"
        if not file.exists():
            return
        match file.read_text():
            case "once":
                file.unlink()
                raise Transient("The weather is bad.")
            case "transient":
                raise Transient("The weather is bad.")
            case "unknown":
                file.unlink()
                raise OutcomeUnknown("The camera may have rolled.")
            case "invalid":
                raise InvalidRequest("Foxes cannot fly.", param="prompt")
            case _:
                raise ZeroDivisionError("secret words")

    def _planned(self, request: Mapping[str, Any], step: Step) -> tuple[Step, ...]:
        if step.kind != "plan":
            return ()
        names = [f"segment-{number}" for number in range(1, request["segments"] + 1)]
        segments = [Step(name, "segment", needs=("plan",), weight=5) for name in names]
        film = Step("film", "film", needs=tuple(names))
        return (*segments, film, Step("delivery", "delivery", needs=("film",)))


async def main(url: str, folder: Path, name: str) -> None:
    async with jobs.opened(url, lease_seconds=1, idle_seconds=0.5) as opened:
        options = Options(name=name, slots={"cpu": 2}, scratch=folder / "work", grace_seconds=0.2)
        worker = Worker(opened, Studio(folder), options=options, chance=random.Random(1))
        await worker.serve(stop_on_signals())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
