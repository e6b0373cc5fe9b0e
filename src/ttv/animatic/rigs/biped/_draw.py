"""Drawing a person back to front: cape, far limbs, legs, cloth, torso, head, near arm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ttv.animatic.rigs._curve import Point, between, outline, parse_points, polar, tube
from ttv.animatic.rigs._kit import Moment, draw_kit
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._port import Rgb
from ttv.animatic.rigs._rhythm import wave
from ttv.animatic.rigs.biped._form import Person, Skirt, drawings
from ttv.animatic.rigs.biped._skeleton import ANKLE, ArmPose, LegPose, Pose
from ttv.animatic.rigs.biped._stance import Stance

_FAR = 0.74
#: In lengths of the foot from the ankle; the sole is flat.
_SHOE = outline(*parse_points("-.3,.1 -.1,.42! .22,.42! .34,.12 .68,0 .74,-.28 .7,-.47! -.3,-.47!"))


@dataclass(frozen=True, slots=True)
class Look:
    """A figure with its colours fixed."""

    person: Person
    palette: Mapping[str, Rgb]


def draw_person(pen: Pen, look: Look, pose: Pose, stance: Stance, moment: Moment) -> None:
    """Draw the figure in its pose."""
    person = look.person
    _draw_arm(pen, look, pose.arms[0], far=True)
    if person.cape:
        _draw_cape(pen, look, pose, stance, moment.t)
    with _at_head(pen, look, pose, stance):
        for name in person.behind:
            draw_kit(pen, drawings()[name], moment, shade=0.86)
    _draw_leg(pen, look, pose.legs[0], far=True)
    if person.carried:
        _draw_on_torso(pen, pose, person.carried, moment)
    _draw_leg(pen, look, pose.legs[1], far=False)
    _draw_neck(pen, look, pose)
    _draw_torso(pen, look, pose)
    if person.skirt:
        _draw_skirt(pen, look, pose, person.skirt, stance, moment.t)
    for name in person.worn:
        _draw_on_torso(pen, pose, name, moment)
    with _at_head(pen, look, pose, stance):
        for name in person.head:
            draw_kit(pen, drawings()[name], moment)
    if person.held and stance.holds:
        _draw_held(pen, person, pose.arms[1], person.held, moment)
    _draw_arm(pen, look, pose.arms[1], far=False)


def _at_head(pen: Pen, look: Look, pose: Pose, stance: Stance) -> AbstractContextManager[None]:
    flip = stance.look if abs(stance.look) > 0.15 else math.copysign(0.15, stance.look)
    return pen.frame(*pose.head, turn=pose.head_turn, grow=look.person.build.head, flip=flip)


def _draw_leg(pen: Pen, look: Look, leg: LegPose, *, far: bool) -> None:
    person, palette = look.person, look.palette
    build = person.build
    shade = _FAR if far else 1.0
    thigh, shank, shoe = person.leg_fills
    girth = build.leg_girth
    with pen.frame(*leg.ankle, turn=leg.tilt, grow=build.foot):
        pen.fill(_SHOE, palette[shoe], shade=shade)
    if shank != thigh:
        _limb(pen, (leg.knee, leg.ankle), girth[1:], palette[shank], far=far)
        _limb(pen, (leg.hip, leg.knee), girth[:2], palette[thigh], far=far)
    else:
        _limb(pen, (leg.hip, leg.knee, leg.ankle), girth, palette[thigh], far=far)


def _limb(
    pen: Pen, joints: tuple[Point, ...], girth: tuple[float, ...], colour: Rgb, *, far: bool
) -> None:
    pen.limb(joints, girth, colour, shade=_FAR if far else 1.0, depth=0.0 if far else 0.2)


def _draw_arm(pen: Pen, look: Look, arm: ArmPose, *, far: bool) -> None:
    person, palette = look.person, look.palette
    build = person.build
    upper, fore, hand = person.arm_fills
    girth = build.arm_girth
    palm = polar(arm.wrist, build.hand * 0.7, arm.heading)
    _limb(pen, (arm.wrist, palm), (build.hand * 0.7, build.hand), palette[hand], far=far)
    if fore != upper:
        _limb(pen, (arm.elbow, arm.wrist), girth[1:], palette[fore], far=far)
        _limb(pen, (arm.shoulder, arm.elbow), girth[:2], palette[upper], far=far)
    else:
        _limb(pen, (arm.shoulder, arm.elbow, arm.wrist), girth, palette[upper], far=far)


def _draw_neck(pen: Pen, look: Look, pose: Pose) -> None:
    neck = tube((pose.along(0.9, 0.4), pose.head), (4.2, 3.6))
    pen.fill(neck, look.palette["skin"], shade=0.84)


def _draw_torso(pen: Pen, look: Look, pose: Pose) -> None:
    build = look.person.build
    points = [pose.along(*point) for point in build.torso_outline]
    corners = range(len(points)) if build.angular else ()
    path = outline(points, corners)
    pen.form(path, look.palette[look.person.torso_fill], depth=3.4)


def _draw_on_torso(pen: Pen, pose: Pose, name: str, moment: Moment) -> None:
    (x0, y0), (x1, y1) = pose.hips, pose.shoulders
    turn = math.atan2(y1 - y0, x1 - x0) - math.pi / 2
    with pen.frame(x0, y0, turn=turn):
        draw_kit(pen, drawings()[name], moment)


def _draw_held(pen: Pen, person: Person, arm: ArmPose, name: str, moment: Moment) -> None:
    turn = 0.06 * arm.heading if person.held_upright else arm.heading + math.radians(36)
    with pen.frame(*polar(arm.wrist, 2.2, arm.heading), turn=turn):
        draw_kit(pen, drawings()[name], moment)


def _draw_skirt(pen: Pen, look: Look, pose: Pose, skirt: Skirt, stance: Stance, t: float) -> None:
    """Hang cloth from the waist over both legs; its hem lags behind them."""
    girth = look.person.build.leg_girth
    lead = max(pose.legs, key=lambda leg: _down(leg, skirt.length)[0])
    follow = min(pose.legs, key=lambda leg: _down(leg, skirt.length)[0])
    sway = 2.2 * wave(t * stance.pace + 0.1) * (0.3 + stance.wind)
    trail = skirt.flare * (0.7 + 0.9 * stance.wind)
    flare = skirt.flare * (0.8 - 0.3 * stance.wind)
    thigh = _before(lead, 0.5 * min(1.0, skirt.length), girth[0])
    x, y = _before(lead, skirt.length, girth[1] * 0.6)
    hem_front = (x + flare + sway * 0.5, y)
    x, y = _down(follow, skirt.length)
    hips_x, hips_y = pose.hips
    hem_back = (
        min(x - girth[1] * 0.6 - trail + sway, hips_x - 5.0),
        min(y + 1.5 * stance.wind, hips_y - 6.0),
    )
    low = between(hem_back, hem_front, 0.5)
    low = (low[0], low[1] - 1.6 + 0.8 * sway)
    hip_back = between(pose.along(-0.1, -8.6), hem_back, 0.25)
    waist = [pose.along(0.2, -6.2), pose.along(0.2, 6.4)]
    path = outline([*waist, thigh, hem_front, low, hem_back, hip_back], {0, 1, 3, 5})
    pen.form(path, look.palette[skirt.fill], depth=4.0)
    if skirt.hem:
        band = [hem_front, low, hem_back, between(hem_back, hip_back, 0.12)]
        band += [(low[0], low[1] + 3.8), between(hem_front, thigh, 0.12)]
        pen.fill(outline(band, {0, 2, 3, 5}), look.palette[skirt.hem])


def _down(leg: LegPose, share: float) -> Point:
    """Find the place a share of the way down a leg, not lower than the ankle."""
    if share <= 0.5:
        return between(leg.hip, leg.knee, share * 2)
    x, y = between(leg.knee, leg.ankle, share * 2 - 1)
    return x, y - ANKLE * 0.3


def _before(leg: LegPose, share: float, girth: float) -> Point:
    """Find the front of a leg a share of the way down."""
    start, end = (leg.hip, leg.knee) if share <= 0.5 else (leg.knee, leg.ankle)
    ahead = math.atan2(end[1] - start[1], end[0] - start[0]) + math.pi / 2
    return polar(_down(leg, share), girth, ahead)


def _draw_cape(pen: Pen, look: Look, pose: Pose, stance: Stance, t: float) -> None:
    """Let cloth stream from the shoulders."""
    count = 6
    step = look.person.cape / (count - 1)
    hang = math.radians(-97 - 62 * stance.wind)
    points = [pose.along(0.94, -2.5)]
    for at in range(1, count):
        share = at / (count - 1)
        late = wave(t * max(0.5, stance.pace) * 0.7 - 0.55 * share)
        angle = hang - math.radians((6 + 15 * stance.wind) * late * share - 9 * share)
        x, y = polar(points[-1], step, angle)
        points.append((x, max(y, 2.0)))
    girth = [4.5 + (5 + 5 * (1 - stance.wind)) * at / (count - 1) for at in range(count)]
    pen.form(tube(points, girth, rounded=False), look.palette["cape"], depth=4.0, shade=0.9)
