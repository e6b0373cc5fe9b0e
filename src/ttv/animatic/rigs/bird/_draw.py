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
from ttv.animatic.rigs._wing import Beat, draw_wing
from ttv.animatic.rigs.bird._form import Bird, heads
from ttv.animatic.rigs.bird._stance import Foot, Stance


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
    height = 0.0 if free else _height(bird, stance)
    centre = (0.0, height + stance.rise)
    rump, breast = polar(centre, -50, pitch), polar(centre, 50, pitch)
    legs = tuple(
        _leg(bird, centre, foot, far=far)
        for foot, far in zip(stance.feet or (), (True, False), strict=False)
    )
    neck, head = _neck(bird, stance, rump, breast, pitch)
    return Pose(rump, breast, neck, head, legs)


def _height(bird: Bird, stance: Stance) -> float:
    """Give the height of the body's middle: on its legs, its belly or the water."""
    if stance.afloat:
        return bird.girth[1] * 0.5
    upright = math.sin(math.radians(bird.upright))
    clear = 50 * upright + bird.girth[2] * 0.4
    if stance.feet is None:
        return max(clear, bird.girth[1] * 0.92)
    return max(clear, sum(bird.leg) * 0.86 + 10 * upright + bird.girth[1] * 0.45)


def _leg(bird: Bird, centre: Point, foot: Foot, *, far: bool) -> tuple[Point, Point, Point]:
    """Stand on the toes; the hip sits where the legs can carry the body."""
    upright = math.radians(bird.upright)
    rest = _height(bird, Stance())
    low = sum(bird.leg) * 0.86 + bird.girth[1] * 0.45 * math.cos(upright) - rest
    along = max(-46.0, min(-10.0, low / max(0.3, math.sin(upright))))
    x = along * math.cos(upright) + (2.0 if far else 0.0)
    drop = rest + along * math.sin(upright) - bird.girth[1] * 0.45 * math.cos(upright)
    hip = (x + centre[0], drop + centre[1] - rest)
    toe = (x * 0.9 + foot.ahead, 1.2 + foot.above + far * 1.5)
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
    if stance.feet is not None and math.sin(angle) < 0:
        angle = math.pi + math.asin(min(1.0, -math.sin(angle), max(0.0, y - 2 - wide) / length))
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


def _draw_wing(pen: Pen, look: Plumage, pose: Pose, beat: Beat, *, far: bool) -> None:
    root = pose.along(0.72, look.bird.girth[1] * 0.45)
    fills = (look.palette["wing"], look.palette["tip"])
    draw_wing(pen, look.bird.wing.shape, beat, root, fills=fills, far=far)
