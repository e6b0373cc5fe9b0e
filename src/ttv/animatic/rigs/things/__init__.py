"""Vehicles and objects."""

from __future__ import annotations

import random

from ttv.animatic.rigs._colour import parse, repaint
from ttv.animatic.rigs._figure import Figure, figure, vary
from ttv.animatic.rigs._kit import Moment, draw_kit
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._rhythm import wander, wave
from ttv.animatic.rigs.things._course import LOFTY, STILL, WAYS, rest
from ttv.animatic.rigs.things._form import Medium, Thing, objects, vehicles
from ttv.animatic.scene import Subject

__all__ = ["object_names", "thing", "vehicle_names"]


def vehicle_names() -> frozenset[str]:
    """Give the vehicles this rig can draw."""
    return frozenset(vehicles())


def object_names() -> frozenset[str]:
    """Give the objects this rig can draw."""
    return frozenset(objects())


def thing(subject: Subject, *, rng: random.Random, index: int) -> Figure:
    """Cast a vehicle or an object."""
    table = vehicles() if subject.noun in vehicles() else objects()
    kind = table[subject.noun]
    variation = vary(rng, index)
    palette = variation.palette(kind.colours, subject.colour)
    if kind.paints and index > 0 and subject.colour is None:
        palette = repaint(palette, parse(kind.paints[(index - 1) % len(kind.paints)]))
    action, seed = subject.action, variation.phase * 7
    speed = 0.0 if action in STILL else kind.speed
    way = WAYS.get(action, rest)
    lofty = kind.medium is Medium.GROUND and action in LOFTY
    middle = kind.middle if kind.medium is Medium.GROUND else 0.0

    def paint(pen: Pen, t: float) -> None:
        course = way(kind, t, seed)
        moment = Moment(t, _values(kind, speed, t, seed), palette, variation.phase)
        low = 0.0 if lofty else middle
        with (
            pen.frame(course.x, course.y + low),
            pen.stretch(0.0, -low, (2 - course.tall) * course.broad, course.tall),
            pen.frame(turn=course.turn),
            pen.frame(0.0, -middle),
        ):
            draw_kit(pen, kind.parts, moment)

    return figure(
        paint,
        unit=kind.size / 100 * variation.size,
        height=kind.height,
        speed=speed,
        grounded=kind.medium is Medium.GROUND and not lofty,
        cycle=9.7,
        variation=variation,
    )


def _values(kind: Thing, speed: float, t: float, seed: float) -> dict[str, float]:
    """Give the channels a drawing may use."""
    moving = 1.0 if speed else 0.0
    shake = 0.25 + 0.75 * moving
    return {
        "one": 1.0,
        "travel": speed * t,
        "jolt": kind.jolt * shake * (0.6 * wave(t * 3.1) + 0.4 * wander(t * 9.0, seed)),
        "thrust": moving,
        "idle": 1.0 - moving,
    }
