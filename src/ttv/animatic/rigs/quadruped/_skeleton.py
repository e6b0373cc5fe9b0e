"""Carrying out a stance: joints of spine, neck, legs and tail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from ttv.animatic.rigs._curve import Point, polar
from ttv.animatic.rigs._joint import bend
from ttv.animatic.rigs._rhythm import wave
from ttv.animatic.rigs.quadruped._form import Leg, Species
from ttv.animatic.rigs.quadruped._stance import Stance, Step

#: Far feet stand a little deeper in the picture.
_DEPTH: Point = (3.0, 2.2)


@dataclass(frozen=True, slots=True)
class Spine:
    """The trunk's axis; maps (along, above) to a place."""

    pelvis: Point
    withers: Point
    #: Height of the arch in the middle.
    bow: float

    @property
    def angle(self) -> float:
        """Give the direction from pelvis to withers."""
        return math.atan2(self.withers[1] - self.pelvis[1], self.withers[0] - self.pelvis[0])

    def place(self, along: float, above: float) -> Point:
        """Find a point of the trunk."""
        (x0, y0), (x1, y1) = self.pelvis, self.withers
        across, up = x1 - x0, y1 - y0
        length = math.hypot(across, up)
        inner = min(1.0, max(0.0, along))
        high = above + self.bow * 4 * inner * (1 - inner)
        return (
            x0 + across * along - up / length * high,
            y0 + up * along + across / length * high,
        )


@dataclass(frozen=True, slots=True)
class LegPose:
    """Joints from root to toe, and the turn of the foot (radians)."""

    joints: tuple[Point, Point, Point, Point]
    tilt: float


@dataclass(frozen=True, slots=True)
class Pose:
    """Every joint of the animal at an instant."""

    spine: Spine
    neck: tuple[Point, Point]
    head: float
    legs: tuple[LegPose, LegPose, LegPose, LegPose]
    tail: tuple[Point, ...]


@cache
def _deep(belly: tuple[tuple[float, float], ...], *, fore: bool) -> float:
    return max(-above for along, above in belly if (along > 0.5) == fore)


def floors(species: Species) -> tuple[float, float]:
    """Give how far hind and fore quarters can sink until the belly lies on the ground."""
    trunk = species.trunk
    return (
        trunk.pelvis - _deep(trunk.belly, fore=False) - 1.0,
        trunk.withers - _deep(trunk.belly, fore=True) - 1.0,
    )


def _spine(species: Species, stance: Stance) -> Spine:
    trunk = species.trunk
    hind, fore = floors(species)
    half = trunk.length * (0.5 - 0.045 * stance.flex)
    swing = half * math.sin(math.radians(stance.pitch))
    back = (-half, trunk.pelvis + stance.rise - min(stance.sink_hind, hind) - swing)
    front = (half, trunk.withers + stance.rise - min(stance.sink_fore, fore) + swing)
    return Spine(back, front, stance.flex * trunk.length * 0.085)


def foothold(leg: Leg, rest: float, step: Step) -> Point:
    """Give the place a toe is meant to be."""
    return rest + leg.home + step.ahead, leg.girth[3] + step.above


def _lean(root: Point, toe: Point, length: float, reach: float, lean: float) -> float:
    """Turn the last bone from its planned lean towards the root as far as is needed."""
    if math.dist(root, polar(toe, length, lean)) <= reach:
        return lean
    straight = math.atan2(root[1] - toe[1], root[0] - toe[0])
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        if math.dist(root, polar(toe, length, lean + (straight - lean) * middle)) <= reach:
            high = middle
        else:
            low = middle
    return lean + (straight - lean) * high


def solve_leg(leg: Leg, root: Point, rest: float, step: Step, *, hind: bool) -> LegPose:
    """Reach for a step with a leg whose root rests at ``rest`` along the ground.

    The last bone leans as planned, or as far towards the root as the other two need.
    """
    upper, lower, last = leg.bones
    toe = foothold(leg, rest, step)
    lean = math.radians(leg.lean + step.lean)
    angle = _lean(root, toe, last, (upper + lower) * 0.998, lean)
    knee, reached = bend(root, polar(toe, last, angle), upper, lower, forward=hind)
    tilt = angle - math.radians(leg.lean)
    if step.planted:
        tilt = min(0.0, tilt) * 0.45
    return LegPose((root, knee, reached, polar(reached, last, angle + math.pi)), tilt)


def _legs(
    species: Species, stance: Stance, spine: Spine
) -> tuple[LegPose, LegPose, LegPose, LegPose]:
    half = species.trunk.length / 2

    def pose(index: int) -> LegPose:
        hind, far = index < 2, index % 2 == 0
        leg = species.hind if hind else species.fore
        step = stance.steps[index]
        x, y = spine.place(*leg.root)
        if not hind:
            x += 0.14 * step.ahead
        rest = half * (2 * leg.root[0] - 1)
        if far:
            x, y, rest = x + _DEPTH[0], y + _DEPTH[1], rest + _DEPTH[0]
            step = Step(step.ahead, step.above + _DEPTH[1], step.lean, step.planted)
        return solve_leg(leg, (x, y), rest, step, hind=hind)

    return pose(0), pose(1), pose(2), pose(3)


def _neck(species: Species, stance: Stance, spine: Spine) -> tuple[Point, Point, float]:
    neck = species.neck
    base = spine.place(*neck.base)
    follow = 0.35 * spine.angle
    angle = math.radians(neck.angle + stance.neck) + follow
    head = math.radians(neck.head + stance.head) + follow * 0.3
    if stance.graze > 0:
        angle, head = _graze(species, stance.graze, base, angle, head)
    return base, polar(base, neck.length, angle), head


def _graze(
    species: Species, share: float, base: Point, angle: float, head: float
) -> tuple[float, float]:
    """Bring the mouth down to the ground as far as neck and head allow."""
    mouth_x, mouth_y = (value * species.head_size for value in species.mouth)
    lowered = math.radians(-52.0)
    drop = mouth_x * math.sin(lowered) + mouth_y * math.cos(lowered)
    sine = (2.0 - drop - base[1]) / species.neck.length
    reached = math.asin(min(0.95, max(-0.95, sine)))
    return angle + (reached - angle) * share, head + (lowered - head) * share


def _tail(species: Species, stance: Stance, spine: Spine, t: float) -> tuple[Point, ...]:
    tail = species.tail
    count = len(tail.girth)
    length = tail.length / (count - 1)
    angle = math.pi - math.radians(tail.lift + stance.tail) + 0.6 * spine.angle
    points = [spine.place(*tail.base)]
    for at in range(1, count):
        share = at / (count - 1)
        late = wave(t * stance.wag_pace - 0.35 * share)
        swing = tail.swing * stance.wag * late * (0.35 + 0.65 * share)
        bend_here = tail.curl * (at - 1) / max(1, count - 2) + swing
        points.append(polar(points[-1], length, angle - math.radians(bend_here)))
    return tuple(_above_ground(points, tail.girth))


def _above_ground(points: list[Point], girth: tuple[float, ...]) -> list[Point]:
    return [(x, max(y, radius * 0.8)) for (x, y), radius in zip(points, girth, strict=True)]


def missing(species: Species, stance: Stance) -> float:
    """Give by how much the worst of the planted feet fails to reach its place."""
    half = species.trunk.length / 2
    worst = 0.0
    for index, leg in enumerate(_legs(species, stance, _spine(species, stance))):
        step = stance.steps[index]
        if step.planted:
            build = species.hind if index < 2 else species.fore
            x, y = foothold(build, half * (2 * build.root[0] - 1), step)
            if index % 2 == 0:
                x, y = x + _DEPTH[0], y + _DEPTH[1]
            worst = max(worst, math.dist((x, y), leg.joints[3]))
    return worst


def solve(species: Species, stance: Stance, t: float) -> Pose:
    """Place every joint for a stance; ``t`` moves the tail."""
    spine = _spine(species, stance)
    if stance.graze > 0 and stance.sink_fore == 0:
        spine = _kneel(species, stance, spine)
    base, end, head = _neck(species, stance, spine)
    return Pose(
        spine=spine,
        neck=(base, end),
        head=head,
        legs=_legs(species, stance, spine),
        tail=_tail(species, stance, spine, t),
    )


def _kneel(species: Species, stance: Stance, spine: Spine) -> Spine:
    """Lower the fore quarters of an animal whose neck is too short to graze."""
    base = spine.place(*species.neck.base)
    reach = species.neck.length * 0.9 + species.mouth[0] * species.head_size * 0.85
    missing = min(26.0, max(0.0, base[1] - reach)) * stance.graze
    return Spine(spine.pelvis, (spine.withers[0], spine.withers[1] - missing), spine.bow)
