"""From an action to a stance at every instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ttv.animatic.rigs.quadruped._form import Species
from ttv.animatic.rigs.quadruped._stance import (
    AIRBORNE,
    STILLS,
    Stance,
    airborne,
    pace,
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


def motion(species: Species, action: Action, seed: float) -> Motion:
    """Choose the animal's way to do an action."""
    if action in AIRBORNE:
        gait, turn, share = AIRBORNE[action]
        chosen = pace(species, gait)
        stance = partial(airborne, chosen, seed=seed, turn=turn)
        return Motion(stance, chosen.speed * share, grounded=False, cycle=chosen.period)
    if action in STILLS:
        hold = STILLS[action]
        return Motion(lambda t: hold(t, seed), 0.0, grounded=True, cycle=10.0)
    gait = {Action.RUN: species.run, Action.JUMP: "leap"}.get(action, species.walk)
    chosen = pace(species, gait)
    stance = partial(travel, chosen, seed=seed)
    return Motion(stance, chosen.speed, grounded=True, cycle=chosen.period)
