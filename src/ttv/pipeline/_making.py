"""All steps of a film in this process, each as soon as what it needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ttv.errors import TtvError
from ttv.pipeline._commission import Commission
from ttv.pipeline._graph import opening_steps
from ttv.pipeline._order import Order
from ttv.pipeline._step import Outcome, Report, Result, Step
from ttv.planning import Plan


class Watcher(Protocol):
    """Follows a film that is made in this process; called on the event loop."""

    def planned(self, plan: Plan, steps: tuple[Step, ...]) -> None:
        """Take the plan and the steps that follow it."""

    def progressed(self, step: Step, fraction: float, message: str) -> None:
        """Take the fraction done (0.0 to 1.0) of a running step."""

    def finished(self, step: Step, result: Result) -> None:
        """Take the result of a step."""


class Steps(Protocol):
    """Carries out steps, as ``Pipeline`` does."""

    async def run(
        self,
        order: Order,
        step: Step,
        results: Mapping[str, Result],
        *,
        workspace: Path,
        commission: Commission,
        report: Report,
    ) -> Outcome:
        """Carry out one step whose needs are all in ``results``."""

    async def planned(self, result: Result) -> Plan:
        """Read the plan that a plan step made."""


@dataclass(frozen=True, slots=True)
class Making:
    """One film being made in this process."""

    pipeline: Steps
    order: Order
    workspace: Path
    commission: Commission
    watcher: Watcher
    slots: asyncio.Semaphore

    async def all(self) -> Mapping[str, Result]:
        """Run every step as soon as what it needs is there; raises the failure to tell the user."""
        try:
            return await self._all()
        except BaseExceptionGroup as group:
            failure = _first(group)
        raise failure  # outside the block, where it keeps the cause it has

    async def _all(self) -> Mapping[str, Result]:
        (opening,) = opening_steps()
        planned = await self._one(opening, {})
        plan = await self.pipeline.planned(planned.result)
        self.watcher.planned(plan, planned.steps)
        ready: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        ready.set_result(planned)
        outcomes: dict[str, asyncio.Future[Outcome]] = {opening.name: ready}
        async with asyncio.TaskGroup() as group:
            for step in planned.steps:
                needs = {name: outcomes[name] for name in step.needs}
                outcomes[step.name] = group.create_task(self._after(needs, step))
        return {name: outcome.result().result for name, outcome in outcomes.items()}

    async def _after(self, needs: Mapping[str, asyncio.Future[Outcome]], step: Step) -> Outcome:
        """Wait for the needs of a step and run it."""
        results = {name: (await outcome).result for name, outcome in needs.items()}
        if step.pool == "remote":
            return await self._one(step, results)
        async with self.slots:
            return await self._one(step, results)

    async def _one(self, step: Step, results: Mapping[str, Result]) -> Outcome:
        folder = self.workspace / step.name
        folder.mkdir(parents=True)
        outcome = await self.pipeline.run(
            self.order,
            step,
            results,
            workspace=folder,
            commission=self.commission,
            report=lambda fraction, message: self.watcher.progressed(step, fraction, message),
        )
        self.watcher.finished(step, outcome.result)
        return outcome


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Give the failure to tell the user: the first of our own, else the first of all."""
    ours = group.subgroup(TtvError)
    leaf: BaseException = ours or group
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf
