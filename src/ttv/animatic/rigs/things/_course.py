"""How a whole thing moves in an action: shift, turn and squash over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ttv.animatic.rigs._rhythm import wander, wave
from ttv.animatic.rigs.things._form import Medium, Thing
from ttv.animatic.scene import Action


@dataclass(frozen=True, slots=True)
class Course:
    """Where a thing is: units, radians, and its height against its own."""

    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    tall: float = 1.0
    #: Its breadth against its own: less as it turns about its upright axis, below 0 its back.
    broad: float = 1.0


Way = Callable[[Thing, float, float], Course]


def rest(thing: Thing, t: float, seed: float) -> Course:
    """Stand on the ground, ride the waves or hang in the air."""
    if thing.medium is Medium.GROUND:
        return Course()
    y = thing.heave * (0.7 * wave(t / 3.1) + 0.3 * wander(t, seed))
    turn = math.radians(thing.roll) * wave(t / 4.3 + 0.2)
    return Course(0.0, y, turn)


def _float(thing: Thing, t: float, seed: float) -> Course:
    reach = 0.06 * thing.height
    return Course(
        reach * wander(t * 0.6, seed), reach * wave(t / 3.4), 0.09 * wander(t * 0.8, seed + 2)
    )


def _bounce(thing: Thing, t: float, _seed: float) -> Course:
    part = (t / 0.95) % 1.0
    height = 4 * part * (1 - part)
    squash = max(0.0, 1 - height / 0.16)
    return Course(0.0, 0.95 * thing.height * height, -0.5 * t, 1 - 0.2 * squash)


def _tumble(thing: Thing, t: float, seed: float) -> Course:
    swing = wave(t / 1.7)
    return Course(
        0.3 * thing.height * swing,
        0.06 * thing.height * abs(swing),
        0.7 * wave(t / 1.7 + 0.2) + 0.3 * wander(t, seed),
    )


def _spin(_thing: Thing, t: float, _seed: float) -> Course:
    return Course(broad=math.cos(2 * math.pi * t / 4.0))


def _dance(thing: Thing, t: float, _seed: float) -> Course:
    beat = abs(wave(t / 1.0))
    return Course(0.0, 0.08 * thing.height * beat, 0.16 * wave(t / 1.0), 0.94 + 0.08 * beat)


def _climb(thing: Thing, t: float, seed: float) -> Course:
    calm = rest(thing, t, seed)
    return Course(calm.x, calm.y, calm.turn + 0.3)


def _dive(thing: Thing, t: float, seed: float) -> Course:
    calm = rest(thing, t, seed)
    return Course(calm.x, calm.y, calm.turn - 0.3)


WAYS: Mapping[Action, Way] = {
    Action.FLOAT: _float,
    Action.HOVER: _float,
    Action.JUMP: _bounce,
    Action.FALL: _tumble,
    Action.SPIN: _spin,
    Action.DANCE: _dance,
    Action.CLIMB: _climb,
    Action.DIVE: _dive,
}

#: Actions in which something that stands on the ground leaves it.
LOFTY = frozenset({Action.FLOAT, Action.HOVER, Action.FLY, Action.FALL, Action.SWIM})
#: Actions in which something that can move does not.
STILL = frozenset(
    {
        Action.STAND,
        Action.SIT,
        Action.SLEEP,
        Action.LOOK,
        Action.WAVE,
        Action.EAT,
        Action.HOVER,
        Action.DANCE,
        Action.SPIN,
        Action.FALL,
    }
)
