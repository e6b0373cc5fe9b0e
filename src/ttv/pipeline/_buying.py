"""Have a segment made by a provider that is paid for it: once, whatever crashes in between.

The order of the writes is what keeps it: money set aside, intent written, provider asked,
answer written, first poll, what it says at the end, the clip itself. Whoever comes later - the
same job after a crash, or another that wants the same segment - reads how far it got and goes
on from there. Where the provider may have been asked and its answer is not known, it is looked
up or a person decides.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from ttv.artifacts import Artifact
from ttv.errors import Cancelled, ContentRejected, OutcomeUnknown, Permanent, Transient, TtvError
from ttv.generators import Generator, HandleLost, SegmentRequest, State, Status
from ttv.pipeline._cache import folder
from ttv.pipeline._ingest import ingest
from ttv.pipeline._ledger import CALLED_OFF, Entry, Ledger, Made
from ttv.pipeline._obtained import Obtained
from ttv.pipeline._purse import Purchase
from ttv.pipeline._work import Work

#: Seconds for which an intent of another buyer is taken for a purchase that goes on right now.
_YOUNG: Final = 120.0
#: Seconds for which a submit that was cut off may still say what it got.
_LAST_WORD: Final = 3.0
#: Seconds between two tries to write down what a provider gave, while the store cannot.
_INSIST: Final = (0.1, 0.5, 2.0, 8.0, 20.0)
#: Seconds for which a provider may fail to tell how a segment stands.
_SILENCE: Final = 600.0


async def buy(work: Work, request: SegmentRequest, to: Path, *, key: str) -> Obtained:
    """Get the segment as its provider made it, buying it unless someone has.

    ``key`` is its content address.
    """
    ledger = Ledger(work.tools.store, folder(work.step.kind, key))
    buying = _Buying(work, request, key, ledger)
    while True:
        handle, bought = await buying.bought()
        made = bought.made or await buying.followed(handle, bought.purchase)
        if made is not None:
            clip = await buying.brought(handle, bought.purchase, to)
            return Obtained(made.warnings, made.cost, clip.sha256, clip.size)


async def call_off(entry: Entry, ledger: Ledger, generator: Generator) -> int | None:
    """End a purchase that nobody follows or wants, and give what it costs.

    That is its price where the provider has begun, or may have. None where it took nothing, or
    where the segment failed: what that cost is paid already. What a provider cannot call off it
    makes: the purchase stays open for who wants the segment next.
    """
    if entry.made is not None:
        return entry.made.cost
    if entry.over and not entry.called_off:
        return None
    if entry.handle is not None and generator.capabilities().cancel:
        await ledger.end(entry.purchase, CALLED_OFF)
        await generator.cancel(entry.handle)
    return entry.purchase.estimate


@dataclass(frozen=True, slots=True)
class _Buying:
    work: Work
    request: SegmentRequest
    address: str
    ledger: Ledger

    @property
    def _generator(self) -> Generator:
        return self.work.tools.generator

    async def bought(self) -> tuple[str, Entry]:
        """Give a handle at the provider, and its purchase, which is not over."""
        while True:
            last = await self.ledger.last()
            if last is None or last.over:
                await self._buy(last)
            elif last.handle is None:
                await self._clear(last.purchase)
            else:
                return last.handle, last

    async def _buy(self, last: Entry | None) -> None:
        commission, engine = self.work.commission, self.work.tools.engine
        purchase = Purchase(
            address=self.address,
            number=last.purchase.number + 1 if last else 1,
            key=last.next_key if last else self.address,
            engine=engine.model,
            buyer=commission.buyer,
            step=self.work.step.name,
            estimate=engine.price(self.request.format.seconds(self.request.frames)),
            at=self.work.tools.clock(),
        )
        if last is not None and last.handle is None:  # a crash may have come before this
            await commission.purse.release(last.purchase)
        await self.work.check_given()
        await commission.purse.reserve(purchase)
        if await self.ledger.open(purchase):
            await self._submit(purchase)
            return
        first = await self.ledger.last()
        # A like shot of this film may have been first: one purchase, for which money is set aside.
        if first is None or first.purchase.buyer != purchase.buyer:
            await commission.purse.release(purchase)

    async def _submit(self, purchase: Purchase) -> None:
        """Ask the provider; when we are cut off meanwhile, still hear what it answers."""
        asking = asyncio.create_task(self._ask(purchase))
        try:
            await asyncio.shield(asking)
        except asyncio.CancelledError as stop:
            await asyncio.wait({asking}, timeout=_LAST_WORD)
            heard = asking.done() and asking.exception() is None
            if not heard:
                asking.cancel()
                await asyncio.wait({asking})
            elif _called_off(stop):
                await self._call_off(purchase)
            raise

    async def _ask(self, purchase: Purchase) -> str | None:
        """Give the handle; None where we were thought dead and another asks under this key."""
        try:
            handle = await self._generator.submit(self.request, key=purchase.key)
        except OutcomeUnknown:
            raise
        except TtvError:
            await self._nothing_bought(purchase)
            raise
        return (await self._noted(purchase, handle)).handle

    async def _noted(self, purchase: Purchase, handle: str) -> Entry:
        """Write down a handle; with it we would lose what is paid for, so we insist."""
        for pause in _INSIST:
            try:
                return await self.ledger.answer(purchase, handle)
            except TtvError:
                await asyncio.sleep(pause)
        return await self.ledger.answer(purchase, handle)

    async def _clear(self, purchase: Purchase) -> None:
        """Find out what became of an intent whose answer was never written."""
        # Clocks differ and are set back: an intent of the far future is not young either.
        young = abs(self.work.tools.clock() - purchase.at) < _YOUNG
        if young and not self._own(purchase):
            await self._rest()
            return
        handle = await self._generator.find(self.request, key=purchase.key)
        if handle is None:
            await self._nothing_bought(purchase)
        else:
            await self.ledger.answer(purchase, handle)

    async def _nothing_bought(self, purchase: Purchase) -> None:
        if (await self.ledger.answer(purchase, None)).handle is None:
            await self.work.commission.purse.release(purchase)

    async def followed(self, handle: str, purchase: Purchase) -> Made | None:
        """Wait until the provider has made the segment and pay; None when it was called off."""
        try:
            status = await self._polled(handle)
        except ContentRejected as refusal:
            await self._failed(purchase, refusal.message, cost=0)
            raise
        except HandleLost as lost:
            if await self._is_over(purchase):
                return None
            await self._forgotten(purchase, lost)
        except asyncio.CancelledError as stop:
            if _called_off(stop) and self._own(purchase):
                await asyncio.shield(self._call_off(purchase))
            raise
        if status.state is State.FAILED:
            if await self._is_over(purchase):
                return None
            failure = status.failure or Permanent("the provider could not make this segment")
            await self._failed(purchase, failure.message, cost=status.cost or 0)
            raise failure
        cost = purchase.estimate if status.cost is None else status.cost
        await self.work.commission.purse.charge(purchase, cost)
        made = Made(status.warnings, cost)
        await self.ledger.make(purchase, made)
        return made

    async def brought(self, handle: str, purchase: Purchase, to: Path) -> Artifact:
        """Bring the clip of a segment that is made."""
        store, key = self.work.tools.store, self.ledger.source(purchase)
        try:
            return await ingest(store, key, self._generator, handle, to=to)
        except HandleLost as lost:
            await self._forgotten(purchase, lost)

    async def _is_over(self, purchase: Purchase) -> bool:
        """Tell whether its buyer has called it off while we followed it."""
        return (await self.ledger.read(purchase)).over

    async def _polled(self, handle: str) -> Status:
        """Poll to the end; a provider that cannot tell is asked again for a while."""
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while True:
            wait = 0.0
            try:
                status = await self._generator.poll(handle)
            except HandleLost:
                raise
            except Transient as fault:
                if loop.time() - heard_at > _SILENCE:
                    raise
                wait = fault.retry_after or 0.0
            else:
                if status.state is not State.RUNNING:
                    return status
                heard_at = loop.time()
                self.work.report(status.fraction or 0.0, f"shot {self.work.step.shot}")
            await self._rest(wait)

    async def _rest(self, seconds: float = 0.0) -> None:
        """Wait for the next poll: never in step with a thousand others."""
        tools = self.work.tools
        await asyncio.sleep(
            max(seconds, tools.engine.poll_seconds) * tools.chance.uniform(0.8, 1.2)
        )

    async def _failed(self, purchase: Purchase, reason: str, *, cost: int) -> None:
        """Let the next try buy anew; what failed costs only what the provider says it does."""
        purse = self.work.commission.purse
        await (purse.charge(purchase, cost) if cost else purse.release(purchase))
        await self.ledger.end(purchase, reason)

    async def _forgotten(self, purchase: Purchase, lost: HandleLost) -> NoReturn:
        """Pause where a provider took a segment and knows nothing of it any more.

        The purchase stays open: whoever resumes the job finds it so again, and only a new take
        of the shot is bought.
        """
        await self.work.commission.purse.charge(purchase, purchase.estimate)
        raise OutcomeUnknown(
            f"{purchase.engine} does not know the segment any more that it had taken, and has "
            f"probably charged for it; make shot {self.work.step.shot} anew to buy it again"
        ) from lost

    async def _call_off(self, purchase: Purchase) -> None:
        """End a segment that its buyer does not want any more."""
        entry = await self.ledger.read(purchase)
        cost = await call_off(entry, self.ledger, self._generator)
        if cost is not None:
            await self.work.commission.purse.charge(purchase, cost)

    def _own(self, purchase: Purchase) -> bool:
        return purchase.is_of(self.work.commission.buyer, self.work.step.name)


def _called_off(stop: asyncio.CancelledError) -> bool:
    """Tell whether the user does not want the film any more, or a worker only stops."""
    return stop.args == (Cancelled.code,)
