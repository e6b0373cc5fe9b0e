"""The handle of a segment at a provider: what to ask for, and what to make of the clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Self, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from ttv.errors import InvalidRequest
from ttv.generators._errors import HandleLost
from ttv.generators._port import SegmentRequest
from ttv.media import Format

#: What a provider may name a task.
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\w-]+$")]


@dataclass(frozen=True, slots=True)
class Ticket:
    """All that is needed to get a segment, in any process: a handle is its text."""

    engine: str
    #: The provider's name of the task, and where it is asked for: parts of a path.
    task: Name
    route: Name
    #: What the clip must be like.
    format: Format
    frames: int
    #: The clip repeats the last frame of the segment before, which is left out.
    follows: bool

    @classmethod
    def of(cls, engine: str, task: str, route: str, request: SegmentRequest) -> Self:
        """Write the ticket of a request that was taken."""
        return cls(engine, task, route, request.format, request.frames, request.follows is not None)

    @classmethod
    def read(cls, handle: str, engine: str) -> Ticket:
        """Read a handle of this engine; raises HandleLost for any other text."""
        try:
            ticket = _FORM.validate_json(handle)
        except (ValidationError, InvalidRequest):
            raise HandleLost from None
        if ticket.engine != engine:
            raise HandleLost
        return ticket

    def __str__(self) -> str:
        return _FORM.dump_json(self).decode()


_FORM: Final = TypeAdapter(Ticket)
