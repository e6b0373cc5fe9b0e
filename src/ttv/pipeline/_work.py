"""What the stages of a film work with."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ttv.artifacts import Store
from ttv.generators import Capabilities, Generator
from ttv.keyframes import Painter
from ttv.pipeline._cache import Cache
from ttv.pipeline._commission import Commission
from ttv.pipeline._given import Cupboard, Given, opening
from ttv.pipeline._graph import Seam, seams
from ttv.pipeline._order import Order
from ttv.pipeline._step import Kind, Report, Result, Step
from ttv.pipeline._take import retaken
from ttv.planning import Plan, Planner
from ttv.provenance import Provenance

#: File name of the plan inside a plan step's workspace; its role in the result is "plan".
PLAN_FILE: Final = "plan.json"


@dataclass(frozen=True, slots=True)
class Tools:
    """The opened back ends that one order names."""

    planner: Planner
    painter: Painter
    generator: Generator
    store: Store
    #: Seconds since 1970.
    clock: Callable[[], float]
    #: Keeps those who wait out of step.
    chance: random.Random
    #: As many clips are conformed at a time as there are cores.
    cores: asyncio.Semaphore
    #: Signs what is delivered, where the operator wants it.
    provenance: Provenance | None = None

    @property
    def engine(self) -> Capabilities:
        """Tell what the generator can do."""
        return self.generator.capabilities()


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage has just made in its workspace."""

    files: Mapping[str, Path]
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """One step to carry out, with everything it may read."""

    order: Order
    step: Step
    #: Results of the steps that ``step`` needs, by name.
    results: Mapping[str, Result]
    #: An empty folder of the step's own; its owner removes it.
    workspace: Path
    commission: Commission
    report: Report
    tools: Tools
    #: The film as it was planned; None only for the plan step itself.
    plan: Plan | None = None

    @property
    def first_plan(self) -> Plan:
        """Give the film as it was planned, which fixes how its shots meet."""
        if self.plan is None:
            raise LookupError(f"step {self.step.name} ran before its plan")
        return self.plan

    @property
    def film_plan(self) -> Plan:
        """Give the film as it is made: with the shots that are made anew."""
        return retaken(self.first_plan, self.order.takes)

    @property
    def heads(self) -> tuple[Seam, ...]:
        """Give the seam at the head of every shot."""
        return seams(self.first_plan, self.order.mode, self.tools.engine)

    async def once(self, digest: str, make: Callable[[], Awaitable[Made]]) -> Result:
        """Give the stored result of ``digest``, or make it and store it."""
        cache = Cache(self.tools.store)
        found = await cache.find(self.step.kind, digest)
        if found is not None:
            return found
        started = time.monotonic()
        made = await make()
        result = Result(
            digest,
            warnings=made.warnings,
            facts=made.facts,
            seconds=time.monotonic() - started,
        )
        return await cache.keep(self.step.kind, result, made.files)

    async def check_given(self) -> None:
        """Raise Gone where a file of the user's own that is still to be read is not kept."""
        picture, sound = self.order.first_frame, self.order.soundtrack
        if picture and not await self._has_cut(picture):
            await self._cupboard.check(picture)
        if sound:
            await self._cupboard.check(sound)

    async def _has_cut(self, picture: Given) -> bool:
        """Tell whether the film has its picture already in the shape in which it opens on it."""
        if self.plan is None:
            return False
        digest = opening(picture, self.film_plan.format)
        return await Cache(self.tools.store).find(Kind.KEYFRAME, digest) is not None

    async def bring_given(self, given: Given, name: str) -> Path:
        """Copy a file of the user's own into the workspace. Raises Gone."""
        path = self.workspace / name
        await self._cupboard.fetch(given, path)
        return path

    @property
    def _cupboard(self) -> Cupboard:
        return Cupboard(self.tools.store, self.commission.files)

    async def bring(self, step: str, role: str) -> Path:
        """Copy a file of an earlier step's result into the workspace."""
        file = self.results[step].files[role]
        path = self.workspace / f"{step}-{role}{Path(file.key).suffix}"
        await self.tools.store.fetch(file.key, path)
        return path

    def sha256(self, step: str, role: str) -> str:
        """Give the hash of a file of an earlier step's result."""
        return self.results[step].files[role].sha256
