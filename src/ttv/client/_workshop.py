"""What makes films: back ends, the queue, and what failed for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ttv.client._document import Document


@dataclass(frozen=True, slots=True)
class BackEnd(Document):
    """A planner or a painter that is set up at the service."""

    name: str
    #: Name and version.
    model: str
    #: What a request gets that names none.
    default: bool


@dataclass(frozen=True, slots=True)
class Engine(Document):
    """A generator that is set up at the service, and what it can do."""

    name: str
    default: bool
    model: str
    version: str
    #: Where it works: "cpu", "gpu" or "remote".
    pool: str
    min_seconds: float
    max_seconds: float
    #: The only lengths of a segment; empty when all in between are.
    allowed_seconds: tuple[float, ...]
    max_width: int
    max_height: int
    #: The only sizes; empty when all up to the largest are.
    sizes: tuple[str, ...]
    max_prompt: int
    #: What ``max_prompt`` counts.
    prompt_unit: str
    #: Can start from a still, end at one, go on from another segment.
    first_frame: bool
    last_frame: bool
    follows: bool
    #: The same request with the same seed gives the same segment.
    seed: bool
    #: What was begun can be called off.
    cancel: bool
    #: In US dollars; a segment costs both.
    price_per_second: Decimal
    price_per_segment: Decimal


@dataclass(frozen=True, slots=True)
class BackEnds(Document):
    """What is set up at the service."""

    planners: tuple[BackEnd, ...]
    painters: tuple[BackEnd, ...]
    generators: tuple[Engine, ...]


@dataclass(frozen=True, slots=True)
class PoolLoad(Document):
    """How full one worker pool is, in steps."""

    waiting: int
    #: Their time is yet to come.
    delayed: int
    running: int
    #: What the live workers run at once.
    slots: int
    oldest_wait_seconds: float


@dataclass(frozen=True, slots=True)
class TenantLoad(Document):
    """How much one tenant has in the queue, in jobs."""

    tenant: str
    queued: int
    running: int


@dataclass(frozen=True, slots=True)
class Worker(Document):
    """A live worker."""

    name: str
    #: Steps it runs at once, by pool; none: it stops.
    slots: Mapping[str, int]
    #: Steps that it runs now.
    running: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Queue(Document):
    """How full the queue is."""

    pools: Mapping[str, PoolLoad]
    #: How many workers are alive.
    workers: int
    #: Your own; for operators those with jobs in the queue.
    tenants: tuple[TenantLoad, ...]
    #: The workers; for operators, else None.
    fleet: tuple[Worker, ...] | None


@dataclass(frozen=True, slots=True)
class DeadLetter(Document):
    """A step that failed for good."""

    job_id: str
    #: Which attempt at the job.
    attempt: int
    step: str
    tenant: str
    code: str
    message: str
    #: How often it was tried.
    tries: int
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetters(Document):
    """Steps that failed for good, newest first."""

    letters: tuple[DeadLetter, ...]
    #: Where the next page begins; None on the last.
    next_cursor: str | None
