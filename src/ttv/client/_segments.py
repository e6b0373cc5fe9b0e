"""The segments of a film, as the service tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ttv.client._document import Document
from ttv.client._values import Failure


@dataclass(frozen=True, slots=True)
class SegmentCost(Document):
    """What a segment costs, all its takes together, in US dollars."""

    reserved: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Segment(Document):
    """One shot of a film, and how far it is."""

    #: Number of the shot, from 1.
    number: int
    status: str
    #: 0.0 to 1.0.
    progress: float
    #: How often it was begun.
    attempts: int
    #: Why the last attempt failed.
    error: Failure | None
    #: 0 for the shot as it was planned; grows when it is made anew.
    take: int
    prompt: str
    seed: int
    seconds: float
    frames: int
    #: How it follows the shot before.
    transition: str
    #: Steps that paint the stills it is made from.
    keyframes: tuple[str, ...]
    #: Step whose last frame it goes on from.
    follows: str | None
    #: What made it; None while it is not made.
    engine: str | None
    #: True when it had been made before, and cost nothing here.
    reused: bool
    cost: SegmentCost


@dataclass(frozen=True, slots=True)
class Segments(Document):
    """The segments of a job, in the order of the film."""

    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Regeneration(Document):
    """What making a segment anew would do."""

    segment: int
    #: Number that the new take would get.
    take: int
    prompt: str
    seed: int
    #: Steps that would be made again, the film among them.
    stale: tuple[str, ...]
    #: Segments among them.
    segments: tuple[int, ...]
    #: Length of these segments.
    seconds: float
    #: The most that it would cost, in US dollars.
    cost: Decimal
