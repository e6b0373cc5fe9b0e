"""What films, jobs and tenants cost, in US dollars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ttv.client._document import Document


@dataclass(frozen=True, slots=True)
class Refusal(Document):
    """Why a request would be refused."""

    param: str
    detail: str


@dataclass(frozen=True, slots=True)
class ShotPrice(Document):
    """What one shot would cost."""

    #: From 1.
    number: int
    seconds: float
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Estimate(Document):
    """What a film would take, and at most cost."""

    #: What would make the segments.
    engine: str
    #: Length of all segments; transitions overlap.
    seconds: float
    #: Units of work.
    steps: int
    cost: Decimal
    #: True when the film will be made from the very plan that was priced.
    exact: bool
    shots: tuple[ShotPrice, ...]
    #: Empty when the same request would be taken for a job.
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class StepCost(Document):
    """What one step costs, all attempts and takes together."""

    step: str
    reserved: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class JobCost(Document):
    """What a job costs, and for what."""

    #: What its plan was priced at; None before that.
    estimate: Decimal | None
    #: Set aside for what is being bought, or may have been.
    reserved: Decimal
    spent: Decimal
    #: What it may cost in all; None for no limit.
    max_cost: Decimal | None
    #: Steps that cost something.
    steps: tuple[StepCost, ...]


@dataclass(frozen=True, slots=True)
class Day(Document):
    """What was spent on one day (UTC)."""

    day: date
    reserved: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Usage(Document):
    """What a tenant has under way, spends and may spend."""

    tenant: str
    #: Jobs that wait for their turn, and how many may.
    queued: int
    max_queued: int
    #: Jobs that have begun and are neither over nor held, and how many may.
    running: int
    max_running: int
    reserved_today: Decimal
    spent_today: Decimal
    #: None where there is no limit.
    max_cost_per_day: Decimal | None
    #: In the days that are shown.
    spent: Decimal
    #: Days on which something was spent, oldest first.
    days: tuple[Day, ...]
