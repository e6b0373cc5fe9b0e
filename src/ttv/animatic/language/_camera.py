"""Read camera moves and framings, also those said in pieces ("pans slowly to the left")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ttv.animatic.language._senses import Kind, Mark, Unit
from ttv.animatic.language._tables import table
from ttv.animatic.language._words import Gap

#: How many words may stand between a verb and its direction.
_REACH: Final = 5


@dataclass(frozen=True, slots=True)
class Shooting:
    """A move or framing that was found: its units up to ``end``, and a tempo word in them."""

    mark: Mark
    end: int
    pace: Mark | None = None


def find(units: Sequence[Unit], at: int, *, lens: bool, acting: bool) -> Shooting | None:
    """Find a camera move or framing that starts at a unit.

    ``lens`` says that the clause speaks of the camera, ``acting`` that it has a subject
    which the verb could belong to instead ("a car zooms past").
    """
    fixed = units[at].mark(Kind.MOVE, Kind.FRAMING)
    if fixed:
        return Shooting(fixed, at + 1)
    verb = units[at].mark(Kind.MOVE_VERB)
    if verb is None or not (lens or verb.value in table("camera")["spoken"]):
        return None
    ways = table("camera")["pieces"][verb.value]
    pace = None
    for index in range(at + 1, min(at + 1 + _REACH, len(units))):
        unit = units[index]
        if unit.gap is not Gap.NONE:
            break
        way = _way(unit, ways)
        if way:
            return Shooting(Mark(Kind.MOVE, way), index + 1, pace)
        pace = pace or unit.mark(Kind.PACE)
        if not unit.mark(Kind.PACE, Kind.STOP, Kind.DETERMINER, Kind.PREPOSITION):
            break
    if "alone" in ways and (lens or not acting):
        return Shooting(Mark(Kind.MOVE, ways["alone"]), at + 1)
    return None


def is_near(units: Sequence[Unit], at: int) -> bool:
    """Tell whether camera words follow within the clause, as after "slow" in "slow zoom"."""
    for unit in units[at + 1 : at + 4]:
        if unit.gap is Gap.HARD:
            return False
        spoken = unit.mark(Kind.MOVE_VERB)
        if unit.mark(Kind.MOVE) or (spoken and spoken.value in table("camera")["spoken"]):
            return True
        if names_camera(unit):
            return True
    return False


def names_camera(unit: Unit) -> bool:
    """Tell whether a unit is the word for the camera."""
    return unit.key.rpartition(" ")[2] in ("camera", "lens")


def _way(unit: Unit, ways: dict[str, str]) -> str | None:
    direction = unit.mark(Kind.DIRECTION)
    if direction and direction.value in ways:
        return ways[direction.value]
    return ways.get(unit.key)
