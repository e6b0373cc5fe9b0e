"""The handle of a segment at a provider: what to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from ttv.generators._errors import HandleLost

#: What a provider may name a task.
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\w-]+$")]


@dataclass(frozen=True, slots=True)
class Ticket:
    """All that is needed to get a segment, in any process: a handle is its text."""

    engine: str
    #: The provider's name of the task, and where it is asked for: parts of a path.
    task: Name
    route: Name

    @classmethod
    def read(cls, handle: str, engine: str) -> Ticket:
        """Read a handle of this engine; raises HandleLost for any other text."""
        try:
            ticket = _FORM.validate_json(handle)
        except ValidationError:
            raise HandleLost from None
        if ticket.engine != engine:
            raise HandleLost
        return ticket

    def __str__(self) -> str:
        return _FORM.dump_json(self).decode()


_FORM: Final = TypeAdapter(Ticket)
