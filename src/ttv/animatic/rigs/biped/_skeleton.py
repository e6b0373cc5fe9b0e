"""Carrying out a stance: joints of a person."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ttv.animatic.rigs._curve import Point, polar
from ttv.animatic.rigs._joint import bend
from ttv.animatic.rigs.biped._form import Build
from ttv.animatic.rigs.biped._stance import Arm, Sole, Stance

#: From the ball of the foot back to the ankle, in lengths of the foot; ankle's height.
_BALL = 0.62
ANKLE = 4.2
_FAR: Point = (2.2, 1.2)


@dataclass(frozen=True, slots=True)
class LegPose:
    """Hip, knee and ankle, and the turn of the foot (radians)."""

    hip: Point
    knee: Point
    ankle: Point
    tilt: float


@dataclass(frozen=True, slots=True)
class ArmPose:
    """Shoulder, elbow and wrist, and the direction of the hand."""

    shoulder: Point
    elbow: Point
    wrist: Point
    heading: float


@dataclass(frozen=True, slots=True)
class Pose:
    """Every joint at an instant; far limbs first."""

    hips: Point
    shoulders: Point
    head: Point
    head_turn: float
    legs: tuple[LegPose, LegPose]
    arms: tuple[ArmPose, ArmPose]

    def along(self, share: float, ahead: float) -> Point:
        """Find a point of the torso: share of the way up, and ahead of its axis."""
        (x0, y0), (x1, y1) = self.hips, self.shoulders
        across, up = x1 - x0, y1 - y0
        length = math.hypot(across, up)
        return (
            x0 + across * share + up / length * ahead,
            y0 + up * share - across / length * ahead,
        )


def standing_hips(build: Build) -> float:
    """Give the height of the hips of somebody who stands."""
    return sum(build.leg) * 0.996 + ANKLE


def _ankle(build: Build, sole: Sole, pitch: float) -> Point:
    """Turn the foot about its ball when the heel is up, about its heel when the toes are."""
    back = build.foot * _BALL
    angle = math.radians(-pitch)
    cosine, sine = math.cos(angle), math.sin(angle)
    if pitch >= 0:
        return (
            sole.x + back - back * cosine - ANKLE * sine,
            sole.y - back * sine + ANKLE * cosine,
        )
    return sole.x - ANKLE * sine, sole.y + ANKLE * cosine


def _pitch(build: Build, hip: Point, sole: Sole) -> float:
    """Raise the heel of a standing foot no more than the leg needs."""
    reach = sum(build.leg) * 0.9995
    low, high = sole.pitch, 80.0
    if math.dist(hip, _ankle(build, sole, low)) <= reach:
        return low
    for _ in range(14):
        middle = (low + high) / 2
        if math.dist(hip, _ankle(build, sole, middle)) <= reach:
            high = middle
        else:
            low = middle
    return high


def solve_leg(build: Build, hip: Point, sole: Sole) -> LegPose:
    """Reach for the ground; the heel rises where the leg is too short."""
    upper, lower = build.leg
    pitch = _pitch(build, hip, sole) if sole.planted else sole.pitch
    knee, ankle = bend(hip, _ankle(build, sole, pitch), upper, lower, forward=True)
    return LegPose(hip, knee, ankle, math.radians(-pitch))


def _arm(build: Build, shoulder: Point, arm: Arm, lean: float) -> ArmPose:
    upper, lower = build.arm
    heading = math.radians(arm.lift - 90 - lean)
    elbow = polar(shoulder, upper, heading)
    heading += math.radians(arm.bend)
    return ArmPose(shoulder, elbow, polar(elbow, lower, heading), heading)


def solve(build: Build, stance: Stance) -> Pose:
    """Place every joint."""
    hips = (stance.shift, standing_hips(build) + stance.rise)
    lean = stance.lean + build.stoop
    spine = math.radians(90 - lean)
    shoulders = polar(hips, build.torso, spine)
    neck = math.radians(90 - lean * 0.6 + stance.head * 0.3)
    head = polar(shoulders, build.neck + 8.6 * build.head, neck - math.radians(10))
    far_hip = (hips[0] + _FAR[0], hips[1] + _FAR[1] * 0.5)
    far_sole, near_sole = stance.soles
    sunk = Sole(far_sole.x + _FAR[0], far_sole.y + _FAR[1], far_sole.pitch, far_sole.planted)
    far_shoulder = polar(shoulders, -2.6, spine)
    near_shoulder = polar(shoulders, -3.4, spine)
    return Pose(
        hips=hips,
        shoulders=shoulders,
        head=head,
        head_turn=math.radians(stance.head - build.stoop * 0.5),
        legs=(solve_leg(build, far_hip, sunk), solve_leg(build, hips, near_sole)),
        arms=(
            _arm(build, (far_shoulder[0] + 2.5, far_shoulder[1]), stance.arms[0], lean),
            _arm(build, (near_shoulder[0] - 0.5, near_shoulder[1]), stance.arms[1], lean),
        ),
    )
