"""People and other figures on two legs."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ttv.animatic.rigs._colour import parse, repaint
from ttv.animatic.rigs._figure import Figure, Painter, figure, reach, vary
from ttv.animatic.rigs._kit import Moment
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs.biped._draw import Look, draw_person
from ttv.animatic.rigs.biped._form import Person, looks, people
from ttv.animatic.rigs.biped._skeleton import solve
from ttv.animatic.rigs.biped._stance import (
    AIRBORNE,
    GAITS,
    STILLS,
    Stance,
    carrying,
    groping,
    speed,
    travel,
)
from ttv.animatic.scene import Action, Subject

__all__ = ["biped", "names"]


def names() -> frozenset[str]:
    """Give the figures this rig can draw."""
    return frozenset(people())


@dataclass(frozen=True, slots=True)
class Motion:
    """What a figure does: its stance over time."""

    stance: Callable[[float], Stance]
    speed: float
    grounded: bool
    cycle: float


def motion(person: Person, action: Action, seed: float) -> Motion:
    """Choose the figure's way to do an action."""
    if action in GAITS:
        gait, leg = GAITS[action], sum(person.build.leg)
        period = gait.period * (person.height / 1.7) ** 0.5
        stance = partial(travel, seed=seed, gait=gait, leg=leg, period=period)
        return Motion(stance, speed(gait, leg, period), grounded=True, cycle=period)
    if action in AIRBORNE:
        hold, pace = AIRBORNE[action]
        return Motion(lambda t: hold(t, seed), pace, grounded=False, cycle=9.0)
    keep = STILLS[action]
    return Motion(lambda t: keep(t, seed), 0.0, grounded=True, cycle=10.0)


def biped(subject: Subject, *, rng: random.Random, index: int) -> Figure:
    """Cast a figure."""
    person = people()[subject.noun]
    variation = vary(rng, index)
    palette = variation.palette(person.colours, subject.colour)
    garment = rng.choice(person.wardrobe or ("",))
    if garment and index > 0 and subject.colour is None:
        palette = repaint(palette, parse(garment))
    natural = rng.choice(looks())
    hair = rng.choice(natural.hairs)
    if person.varies:
        palette["skin"] = parse(natural.skin)
        palette.setdefault("hair", parse(hair))
    look = Look(person, palette)
    doing = motion(person, subject.action, variation.phase)
    still = motion(person, Action.STAND, variation.phase)
    standing = reach(_painter(look, still, variation.phase), unit=1.0, cycle=1.0, samples=1)
    return figure(
        _painter(look, doing, variation.phase),
        unit=person.height / 100 * variation.size,
        height=standing.top,
        speed=doing.speed,
        grounded=doing.grounded,
        cycle=doing.cycle,
        variation=variation,
    )


def _painter(look: Look, doing: Motion, phase: float) -> Painter:
    build = look.person.build

    def paint(pen: Pen, t: float) -> None:
        stance = doing.stance(t)
        if look.person.held and stance.holds:
            stance = carrying(stance, upright=look.person.held_upright)
        if look.person.reaching and stance.holds:
            stance = groping(stance, look.person.reaching)
        moment = Moment(t, {"lid": stance.lid, "jaw": stance.jaw}, look.palette, phase)
        pose = solve(build, stance)
        if not stance.turn:
            draw_person(pen, look, pose, stance, moment)
            return
        x, y = pose.hips
        centre = (0.0, 0.0) if not doing.grounded else (0.0, build.leg_girth[0] + 3)
        with pen.frame(*centre, turn=math.radians(stance.turn)), pen.frame(-x, -y):
            draw_person(pen, look, pose, stance, moment)

    return paint
