"""The JSON documents about segments."""

from __future__ import annotations

from typing import Final, Self

from pydantic import Field

from ttv import jobs
from ttv.api.dollars import dollars
from ttv.api.schemas import JOB, Document, Failure
from ttv.pipeline import Estimate, Order, Result, Take
from ttv.planning import Shot

#: The address of segments is here and nowhere else.
SEGMENTS: Final = f"{JOB}/segments"
SEGMENT: Final = f"{SEGMENTS}/{{n}}"
_ABOUT_TAKES: Final = "0 for the shot as it was planned; grows when it is made anew."


class SegmentLinks(Document):
    """Where a segment is; the video exists once it is made."""

    self: str
    video: str
    regenerate: str

    @classmethod
    def of(cls, job_id: str, number: int) -> Self:
        """Give the addresses of a segment, relative to this server."""
        here = SEGMENT.format(job_id=job_id, n=number)
        return cls(self=here, video=f"{here}/video", regenerate=f"{here}/regenerate")


class SegmentCost(Document):
    """What a segment costs, all its takes together, in US dollars."""

    reserved: float
    spent: float


class Segment(Document):
    """One shot of a film, and how far it is."""

    number: int = Field(ge=1, description="Number of the shot, from 1.")
    status: jobs.StepState
    progress: float = Field(ge=0, le=1)
    attempts: int = Field(description="How often it was begun.")
    error: Failure | None = Field(description="Why the last attempt failed.")
    take: int = Field(description=_ABOUT_TAKES)
    prompt: str
    seed: int
    seconds: float
    frames: int
    transition: str = Field(description="How it follows the shot before.")
    keyframes: list[str] = Field(description="Steps that paint the stills it is made from.")
    follows: str | None = Field(description="Step whose last frame it goes on from.")
    engine: str | None = Field(description="What made it; null while it is not made.")
    reused: bool = Field(description="It had been made before, and cost nothing here.")
    cost: SegmentCost
    links: SegmentLinks

    @classmethod
    def of(cls, job: jobs.Job, step: jobs.Step, shot: Shot, order: Order) -> Self:
        """Show the segment that a step makes of a planned shot."""
        number = step.shot or 0
        take = order.take(number)
        filmed = take.of(shot) if take else shot
        made = Result.from_json(step.result) if step.result else None
        needs = [job.step(name) for name in step.needs]
        return cls(
            number=number,
            status=step.state,
            progress=round(step.fraction, 4),
            attempts=step.attempts,
            error=Failure.of(step.error),
            take=take.number if take else 0,
            prompt=filmed.prompt,
            seed=filmed.seed,
            seconds=order.format.seconds(filmed.frames),
            frames=filmed.frames,
            transition=filmed.transition.value,
            keyframes=[need.name for need in needs if need.kind == "keyframe"],
            follows=next((need.name for need in needs if need.kind == "segment"), None),
            engine=made.facts.get("engine") if made else None,
            reused=made.reused if made else False,
            cost=SegmentCost(reserved=dollars(step.cost.reserved), spent=dollars(step.cost.spent)),
            links=SegmentLinks.of(job.id, number),
        )


class SegmentList(Document):
    """The segments of a job, in the order of the film."""

    segments: list[Segment]


class Regeneration(Document):
    """What making a segment anew would do."""

    segment: int
    take: int = Field(description="Number that the new take would get.")
    prompt: str
    seed: int
    stale: list[str] = Field(description="Steps that would be made again, the film among them.")
    segments: list[int] = Field(description="Segments among them.")
    seconds: float = Field(description="Length of these segments.")
    cost: float = Field(description="The most that it would cost, in US dollars.")

    @classmethod
    def of(cls, take: Take, shot: Shot, stale: tuple[str, ...], price: Estimate) -> Self:
        """Show what the take of a planned shot does."""
        filmed = take.of(shot)
        return cls(
            segment=take.shot,
            take=take.number,
            prompt=filmed.prompt,
            seed=filmed.seed,
            stale=list(stale),
            segments=[line.shot for line in price.lines],
            seconds=price.seconds,
            cost=dollars(price.cost),
        )
