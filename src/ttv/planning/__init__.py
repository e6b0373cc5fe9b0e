"""From a brief to a Plan; each file without an underscore is a planner."""

from __future__ import annotations

from ttv.planning._plan import VERSION, Plan, Shot, Transition
from ttv.planning._port import Brief, Planner, ShotLimits

__all__ = ["VERSION", "Brief", "Plan", "Planner", "Shot", "ShotLimits", "Transition"]
