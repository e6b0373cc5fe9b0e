"""From an action to a stance at every instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ttv.animatic.rigs.quadruped._form import species
from ttv.animatic.rigs.quadruped._pace import pace
from ttv.animatic.rigs.quadruped._stance import (
    AIRBORNE,
    STILLS,
    Stance,
    airborne,
    travel,
)
from ttv.animatic.scene import Action


@dataclass(frozen=True, slots=True)
class Motion:
    """What an animal does: its stance over time."""

    stance: Callable[[float], Stance]
    #: Units a second.
    speed: float
    grounded: bool
    #: Seconds after which the main movement repeats.
    cycle: float


def motion(noun: str, action: Action, seed: float) -> Motion:
    """Choose the animal's way to do an action; one that is driven walks, or flies if it can."""
    if action is Action.DRIVE and species()[noun].wings is not None:
        action = Action.FLY
    if action in AIRBORNE:
        gait, turn, share = AIRBORNE[action]
        chosen = pace(noun, gait)
        stance = partial(airborne, chosen, seed=seed, turn=turn)
        return Motion(stance, chosen.speed * share, grounded=False, cycle=chosen.period)
    if action in STILLS:
        hold = STILLS[action]
        return Motion(lambda t: hold(t, seed), 0.0, grounded=True, cycle=10.0)
    kind = species()[noun]
    gait = {Action.RUN: kind.run, Action.JUMP: "leap"}.get(action, kind.walk)
    chosen = pace(noun, gait)
    stance = partial(travel, chosen, seed=seed)
    return Motion(stance, chosen.speed, grounded=True, cycle=chosen.period)
