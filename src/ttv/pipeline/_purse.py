"""What a paid segment costs, and who pays: the port of the purse, and the one of a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self

from ttv.errors import OverBudget
from ttv.money import usd


@dataclass(frozen=True, slots=True)
class Purchase:
    """One try to buy one segment; each is opened by one process and never reused."""

    #: Content address of the segment.
    address: str
    #: Counts the tries to buy it, from 1.
    number: int
    #: Names it to the provider, which must not take two under one key.
    key: str
    engine: str
    #: Who pays (a job, or a run of ``ttv render``), and for which step.
    buyer: str
    step: str
    #: What it will cost, in millionths of a US dollar, by the price list of the engine.
    estimate: int
    #: Seconds since 1970 when it was decided, by the clock of the buyer.
    at: float

    @property
    def id(self) -> str:
        """Name the purchase, over all films."""
        return f"{self.address}-{self.number}"

    def is_of(self, buyer: str, step: str) -> bool:
        """Tell whether it was opened for this step of this buyer."""
        return (self.buyer, self.step) == (buyer, step)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form."""
        return cls(**document)


class Purse(Protocol):
    """Pays for purchases within limits.

    Doing any of these twice is doing it once: a crash may come between a call and the note
    of it. All raise Unavailable when it cannot be told.
    """

    async def reserve(self, purchase: Purchase) -> None:
        """Set the estimate aside, before anything is asked of a provider.

        Raises OverBudget, with the limit and the way out, when it is more than is left;
        LeaseLost or Cancelled when the caller may not buy any more.
        """

    async def charge(self, purchase: Purchase, cost: int) -> None:
        """Write down what was spent, whoever the buyer was: it is a fact and never refused."""

    async def release(self, purchase: Purchase) -> None:
        """Give back what was set aside for a purchase that cost nothing."""


class Pocket:
    """The purse of a film that is made in this process."""

    def __init__(self, max_cost: int | None = None) -> None:
        self._max_cost = max_cost
        self._reserved: dict[str, int] = {}
        self._spent: dict[str, int] = {}

    @property
    def spent(self) -> int:
        """Give what was spent, in millionths of a US dollar."""
        return sum(self._spent.values())

    @property
    def reserved(self) -> int:
        """Give what is set aside and not yet spent."""
        return sum(self._reserved.values())

    async def reserve(self, purchase: Purchase) -> None:
        """Set the estimate aside."""
        if purchase.id in self._spent:
            return
        others = {key: held for key, held in self._reserved.items() if key != purchase.id}
        used = self.spent + sum(others.values())
        if self._max_cost is not None and used + purchase.estimate > self._max_cost:
            raise OverBudget(
                f"{purchase.step} would cost {usd(purchase.estimate)} US dollars; of the "
                f"{usd(self._max_cost)} that the film may cost, {usd(used)} are spent or promised. "
                "Run it again with a higher --max-cost: finished shots are kept"
            )
        self._reserved = {**others, purchase.id: purchase.estimate}

    async def charge(self, purchase: Purchase, cost: int) -> None:
        """Write down what was spent."""
        # What another run of the program bought is paid for by its own purse.
        if self._reserved.pop(purchase.id, None) is not None:
            self._spent[purchase.id] = cost

    async def release(self, purchase: Purchase) -> None:
        """Give back what was set aside."""
        self._reserved.pop(purchase.id, None)
