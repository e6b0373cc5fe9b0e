"""Drawing a bird: legs, far wing, tail, body with neck, head, near wing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import skia

from ttv.animatic.rigs._curve import (
    Point,
    append_outline,
    between,
    limb,
    outline,
    polar,
    tube,
)
from ttv.animatic.rigs._joint import bend
from ttv.animatic.rigs._kit import Moment, draw_kit
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._port import Rgb
from ttv.animatic.rigs.bird._form import Bird, heads
from ttv.animatic.rigs.bird._stance import Foot, Stance

#: How far sideways shows as down (near) or up (far): the picture looks from a little above.
_TILT = 0.42


@dataclass(frozen=True, slots=True)
class Plumage:
    """A bird with its colours fixed."""

    bird: Bird
    palette: Mapping[str, Rgb]


@dataclass(frozen=True, slots=True)
class Pose:
    """The axis of the body, neck and head; legs as hip, ankle, toe."""

    rump: Point
    breast: Point
    neck: tuple[Point, ...]
    head: float
    legs: tuple[tuple[Point, Point, Point], ...]

    def along(self, share: float, above: float) -> Point:
        """Find a point of the body: from the rump 0 to the breast 1, above its axis."""
        (x0, y0), (x1, y1) = self.rump, self.breast
        across, up = x1 - x0, y1 - y0
        length = math.hypot(across, up)
        return (
            x0 + across * share - up / length * above,
            y0 + up * share + across / length * above,
        )


def solve(bird: Bird, stance: Stance) -> Pose:
    """Place the joints; on the ground the legs carry the body, in the air it is the origin."""
    free = (stance.feet is None and stance.wings is not None) or stance.pitch < -30
    pitch = math.radians((bird.level if free else bird.upright) + stance.pitch)
    if free:
        height = 0.0
    elif stance.afloat:
        height = bird.girth[1] * 0.5
    elif stance.feet is None:
        height = bird.girth[1] * 0.92
    else:
        height = sum(bird.leg) * 0.94 + 10 * math.sin(pitch) + bird.girth[1] * 0.45
    centre = (0.0, height + stance.rise)
    rump, breast = polar(centre, -50, pitch), polar(centre, 50, pitch)
    legs = tuple(
        _leg(bird, rump, breast, foot, far=far)
        for foot, far in zip(stance.feet or (), (True, False), strict=False)
    )
    neck, head = _neck(bird, stance, rump, breast, pitch)
    return Pose(rump, breast, neck, head, legs)


def _leg(
    bird: Bird, rump: Point, breast: Point, foot: Foot, *, far: bool
) -> tuple[Point, Point, Point]:
    x, y = between(rump, breast, 0.4)
    hip = (x + (2.0 if far else 0.0), y - bird.girth[1] * 0.45)
    toe = (hip[0] * 0.3 + foot.ahead + (3.0 if far else 0.0), 1.2 + foot.above + far * 1.5)
    ankle, reached = bend(hip, toe, *bird.leg, forward=False)
    return hip, ankle, reached


def _neck(
    bird: Bird, stance: Stance, rump: Point, breast: Point, pitch: float
) -> tuple[tuple[Point, ...], float]:
    base = between(rump, breast, 0.86)
    up = bird.neck_angle + (bird.neck_flight - bird.neck_angle) * stance.stretched
    angle = math.radians(up + stance.neck) + (pitch if stance.stretched else pitch * 0.2)
    head = math.radians(stance.head) + (pitch * 0.9 if stance.stretched else 0.0)
    if stance.peck:
        lowered = math.asin(max(-0.98, min(0.98, (18 - base[1]) / bird.neck)))
        angle += (lowered - angle) * stance.peck
        head += (math.radians(-58) - head) * stance.peck
    if stance.tucked:
        angle += (math.radians(128) - angle) * stance.tucked
        head += (math.radians(-24) - head) * stance.tucked
    curve = math.radians(bird.neck_curve) * (1 - 0.85 * stance.stretched) * (1 - stance.peck * 0.6)
    first = polar(base, bird.neck * 0.5, angle - curve * 0.5)
    second = polar(first, bird.neck * 0.38, angle + curve)
    return (base, first, second, polar(second, bird.neck * 0.12, angle - curve)), head


def draw_bird(pen: Pen, look: Plumage, pose: Pose, stance: Stance, moment: Moment) -> None:
    """Draw back to front."""
    bird, palette = look.bird, look.palette
    _draw_legs(pen, look, pose)
    if stance.wings is not None:
        _draw_wing(pen, look, pose, stance.wings, far=True)
    _draw_tail(pen, look, pose, stance)
    body = _body(bird, pose)
    pen.form(body, palette["body"], depth=7.0)
    if bird.belly:
        with pen.inside(body):
            pen.fill(_underside(bird, pose), palette["belly"])
    _draw_head(pen, look, pose, stance, moment)
    if stance.wings is None:
        _draw_folded(pen, look, pose)
    else:
        _draw_wing(pen, look, pose, stance.wings, far=False)


def _draw_legs(pen: Pen, look: Plumage, pose: Pose) -> None:
    bird = look.bird
    thick = bird.leg_girth
    for at, (hip, ankle, toe) in enumerate(pose.legs):
        shade = 0.72 if at == 0 else 1.0
        thigh = limb((hip, between(hip, ankle, 0.75)), (thick * 3.2, thick * 1.5))
        pen.fill(
            limb((hip, ankle, toe), (thick, thick, thick * 0.9)), look.palette["leg"], shade=shade
        )
        pen.fill(thigh, look.palette["body"], shade=shade * 0.9)
        long = 11.0 * (1.3 if bird.webbed else 1.0) * max(0.6, thick / 2.2)
        x, y = toe
        foot = [(x - long * 0.35, y - 1), (x, y + thick), (x + long, y - 1.2)]
        pen.fill(outline(foot, {0, 2}), look.palette["leg"], shade=shade)


def _draw_tail(pen: Pen, look: Plumage, pose: Pose, stance: Stance) -> None:
    length, wide, lift = look.bird.tail
    (x, y) = pose.along(0.04, 1.0)
    back = math.atan2(pose.rump[1] - pose.breast[1], pose.rump[0] - pose.breast[0])
    angle = back - math.radians(lift + stance.tail)
    wide *= 1 + stance.spread
    end = polar((x, y), length, angle)
    side = angle + math.pi / 2
    root = look.bird.girth[2] * 0.42
    points = [
        polar(pose.along(0.16, 0), root, side),
        polar(end, wide, side),
        polar(polar(end, wide * 0.4, side), length * 0.08, angle),
        polar(end, -wide * 0.1, side),
        polar(polar(end, -wide * 0.5, side), length * 0.06, angle),
        polar(end, -wide, side),
        polar(pose.along(0.16, 0), -root, side),
    ]
    pen.form(outline(points, {0, 1, 3, 5, 6}), look.palette["tail"], depth=3.5)


def _body(bird: Bird, pose: Pose) -> skia.Path:
    front, middle, back = bird.girth
    points = [
        pose.along(-0.06, 0),
        pose.along(0.05, back * 0.55),
        pose.along(0.3, middle * 0.82),
        pose.along(0.62, middle),
        pose.along(0.88, front * 0.9),
        pose.along(1.03, front * 0.35),
        pose.along(1.05, -front * 0.3),
        pose.along(0.86, -front * 0.98),
        pose.along(0.58, -middle),
        pose.along(0.28, -middle * 0.86),
        pose.along(0.06, -back * 0.6),
    ]
    path = skia.Path()
    append_outline(path, points)
    wide, slim = bird.neck_girth
    girth = (wide, wide * 0.5 + slim * 0.5, slim, slim)
    path.addPath(tube(pose.neck, girth))
    return path


def _underside(bird: Bird, pose: Pose) -> skia.Path:
    front, middle, _ = bird.girth
    low = [pose.along(at / 5 * 1.1 - 0.02, -middle * 2) for at in range(6)]
    high = [
        pose.along(1.1, -front * 0.1),
        pose.along(0.85, -front + bird.belly),
        pose.along(0.5, -middle + bird.belly),
        pose.along(0.1, -middle * 0.5 + bird.belly * 0.4),
    ]
    return outline([*low, *high])


def _draw_head(pen: Pen, look: Plumage, pose: Pose, stance: Stance, moment: Moment) -> None:
    flip = stance.look if abs(stance.look) > 0.15 else math.copysign(0.15, stance.look)
    x, y = pose.neck[-1]
    with pen.frame(x, y, turn=pose.head, grow=look.bird.head_size), pen.frame(flip=flip):
        draw_kit(pen, heads()[look.bird.head], moment)


def _draw_folded(pen: Pen, look: Plumage, pose: Pose) -> None:
    bird = look.bird
    long = bird.wing.folded / 100
    deep = bird.girth[1]
    points = [
        pose.along(0.9, deep * 0.3),
        pose.along(0.72, deep * 0.72),
        pose.along(0.4, deep * 0.6),
        pose.along(0.9 - long, deep * 0.22),
        pose.along(0.5, -deep * 0.42),
        pose.along(0.78, -deep * 0.34),
    ]
    pen.form(outline(points, {3}), look.palette["wing"], depth=4.0)
    tip = [pose.along(0.46, deep * 0.06), pose.along(0.9 - long, deep * 0.22)]
    tip.append(pose.along(0.5, -deep * 0.42))
    pen.fill(outline(tip, {1}), look.palette["tip"])


def _draw_wing(
    pen: Pen, look: Plumage, pose: Pose, wings: tuple[float, float, float], *, far: bool
) -> None:
    """Project a wing that stretches towards (near) or away from (far) the viewer."""
    wing = look.bird.wing
    lift, hand_lift, reach = wings
    root = pose.along(0.72, look.bird.girth[1] * 0.45)
    side = -_TILT if not far else _TILT * 0.9
    shade = 0.74 if far else 1.0

    def project(ahead: float, out: float, elevation: float) -> Point:
        angle = math.radians(elevation)
        return ahead, out * (math.sin(angle) + side * math.cos(angle))

    arm = project(wing.arm * 0.16, wing.arm * reach, lift)
    wrist = (root[0] + arm[0], root[1] + arm[1])
    fingers = []
    for at in range(wing.fingers):
        share = at / max(1, wing.fingers - 1)
        length = wing.hand * reach * (1 - 0.12 * share)
        back = wing.sweep * wing.hand + share * wing.chord * 1.05
        x, y = project(-back, length * (1 - 0.62 * share), hand_lift)
        fingers.append((wrist[0] + x, wrist[1] + y))
    trail = (root[0] - wing.chord * 0.95, root[1] + arm[1] * 0.12)
    points, corners = [(root[0] + 5, root[1]), wrist], set()
    for at, tip in enumerate(fingers):
        points.append(tip)
        corners.add(len(points) - 1)
        if at < len(fingers) - 1:
            notch = between(between(tip, fingers[at + 1], 0.5), wrist, 0.24)
            points.append(notch)
    points += [between(fingers[-1], trail, 0.55), trail]
    corners.add(len(points) - 1)
    path = outline(points, corners)
    pen.form(path, look.palette["tip"], depth=3.5, shade=shade)
    inner = [points[0], wrist, between(wrist, fingers[0], 0.42)]
    inner += [between(wrist, fingers[-1], 0.62), between(points[0], trail, 0.8)]
    pen.form(outline(inner, {0, 4}), look.palette["wing"], depth=3.0, shade=shade, rim=0.0)
