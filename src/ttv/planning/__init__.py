"""From a brief to a Plan; each file without an underscore is a planner."""

from __future__ import annotations

from ttv.media import Transition
from ttv.planning._document import from_document, to_document
from ttv.planning._draft import from_draft, read_plan
from ttv.planning._plan import VERSION, Plan, Shot
from ttv.planning._port import Brief, Planner, ShotLimits

__all__ = [
    "VERSION",
    "Brief",
    "Plan",
    "Planner",
    "Shot",
    "ShotLimits",
    "Transition",
    "from_document",
    "from_draft",
    "read_plan",
    "to_document",
]
