"""The JSON documents about what makes films."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from ttv import generators, jobs
from ttv.api.dollars import dollars
from ttv.api.schemas import Document
from ttv.moments import moment

_ABOUT_DEFAULT = "What a request gets that names none."


class BackEnd(Document):
    """A planner or a painter that is set up here."""

    name: str = Field(examples=["builtin"])
    model: str = Field(description="Name and version.")
    default: bool = Field(description=_ABOUT_DEFAULT)


class Engine(Document):
    """A generator that is set up here, and what it can do."""

    name: str = Field(examples=["animatic"])
    default: bool = Field(description=_ABOUT_DEFAULT)
    model: str
    version: str
    pool: Literal["cpu", "gpu", "remote"]
    min_seconds: float
    max_seconds: float
    allowed_seconds: list[float] = Field(
        description="The only lengths of a segment; empty when all in between are."
    )
    max_width: int
    max_height: int
    sizes: list[str] = Field(description="The only sizes; empty when all up to the largest are.")
    max_prompt: int
    prompt_unit: str = Field(description="What `max_prompt` counts.")
    first_frame: bool = Field(description="Can start from a still.")
    last_frame: bool = Field(description="Can end at a still.")
    follows: bool = Field(description="Can go on from another segment.")
    seed: bool = Field(description="The same request with the same seed gives the same segment.")
    cancel: bool = Field(description="What was begun can be called off.")
    price_per_second: float = Field(description="In US dollars.")
    price_per_segment: float = Field(description="In US dollars, beside that of its seconds.")

    @classmethod
    def of(cls, name: str, can: generators.Capabilities, *, default: bool) -> Self:
        """Show what an engine can do."""
        return cls(
            name=name,
            default=default,
            model=can.model,
            version=can.version,
            pool=can.pool,
            min_seconds=can.min_seconds,
            max_seconds=can.max_seconds,
            allowed_seconds=list(can.allowed_seconds),
            max_width=can.max_width,
            max_height=can.max_height,
            sizes=[f"{width}x{height}" for width, height in can.sizes],
            max_prompt=can.max_prompt,
            prompt_unit=can.prompt_unit,
            first_frame=can.first_frame,
            last_frame=can.last_frame,
            follows=can.follows,
            seed=can.seed,
            cancel=can.cancel,
            price_per_second=dollars(can.price_per_second),
            price_per_segment=dollars(can.price_per_segment),
        )


class BackEnds(Document):
    """What is set up here."""

    planners: list[BackEnd]
    painters: list[BackEnd]
    generators: list[Engine]


class PoolLoad(Document):
    """How full one worker pool is, in steps."""

    waiting: int
    delayed: int = Field(description="Their time is yet to come.")
    running: int
    slots: int = Field(description="What the live workers run at once.")
    oldest_wait_seconds: float

    @classmethod
    def of(cls, load: jobs.PoolLoad) -> Self:
        """Show the load of a pool."""
        return cls(
            waiting=load.waiting,
            delayed=load.delayed,
            running=load.running,
            slots=load.slots,
            oldest_wait_seconds=load.oldest_wait_seconds,
        )


class TenantLoad(Document):
    """How much one tenant has in the queue, in jobs."""

    tenant: str
    queued: int
    running: int


class Worker(Document):
    """A live worker."""

    name: str
    slots: dict[str, int] = Field(description="Steps it runs at once, by pool; none: it stops.")
    running: int = Field(description="Steps that it runs now.")
    seen_at: datetime

    @classmethod
    def of(cls, card: jobs.WorkerCard) -> Self:
        """Show a worker."""
        return cls(
            name=card.name,
            slots=dict(card.slots),
            running=len(card.running),
            seen_at=moment(card.seen_at),
        )


class Queue(Document):
    """How full the queue is."""

    pools: dict[str, PoolLoad]
    workers: int = Field(description="Workers that are alive.")
    tenants: list[TenantLoad] = Field(
        description="Your own tenant; for operators the first hundred with jobs in the queue."
    )
    fleet: list[Worker] | None = Field(description="The workers; for operators, else null.")


class DeadLetter(Document):
    """A step that failed for good."""

    job_id: str
    attempt: int = Field(description="Which attempt at the job.")
    step: str = Field(examples=["segment-2"])
    tenant: str
    code: str
    message: str
    tries: int = Field(description="How often it was tried.")
    failed_at: datetime

    @classmethod
    def of(cls, letter: jobs.DeadLetter) -> Self:
        """Show a letter."""
        return cls(
            job_id=letter.step_id.job,
            attempt=letter.step_id.attempt,
            step=letter.step_id.step,
            tenant=letter.tenant,
            code=letter.failure.code,
            message=letter.failure.message,
            tries=letter.attempts,
            failed_at=moment(letter.failed_at),
        )


class DeadLetterPage(Document):
    """Steps that failed for good, newest first."""

    letters: list[DeadLetter]
    next_cursor: str | None = Field(description="Give it as `cursor` for the page after this one.")
