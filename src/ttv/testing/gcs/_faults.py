"""What the emulated service does wrong, on demand."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from ttv.testing._faults import CountedFaults

#: Faults that happen to so many of the next calls, and then no more.
Counted: TypeAlias = Literal[
    "refuse_calls",
    "refuse_chunks",
    "refuse_patches",
    "break_chunks",
    "stall_chunks",
    "damage_chunks",
    "lose_sessions",
    "lose_finished",
    "lose_answers",
    "break_downloads",
    "stall_downloads",
    "damage_downloads",
]


class Faults(CountedFaults[Counted]):
    """All that it can do wrong."""

    #: Calls of any kind but for tokens, bytes sent to an upload, and changes of notes that are
    #: answered with ``refusal``.
    refuse_calls: NonNegativeInt = 0
    refuse_chunks: NonNegativeInt = 0
    refuse_patches: NonNegativeInt = 0
    refusal: int = 503
    #: Sent bytes of which so many are taken before the connection is reset, or left hanging.
    break_chunks: NonNegativeInt = 0
    stall_chunks: NonNegativeInt = 0
    taken_bytes: NonNegativeInt = 600_000
    #: Sent bytes of which one arrives as another.
    damage_chunks: NonNegativeInt = 0
    #: Whether the hashes that come with an upload are passed over.
    ignore_hashes: bool = False
    #: Uploads that are forgotten when bytes are sent to them, or once they are done.
    lose_sessions: NonNegativeInt = 0
    lose_finished: NonNegativeInt = 0
    #: Changes (a finished upload, a deletion) that are made, and not answered.
    lose_answers: NonNegativeInt = 0
    #: Downloads that stop in the middle: with the connection, or for ever.
    break_downloads: NonNegativeInt = 0
    stall_downloads: NonNegativeInt = 0
    #: Downloads of which one byte arrives as another.
    damage_downloads: NonNegativeInt = 0
    #: Objects on one page of a listing.
    most_listed: PositiveInt = 1_000
    #: How long every answer takes.
    delay_seconds: NonNegativeFloat = 0
