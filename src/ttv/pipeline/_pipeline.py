"""Run the steps of a film one at a time, for a worker; read it back, price it, end it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from ttv.artifacts import Store, contents
from ttv.errors import InvalidRequest
from ttv.generators import Capabilities, Generator, SegmentRequest, check, check_size
from ttv.keyframes import Painter
from ttv.money import usd
from ttv.pipeline import film
from ttv.pipeline._buying import call_off
from ttv.pipeline._cache import folder
from ttv.pipeline._commission import Commission
from ttv.pipeline._delivering import delivered, discard
from ttv.pipeline._estimate import Estimate, lines
from ttv.pipeline._graph import (
    check_lengths,
    opening_steps,
    retaken_steps,
    seams,
    shot_limits,
    steps,
)
from ttv.pipeline._ledger import Ledger
from ttv.pipeline._lost import lost
from ttv.pipeline._making import Making, Watcher
from ttv.pipeline._manifest import Delivered, read_manifest
from ttv.pipeline._order import Limits, Order
from ttv.pipeline._posted import Posted
from ttv.pipeline._reproduce import Difference, Reproduction
from ttv.pipeline._step import Kind, Outcome, Report, Result, Step, of_shot
from ttv.pipeline._take import retaken
from ttv.pipeline._work import Tools, Work
from ttv.planning import Plan, Planner, from_document
from ttv.provenance import Provenance

#: Plans at no cost, for estimates.
_FREE_PLANNER: Final = "builtin"

_BackEnd = TypeVar("_BackEnd")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The opened back ends by name, and what they make together.

    Lives as long as the process; ``wiring`` opens and closes what it holds.
    """

    planners: Mapping[str, Planner]
    painters: Mapping[str, Painter]
    generators: Mapping[str, Generator]
    store: Store
    #: Seconds since 1970.
    clock: Callable[[], float] = time.time
    #: Keeps those who wait for a provider out of step.
    chance: random.Random = field(default_factory=random.Random)
    #: Keeps those who conform clips from crowding this machine.
    cores: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))
    #: Signs finished films, where the operator wants it.
    provenance: Provenance | None = None

    def check(self, order: Order) -> None:
        """Refuse, before anything is made, what the chosen back ends cannot do.

        Raises InvalidRequest naming the field.
        """
        engine = self._tools(order).engine
        check_size(order.format, engine)
        if order.first_frame and not engine.first_frame:
            raise InvalidRequest(
                f"{engine.model} takes no first frame; choose another generator",
                param="first_frame",
            )
        if order.frames is not None and order.frames < order.format.frames(engine.min_seconds):
            raise InvalidRequest(
                f"{engine.model} makes at least {engine.min_seconds:g} seconds", param="seconds"
            )
        if order.plan is not None:
            check_lengths(order.plan, engine)
            seams(order.plan, order.mode, engine)

    def reproduced(self, document: Mapping[str, Any], limits: Limits) -> Reproduction:
        """Read how the film of a manifest is made again, and what would differ here.

        Raises InvalidRequest for what is no manifest, or asks what no order may.
        """
        told = Posted.read(document)
        plan, unknown = told.first_plan(limits)
        order, left_out = told.order_of(plan), (*unknown, *told.unread())
        if order.planner not in self.planners:  # it has nothing to do any more
            order = replace(order, planner=next(iter(self.planners)))
        if missing := tuple(self._missing(order)):
            return Reproduction(order, (*left_out, *missing))
        tools = self._tools(order)
        for number, shot in enumerate(retaken(plan, order.takes).shots):
            _check_shot(film.asked(shot, plan.format), tools.engine, f"plan.shots[{number}]")
        heads = seams(plan, order.mode, tools.engine)
        return Reproduction(order, (*left_out, *told.differences(tools, heads)))

    def _missing(self, order: Order) -> Iterator[Difference]:
        """Tell which back ends of an order are not set up here."""
        for name, known in (("painter", self.painters), ("generator", self.generators)):
            if getattr(order, name) not in known:
                yield Difference(f"order.{name}", f"the {name} of this film is not set up here")

    async def estimate(self, order: Order) -> Estimate:
        """Plan an order and price it, at no cost; nothing is kept.

        Raises InvalidRequest for what cannot be planned.
        """
        tools = self._tools(order)
        planner = self.planners.get(_FREE_PLANNER, tools.planner)
        limits = shot_limits(tools.engine, order.format)
        plan = order.plan or await planner.plan(order.brief, limits)
        return replace(self.price(order, plan), exact=bool(order.plan) or planner is tools.planner)

    def price(self, order: Order, plan: Plan) -> Estimate:
        """Price all of a film whose plan is there."""
        engine = self._tools(order).engine
        heads = seams(plan, order.mode, engine)
        rest = steps(plan, heads, pool=engine.pool, forms=order.outputs)
        count = len(opening_steps()) + len(rest)
        return Estimate(engine.model, lines(plan, engine), steps=count, exact=True)

    async def check_cost(self, order: Order, max_cost: int) -> None:
        """Refuse an order that costs more than it may; a free engine needs no planning for it.

        Raises InvalidRequest (``max_cost``).
        """
        engine = self._tools(order).engine
        if not (engine.price_per_second or engine.price_per_segment):
            return
        estimate = await self.estimate(order)
        if estimate.cost > max_cost:
            raise InvalidRequest(
                f"the film costs about {usd(estimate.cost)} US dollars with {engine.model}, more "
                f"than the {usd(max_cost)} of max_cost; raise it, or ask for a shorter film",
                param="max_cost",
            )

    def stale(self, order: Order, plan: Plan, shot: int) -> tuple[str, ...]:
        """Name the steps that the take of a shot in this order makes anew, in their order.

        Raises InvalidRequest for what the plan or the engine cannot do (``shot``, ``prompt``).
        """
        engine = self._tools(order).engine
        filmed = retaken(plan, order.takes).shots[shot - 1]
        check(film.asked(filmed, plan.format), engine)
        heads = seams(plan, order.mode, engine)
        return retaken_steps(shot, heads, forms=order.outputs)

    def stale_cost(
        self, order: Order, plan: Plan, shot: int, *, also: Collection[str] = ()
    ) -> Estimate:
        """Price what the take of a shot in this order makes anew; raises as ``stale`` does.

        ``also`` names steps that are made again beside that, because they are lost.
        """
        stale, engine = {*self.stale(order, plan, shot), *also}, self._tools(order).engine
        numbers = range(1, len(plan.shots) + 1)
        shots = [number for number in numbers if of_shot(Kind.SEGMENT, number) in stale]
        return Estimate(
            engine.model, lines(plan, engine, shots=shots), steps=len(stale), exact=True
        )

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
        """Carry out one step whose needs are all in ``results``.

        ``workspace`` is an empty folder that the caller removes afterwards.
        """
        work = Work(order, step, results, workspace, commission, report, self._tools(order))
        if step.kind is Kind.PLAN:
            result = await film.plan(work)
            plan = await self.planned(result)
            heads, pool = replace(work, plan=plan).heads, work.tools.engine.pool
            rest = steps(plan, heads, pool=pool, forms=order.outputs)
            return Outcome(result, rest, self.price(order, plan).cost)
        plan = await self.planned(results["plan"])
        return Outcome(await film.STAGES[step.kind](replace(work, plan=plan)))

    async def delivered(self, key: str) -> Delivered:
        """Read a finished film back from its manifest, and check that its files are there.

        Raises NotFound and Unreadable.
        """
        result, document = await delivered(self.store, key.rpartition("/")[0])
        return read_manifest(document, result, pool=self._pool)

    def _pool(self, generator: str) -> str:
        """Name the pool of an engine; one that is not set up here makes nothing here."""
        known = self.generators.get(generator)
        return known.capabilities().pool if known else "cpu"

    async def lost(
        self, steps: Sequence[Step], results: Mapping[str, Result], *, anew: Collection[str] = ()
    ) -> frozenset[str]:
        """Name the results that a new attempt would read and that are not in the store any more.

        ``anew`` names the steps that it makes again, beside those without a result. What is lost
        has to be made again, too.
        """
        return await lost(self.store, steps, results, anew=anew)

    async def discard(self, home: str) -> None:
        """Remove every film that was delivered there or below; one that is gone is no error.

        What their steps made stays in the store, where other films may use it.
        """
        await discard(self.store, home)

    async def make(
        self,
        order: Order,
        *,
        workspace: Path,
        commission: Commission,
        watcher: Watcher,
        slots: int,
    ) -> Mapping[str, Result]:
        """Make a whole film in this process, ``slots`` steps of its own at a time.

        Returns the results by step name; the film is the file "film" of step "delivery".
        Cancelling the call ends all work; finished steps stay in the store.
        """
        making = Making(self, order, workspace, commission, watcher, asyncio.Semaphore(slots))
        return await making.all()

    async def call_off(self, order: Order, purchase: str, *, buyer: str) -> int | None:
        """End at its provider what was bought for a film that nobody makes or wants any more.

        ``purchase`` is the id of one. Gives what it costs: its price where the provider has begun,
        or may have. None when nothing was bought, or by somebody else.
        """
        address, _, number = purchase.rpartition("-")
        ledger = Ledger(self.store, folder(Kind.SEGMENT, address))
        entry = await ledger.find(int(number))
        if entry is None or entry.purchase.buyer != buyer:
            return None
        return await call_off(entry, ledger, self._tools(order).generator)

    async def planned(self, result: Result) -> Plan:
        """Read the plan that a plan step made back from the store."""
        key = result.files["plan"].key
        return from_document(json.loads(await contents(self.store, key)))

    def _tools(self, order: Order) -> Tools:
        """Pick the back ends that an order names."""
        return Tools(
            planner=_pick(self.planners, order.planner, "planner"),
            painter=_pick(self.painters, order.painter, "painter"),
            generator=_pick(self.generators, order.generator, "generator"),
            store=self.store,
            clock=self.clock,
            chance=self.chance,
            cores=self.cores,
            provenance=self.provenance,
        )


def _pick(known: Mapping[str, _BackEnd], name: str, param: str) -> _BackEnd:
    """Look a back end up by name, or refuse the field."""
    try:
        return known[name]
    except KeyError:
        choice = ", ".join(sorted(known))
        raise InvalidRequest(
            f"there is no such {param} here; choose from: {choice}", param=param
        ) from None


def _check_shot(request: SegmentRequest, engine: Capabilities, path: str) -> None:
    """Refuse a shot that the engine cannot make, naming it."""
    try:
        check(request, engine)
    except InvalidRequest as error:
        raise InvalidRequest(
            f"{path} cannot be made here: {error.message}", param=f"{path}.{error.param}"
        ) from error
