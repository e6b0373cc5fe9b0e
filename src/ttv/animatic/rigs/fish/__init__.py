"""Fish and whatever else swims."""

from __future__ import annotations

import math
import random

from ttv.animatic.rigs._figure import Figure, figure, vary
from ttv.animatic.rigs._kit import Moment
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._rhythm import wander, wave
from ttv.animatic.rigs.fish._draw import Stroke, draw_swimmer
from ttv.animatic.rigs.fish._form import swimmers
from ttv.animatic.scene import Action, Subject

__all__ = ["fish", "names"]

#: Pace of the stroke, its strength and share of the swimmer's speed, by action.
_EFFORT: dict[Action, tuple[float, float, float]] = {
    Action.RUN: (1.6, 1.15, 1.7),
    Action.JUMP: (1.2, 1.1, 1.2),
    Action.DANCE: (1.4, 1.2, 0.0),
    Action.STAND: (0.5, 0.5, 0.0),
    Action.LOOK: (0.5, 0.5, 0.0),
    Action.SIT: (0.4, 0.4, 0.0),
    Action.SLEEP: (0.3, 0.3, 0.0),
    Action.EAT: (0.6, 0.6, 0.0),
    Action.WAVE: (0.9, 1.0, 0.0),
    Action.FLOAT: (0.6, 0.6, 0.25),
    Action.HOVER: (0.6, 0.6, 0.0),
}
_LEAP_SECONDS = 2.4


def names() -> frozenset[str]:
    """Give the swimmers this rig can draw."""
    return frozenset(swimmers())


def _course(action: Action, t: float, seed: float) -> tuple[float, float]:
    """Give the rise of the body in units and its pitch in radians."""
    if action is Action.JUMP:
        part = (t / _LEAP_SECONDS) % 1.0
        return 30 * math.sin(2 * math.pi * part), 0.42 * math.cos(2 * math.pi * part)
    if action is Action.DIVE:
        return 2 * wave(t / 2.1), -0.55
    if action is Action.DANCE:
        return 9 * wave(t / 0.9), 0.35 * wave(t / 0.9 + 0.25)
    return 3.0 * wander(t * 0.9, seed), 0.05 * wave(t / 2.9)


def fish(subject: Subject, *, rng: random.Random, index: int) -> Figure:
    """Cast a swimmer."""
    swimmer = swimmers()[subject.noun]
    variation = vary(rng, index)
    palette = variation.palette(swimmer.colours, subject.colour)
    pace, strength, share = _EFFORT.get(subject.action, (1.0, 1.0, 1.0))
    period = swimmer.period / pace
    seed = variation.phase * 7

    def paint(pen: Pen, t: float) -> None:
        lid = 1.0 if subject.action is Action.SLEEP else 0.0
        moment = Moment(t, {"lid": lid, "stroke": wave(t / period)}, palette, variation.phase)
        rise, pitch = _course(subject.action, t, seed)
        with pen.frame(0.0, rise, turn=0.0 if swimmer.pulse else pitch):
            draw_swimmer(pen, Stroke(swimmer, t / period, strength), palette, moment)

    return figure(
        paint,
        unit=swimmer.length / 100 * variation.size,
        height=100.0,
        speed=swimmer.speed * share * 100,
        grounded=False,
        cycle=_LEAP_SECONDS if subject.action is Action.JUMP else 13.0,
        variation=variation,
    )
