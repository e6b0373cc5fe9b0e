"""A subject on, in or with another thing, as one actor: rider and horse, sailor and boat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final, Protocol

import skia

from ttv.animatic.rigs import Actor, Box, Light, species
from ttv.animatic.scene import Action, RigKind, Subject


class Caster(Protocol):
    """Makes the actor of a subject."""

    def __call__(self, subject: Subject, *, rng: Random, index: int) -> Actor:
        """Make the ``index``-th of its kind."""


class Way(StrEnum):
    """How one thing carries another."""

    #: Sits astride, in front of it.
    ASTRIDE = "astride"
    #: Stands inside, its legs hidden by the hull.
    INSIDE = "inside"
    #: Looks out of a window: only the upper body shows.
    WINDOW = "window"
    #: Holds it in a hand.
    HELD = "held"


@dataclass(frozen=True, slots=True)
class _Seat:
    way: Way
    #: Where the rider's anchor is, in parts of the carrier's length and height.
    along: float
    up: float
    #: How much larger than life the rider is drawn, to be seen on something huge.
    grown: float = 1.0


_SEATS: Final[dict[str, _Seat]] = {
    "bicycle": _Seat(Way.ASTRIDE, -0.08, 0.62),
    "motorcycle": _Seat(Way.ASTRIDE, -0.05, 0.6),
    "boat": _Seat(Way.INSIDE, -0.02, 0.12),
    "sailboat": _Seat(Way.INSIDE, -0.22, 0.06),
    "ship": _Seat(Way.INSIDE, 0.36, 0.3, 2.4),
    "elephant": _Seat(Way.ASTRIDE, 0.04, 0.74),
    "dragon": _Seat(Way.ASTRIDE, -0.02, 0.62),
    "camel": _Seat(Way.ASTRIDE, -0.04, 0.6),
    "tractor": _Seat(Way.WINDOW, -0.12, 0.42),
    "hot-air balloon": _Seat(Way.INSIDE, 0.0, -0.46),
}
_BY_RIG: Final[dict[RigKind, _Seat]] = {
    RigKind.QUADRUPED: _Seat(Way.ASTRIDE, -0.06, 0.5),
    RigKind.BIRD: _Seat(Way.ASTRIDE, -0.05, 0.3),
    RigKind.FISH: _Seat(Way.ASTRIDE, 0.0, 0.35),
    RigKind.VEHICLE: _Seat(Way.WINDOW, 0.05, 0.4),
    RigKind.OBJECT: _Seat(Way.HELD, 0.17, 0.46),
}
#: Held things that are not at the hand: ahead and up, in parts of the holder's height.
_HOLDS: Final = {"umbrella": (0.12, 0.6), "kite": (0.75, 1.25), "balloon": (0.27, 1.0)}


@dataclass(frozen=True, slots=True)
class Mounted:
    """Two actors that move as one."""

    rider: Actor
    carrier: Actor
    way: Way
    #: Where the rider's anchor (or what it holds) is against the other's, in metres.
    x: float
    y: float
    height: float
    speed: float
    grounded: bool
    box: Box
    grown: float = 1.0

    def draw(self, canvas: skia.Canvas, t: float, light: Light) -> None:
        """Draw the one behind first."""
        if self.way is Way.HELD:
            self.rider.draw(canvas, t, light)
            self._moved(canvas, self.carrier, t, light)
        elif self.way is Way.ASTRIDE:
            self.carrier.draw(canvas, t, light)
            self._moved(canvas, self.rider, t, light)
        elif self.way is Way.INSIDE:
            self._moved(canvas, self.rider, t, light)
            self.carrier.draw(canvas, t, light)
        else:
            self.carrier.draw(canvas, t, light)
            canvas.save()
            box = self.carrier.box
            canvas.clipRect(skia.Rect.MakeLTRB(box.left, -9.0 * box.top, box.right, -self.y))
            canvas.translate(0.0, 0.36 * self.rider.height)
            self._moved(canvas, self.rider, t, light)
            canvas.restore()

    def _moved(self, canvas: skia.Canvas, actor: Actor, t: float, light: Light) -> None:
        canvas.save()
        canvas.translate(self.x, -self.y)
        canvas.scale(self.grown, self.grown)
        actor.draw(canvas, t, light)
        canvas.restore()


def cast_with(subject: Subject, *, cast: Caster, rng: Random, index: int) -> Actor:
    """Make the actor of a subject together with what it is on, if anything."""
    if subject.on is None:
        return cast(subject, rng=rng, index=index)
    kind = next((rig for rig, nouns in species().items() if subject.on in nouns), None)
    if kind is None:
        return cast(subject, rng=rng, index=index)
    seat = _SEATS.get(subject.on) or _BY_RIG.get(kind, _Seat(Way.HELD, 0.17, 0.46))
    held = seat.way is Way.HELD
    carried = Subject(
        subject.on,
        kind,
        colour=subject.on_colour,
        action=Action.STAND if held else subject.action,
        facing=subject.facing,
    )
    astride = Action.DRIVE if subject.rig is RigKind.BIPED else Action.SIT
    pose = astride if seat.way is Way.ASTRIDE else Action.STAND
    rider = cast(subject if held else replace(subject, action=pose), rng=rng, index=index)
    return _join(subject, rider, cast(carried, rng=rng, index=index), seat)


def _join(subject: Subject, rider: Actor, carrier: Actor, seat: _Seat) -> Mounted:
    held = seat.way is Way.HELD
    stem = rider if held else carrier
    along, up = seat.along, seat.up
    if held and subject.on in _HOLDS:
        along, up = _HOLDS[subject.on]
    length = rider.height if held else carrier.box.right - carrier.box.left
    x, y = along * length, up * stem.height
    upper = carrier.box if held else rider.box
    grown = seat.grown
    box = Box(
        min(stem.box.left, x + grown * upper.left),
        max(stem.box.right, x + grown * upper.right),
        min(stem.box.bottom, y + grown * upper.bottom),
        max(stem.box.top, y + grown * upper.top),
    )
    height = max(stem.height, box.top - max(0.0, stem.box.bottom))
    return Mounted(rider, carrier, seat.way, x, y, height, stem.speed, stem.grounded, box, grown)
