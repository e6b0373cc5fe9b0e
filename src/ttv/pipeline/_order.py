"""An Order: one film as asked for, in the form that is stored with a job."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from ttv.media import Format
from ttv.planning import Plan, from_document, to_document


class Mode(StrEnum):
    """How segments are joined to each other."""

    KEYFRAME = "keyframe"  #: Segments run in parallel, each between painted stills.
    CHAINING = "chaining"  #: Each segment starts from the last frame of the one before.
    AUTO = "auto"  #: Chosen for each seam from the plan and the engine; the reason is recorded.


@dataclass(frozen=True, slots=True)
class Order:
    """What to make and with what; either ``prompt`` or ``plan`` is set."""

    prompt: str | None = None
    plan: Plan | None = None
    format: Format = field(default_factory=Format)
    #: Length of the film in frames; None lets the planner choose.
    frames: int | None = None
    seed: int = 0
    mode: Mode = Mode.AUTO
    planner: str = "builtin"
    painter: str = "animatic"
    generator: str = "animatic"

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form; ``from_json`` reads it back to an equal Order."""
        plain = asdict(self)
        plain["plan"] = to_document(self.plan) if self.plan else None
        return plain

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read the JSON form."""
        plain = dict(document)
        plan = plain.get("plan")
        plain["plan"] = from_document(plan) if plan else None
        plain["format"] = Format(**plain["format"])
        plain["mode"] = Mode(plain["mode"])
        return cls(**plain)
