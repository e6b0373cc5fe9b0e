"""Animals on four legs."""

from __future__ import annotations

import math
import random

from ttv.animatic.rigs._figure import Figure, Painter, figure, reach, vary
from ttv.animatic.rigs._kit import Moment
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs.quadruped._draw import Coat, draw_animal
from ttv.animatic.rigs.quadruped._form import species
from ttv.animatic.rigs.quadruped._motion import Motion, motion
from ttv.animatic.rigs.quadruped._skeleton import solve
from ttv.animatic.scene import Action, Subject

__all__ = ["names", "quadruped"]


def names() -> frozenset[str]:
    """Give the animals this rig can draw."""
    return frozenset(species())


def quadruped(subject: Subject, *, rng: random.Random, index: int) -> Figure:
    """Cast an animal."""
    kind = species()[subject.noun]
    variation = vary(rng, index)
    coat = Coat(kind, variation.palette(kind.colours, subject.colour))
    doing = motion(subject.noun, subject.action, variation.phase)
    unit = kind.height / 100 * variation.size
    still = motion(subject.noun, Action.STAND, variation.phase)
    standing = reach(_painter(coat, still, variation.phase), unit=1.0, cycle=1.0, samples=1)
    return figure(
        _painter(coat, doing, variation.phase),
        unit=unit,
        height=standing.top,
        speed=doing.speed,
        grounded=doing.grounded,
        cycle=doing.cycle,
        variation=variation,
    )


def _painter(coat: Coat, doing: Motion, phase: float) -> Painter:
    def paint(pen: Pen, t: float) -> None:
        stance = doing.stance(t)
        values = {"ear": stance.ears, "lid": stance.lid, "jaw": stance.jaw}
        moment = Moment(t, values, coat.palette, phase)
        pose = solve(coat.species, stance, t)
        if not stance.turn:
            draw_animal(pen, coat, pose, stance, moment)
            return
        x, y = pose.spine.place(0.5, 0.0)
        with pen.frame(x, y, turn=math.radians(stance.turn)), pen.frame(-x, -y):
            draw_animal(pen, coat, pose, stance, moment)

    return paint
