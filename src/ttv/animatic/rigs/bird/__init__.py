"""Birds and small fliers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ttv.animatic.rigs._figure import Figure, Painter, Variation, figure, reach, vary
from ttv.animatic.rigs._kit import Moment, draw_kit
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._rhythm import wander, wave
from ttv.animatic.rigs.bird._draw import Plumage, draw_bird, solve
from ttv.animatic.rigs.bird._form import Bird, Insect, birds, insects
from ttv.animatic.rigs.bird._stance import AIRBORNE, STILLS, Stance, pace, walk
from ttv.animatic.scene import Action, Subject

__all__ = ["bird", "names"]

#: Units a second of a bird in flight, its body being 100, and of one that paddles.
_FLIGHT = 520.0
_PADDLE = 45.0
_RESTING = frozenset({Action.STAND, Action.SIT, Action.SLEEP, Action.EAT, Action.LOOK})


def names() -> frozenset[str]:
    """Give the birds and insects this rig can draw."""
    return frozenset(birds()) | frozenset(insects())


@dataclass(frozen=True, slots=True)
class Motion:
    """What a bird does: its stance over time."""

    stance: Callable[[float], Stance]
    speed: float
    grounded: bool
    cycle: float


def motion(kind: Bird, action: Action, seed: float) -> Motion:
    """Choose the bird's way to do an action; one that cannot fly takes to its feet."""
    if action in AIRBORNE and not kind.flies:
        action = Action.SWIM if action is Action.DIVE else Action.RUN
    if action in AIRBORNE:
        speed = 0.0 if action is Action.HOVER else _FLIGHT
        fly = AIRBORNE[action]
        cycle = kind.wing.period * (9 if kind.wing.glide else 1)
        return Motion(lambda t: fly(kind, t, seed), speed, grounded=False, cycle=cycle)
    if action in STILLS:
        speed = _PADDLE if action is Action.SWIM else 0.0
        afloat = action in (Action.SWIM, Action.FLOAT)
        hold = STILLS[action]
        return Motion(lambda t: hold(kind, t, seed), speed, grounded=not afloat, cycle=12.0)
    run = action is Action.RUN
    period, stride, duty = pace(kind, run=run)
    stance = partial(walk, kind, seed=seed, run=run)
    return Motion(stance, stride / (duty * period), grounded=True, cycle=period)


def bird(subject: Subject, *, rng: random.Random, index: int) -> Figure:
    """Cast a bird or an insect."""
    variation = vary(rng, index)
    if subject.noun in insects():
        return _insect(subject, insects()[subject.noun], variation)
    kind = birds()[subject.noun]
    look = Plumage(kind, variation.palette(kind.colours, subject.colour))
    doing = motion(kind, subject.action, variation.phase)
    still = motion(kind, Action.STAND, variation.phase)
    standing = reach(_painter(look, still, variation.phase), unit=1.0, cycle=1.0, samples=1)
    return figure(
        _painter(look, doing, variation.phase),
        unit=kind.length / 100 * variation.size,
        height=max(130.0, standing.top),
        speed=doing.speed,
        grounded=doing.grounded,
        cycle=doing.cycle,
        variation=variation,
    )


def _painter(look: Plumage, doing: Motion, phase: float) -> Painter:
    def paint(pen: Pen, t: float) -> None:
        stance = doing.stance(t)
        moment = Moment(t, {"lid": stance.lid, "jaw": stance.jaw}, look.palette, phase)
        draw_bird(pen, look, solve(look.bird, stance), stance, moment)

    return paint


def _insect(subject: Subject, kind: Insect, variation: Variation) -> Figure:
    palette = variation.palette(kind.colours, subject.colour)
    resting = subject.action in _RESTING
    seed = variation.phase * 9

    def paint(pen: Pen, t: float) -> None:
        slow = 0.16 if resting else 1.0
        moment = Moment(t * slow, {}, palette, variation.phase)
        dance = 0.0 if resting else kind.dance
        x, y = dance * 0.6 * wander(t / kind.period, seed + 4), dance * wander(t * 1.7, seed)
        with pen.frame(x, y, turn=0.0 if resting else 0.14 * wave(t / 1.9)):
            draw_kit(pen, kind.parts, moment)

    return figure(
        paint,
        unit=kind.length / 100 * variation.size,
        height=100.0,
        speed=0.0 if resting or subject.action is Action.HOVER else kind.speed,
        grounded=False,
        cycle=23.0,
        variation=variation,
    )
