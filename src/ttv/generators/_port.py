"""The port of the generators: what makes a segment out of a shot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from ttv.errors import TtvError
from ttv.media import MAX_SIDE, Format


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do, as data: planning and refusal read it, nobody asks by name."""

    model: str
    #: Part of every content address: a new version makes new segments.
    version: str
    #: The worker pool that runs it, by what a segment occupies while it is made.
    pool: Literal["cpu", "gpu", "remote"]
    min_seconds: float
    max_seconds: float
    #: The only legal lengths in seconds; empty when every length in between is legal.
    allowed_seconds: tuple[float, ...] = ()
    #: Widest and tallest picture in pixels.
    max_width: int = MAX_SIDE
    max_height: int = MAX_SIDE
    #: The only sizes that it makes, if not all; a smaller one of the same shape is scaled.
    sizes: tuple[tuple[int, int], ...] = ()
    max_prompt: int = 4_000
    #: What ``max_prompt`` counts.
    prompt_unit: Literal["characters", "UTF-16 units"] = "characters"
    #: Can start from a given first frame (i2v).
    first_frame: bool = False
    #: Can also end at a given last frame (flf2v).
    last_frame: bool = False
    #: Can go on from the last frame of another segment.
    follows: bool = False
    #: Shows that frame once more at the head of its clip.
    repeats: bool = False
    #: The same request with the same seed gives the same clip.
    seed: bool = False
    #: What was submitted can be called off; otherwise it is made, and paid, to its end.
    cancel: bool = True
    #: How long to wait between two polls of a handle.
    poll_seconds: float = 2.0
    #: Its pictures come out of a trained model, which a film's provenance says.
    trained: bool = True
    #: What a segment costs, in millionths of a US dollar: by the second, and each.
    price_per_second: int = 0
    price_per_segment: int = 0

    def price(self, seconds: float) -> int:
        """Estimate what a segment costs, in millionths of a US dollar."""
        return self.price_per_segment + round(self.price_per_second * seconds)


@dataclass(frozen=True, slots=True)
class SegmentRequest:
    """One shot in the words of an engine."""

    prompt: str
    frames: int
    format: Format
    seed: int
    camera: str | None = None
    framing: str | None = None
    #: PNG that frame 0 of the segment shows (an anchor).
    first_frame: Path | None = None
    #: PNG that the last frame of the segment arrives at.
    last_frame: Path | None = None
    #: PNG of the frame just before frame 0 (chaining). An engine that repeats it at the head of
    #: the clip says so, and the pipeline leaves it out: no seam ever holds a doubled frame.
    follows: Path | None = None


class State(StrEnum):
    """Where a submitted segment stands at its engine."""

    RUNNING = "running"  #: Queued or being made.
    SUCCEEDED = "succeeded"  #: Ready for download.
    FAILED = "failed"  #: Over without a clip; ``Status.failure`` says why.


@dataclass(frozen=True, slots=True)
class Status:
    """What an engine says about a submitted segment."""

    state: State
    #: 0.0 to 1.0, or None when the engine does not tell.
    fraction: float | None = None
    #: Why it failed. The handle is over; a Transient says that another purchase may succeed.
    failure: TtvError | None = None
    #: What the engine could not make as asked, one sentence each.
    warnings: tuple[str, ...] = ()
    #: What it was charged, in millionths of a US dollar, once a provider has said so.
    cost: int | None = None


class Generator(Protocol):
    """Makes segments.

    One instance lives as long as the process; it is an async context manager opened and
    closed by ``wiring``. A handle is a short string that survives a restart of the caller;
    an engine that lost it (an in-process child died with its parent) raises ``HandleLost``.
    """

    def capabilities(self) -> Capabilities:
        """Tell what the engine can do; constant for the life of the instance."""

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        """Start a segment and return its handle.

        ``key`` names the purchase: no two have the same, and one that is tried again keeps
        its own. An engine with idempotency keys passes it on, and gives for the same key the
        same handle. Raises InvalidRequest for what ``capabilities`` exclude, Transient,
        OnHold or Permanent when the engine did certainly not take it, and OutcomeUnknown
        when that cannot be told.
        """

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        """Give the handle of what was submitted with ``key``; None when the engine has nothing.

        ``request`` is what was submitted. Raises OutcomeUnknown when the engine cannot look
        it up, Transient.
        """

    async def poll(self, handle: str) -> Status:
        """Ask how a segment stands. Raises HandleLost, Transient or Permanent."""

    async def download(self, handle: str, to: Path) -> None:
        """Write the finished clip as the engine made it to ``to`` (a path that does not exist yet).

        Its frames, size and rate may be others than were asked for: the pipeline conforms it.
        It may be downloaded once only. Raises HandleLost, Transient or Permanent.
        """

    async def cancel(self, handle: str) -> None:
        """End the work within 5 seconds and forget the handle, as far as the engine can.

        Unknown handles are ignored, and so is an engine that does not answer.
        """
