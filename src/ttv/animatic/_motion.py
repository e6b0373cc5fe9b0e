"""How the placed actors travel: feet keep pace with the ground, nobody is lost from sight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ttv.animatic._layout import Area, Lane, Placed
from ttv.animatic.scene import Move, RigKind, Setting

#: Units a second beyond which a picture is a blur: the subject's own time slows down.
_TOP_SPEED: Final = 0.85
#: Parts of the width a second at which a subject crosses a picture that stands still.
_CROSSING: Final = 0.115
#: Where a crossing begins, in parts of the width, seen along the way.
_START: Final = 0.2
#: Units a second of a camera that is asked to travel beside something at rest.
_STROLL: Final = 0.06
#: Parts of the width that a pan goes where the first subject rests.
_PAN_ROOM: Final = 0.48
_STILL: Final = math.inf


@dataclass(frozen=True, slots=True)
class Course:
    """One actor's way through the picture."""

    #: Pixels a second over the ground.
    speed: float
    #: How fast its own time runs.
    tempo: float
    #: Pixels it may stray over the picture; infinite where it stands in the world.
    room: float
    #: Pixels that its start is moved by.
    shift: float = 0.0
    #: Pixels after which it leaves the picture and comes in again on the other side; 0 never.
    lap: float = 0.0
    #: Pixels from its start at which it comes in.
    entry: float = 0.0
    #: Units it leaps out of the water.
    leap: float = 0.0


def followed(placed: Sequence[Placed], move: Move, unit: float) -> float:
    """Choose the speed of a camera that goes with the first subject, or 0.

    Where somebody waits, it only strolls: who was named must not pass out of sight.
    """
    if not placed or move is Move.STATIC:
        return 0.0
    lead = placed[0]
    away = {Move.PAN_LEFT: 1, Move.PAN_RIGHT: -1}.get(move, 0)
    if lead.speed * away > 0:
        return 0.0
    waits = any(one.actor.speed == 0 and one.lane is Lane.GROUND for one in placed)
    if waits or not lead.speed:
        return _STROLL * unit * lead.facing if move is Move.TRACK else 0.0
    return math.copysign(min(abs(lead.speed), _TOP_SPEED * unit), lead.speed)


def pan_room(placed: Sequence[Placed], across: float) -> float:
    """Say how far a pan may go in the end: it must not lose a first subject at rest."""
    rests = bool(placed) and not placed[0].speed
    return _PAN_ROOM * across if rests else math.inf


def courses(
    placed: Sequence[Placed], area: Area, setting: Setting, *, follows: float, pan: float
) -> tuple[Course, ...]:
    """Give every actor its way."""
    return tuple(_course(one, placed, area, setting, follows=follows, pan=pan) for one in placed)


def _course(
    one: Placed,
    placed: Sequence[Placed],
    area: Area,
    setting: Setting,
    *,
    follows: float,
    pan: float,
) -> Course:
    leap = 0.0
    if one.subject.rig is RigKind.FISH and one.lane is Lane.WATER and one.speed:
        leap = 0.5 * (one.actor.box.top - one.actor.box.bottom) * one.scale
    if not one.speed:
        drifts = one.lane is Lane.AIR or setting is Setting.UNDERWATER
        room = (
            0.1 * area.width if drifts and (pan or follows) else _STILL if pan or follows else 0.0
        )
        return Course(0.0, one.subject.pace, room, leap=leap)
    if follows * one.speed > 0 and not math.isclose(abs(follows), _STROLL * area.unit):
        tempo = min(1.7, max(0.5, follows * one.near / one.speed))
        if one.lane is not Lane.GROUND:
            tempo = min(1.2, max(0.8, tempo))
        return Course(one.speed * tempo, tempo * one.subject.pace, 0.07 * area.width, leap=leap)
    speed = math.copysign(min(abs(one.speed), _CROSSING * area.width), one.speed)
    tempo = max(0.45, speed / one.speed)
    shift = _shift(one, placed, area)
    start = one.x + shift
    ahead = area.width * 0.88 - start if speed > 0 else start - area.width * 0.12
    room = max(0.08 * area.width, ahead)
    if pan or follows:
        return Course(speed, tempo * one.subject.pace, room, shift, leap=leap)
    half = 0.75 * one.width
    lap, entry = area.width + 2 * half, -(one.x + half)
    return Course(speed, tempo * one.subject.pace, math.inf, shift, lap, entry, leap)


def _shift(one: Placed, placed: Sequence[Placed], area: Area) -> float:
    """Move those that go the same way together, so that the last of them is just in sight."""
    group = [other for other in placed if other.speed * one.speed > 0 and other.lane is one.lane]
    if one.speed > 0:
        last = min(other.x - other.width / 2 for other in group)
        return min(_START * area.width - min(other.x for other in group), 0.02 * area.width - last)
    last = max(other.x + other.width / 2 for other in group)
    edge = area.width * (1.0 - _START) - max(other.x for other in group)
    return max(edge, 0.98 * area.width - last)


def strayed(course: Course, near: float, t: float, travelled: float) -> float:
    """Give how far an actor has moved across the picture, softly held inside its room."""
    gone = course.speed * t - travelled * near
    if course.lap:
        return (course.shift + gone - course.entry) % course.lap + course.entry
    if math.isinf(course.room):
        return course.shift + gone
    if course.room == 0.0:
        return course.shift
    return course.shift + course.room * math.tanh(gone / course.room)
