"""What a film will cost, before anything is bought."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ttv.generators import Capabilities
from ttv.planning import Plan


@dataclass(frozen=True, slots=True)
class Line:
    """What one shot costs."""

    #: Number of the shot, from 1.
    shot: int
    seconds: float
    #: Millionths of a US dollar.
    cost: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The most that a film costs by the price list of its engine; what exists costs nothing."""

    engine: str
    lines: tuple[Line, ...]
    #: Steps that make it, planning included.
    steps: int
    #: True when the film will be made from the very plan that was priced.
    exact: bool

    @property
    def shots(self) -> int:
        """Count the shots to be made."""
        return len(self.lines)

    @property
    def seconds(self) -> float:
        """Give the length of the segments to be made; transitions overlap."""
        return sum(line.seconds for line in self.lines)

    @property
    def cost(self) -> int:
        """Give the cost in millionths of a US dollar."""
        return sum(line.cost for line in self.lines)


def lines(
    plan: Plan, engine: Capabilities, *, shots: Collection[int] | None = None
) -> tuple[Line, ...]:
    """Price the shots of a plan, or some of them."""
    every = enumerate((plan.format.seconds(shot.frames) for shot in plan.shots), start=1)
    return tuple(
        Line(number, seconds, engine.price(seconds))
        for number, seconds in every
        if shots is None or number in shots
    )
