"""Inverse kinematics of limbs with two bones."""

from __future__ import annotations

import math

from ttv.animatic.rigs._curve import Point, polar


def bend(
    root: Point, target: Point, upper: float, lower: float, *, forward: bool
) -> tuple[Point, Point]:
    """Place the middle joint and the end of a two-bone limb that reaches for a target.

    ``forward`` chooses the side the joint points to (+x for a limb that hangs down). Bones
    keep their lengths: a target out of reach is approached as far as the limb goes.
    """
    away = math.dist(root, target)
    reach = min(max(away, abs(upper - lower) + 1e-6), upper + lower - 1e-6)
    heading = math.atan2(target[1] - root[1], target[0] - root[0])
    cosine = (upper * upper + reach * reach - lower * lower) / (2 * upper * reach)
    angle = math.acos(min(1.0, max(-1.0, cosine)))
    joint = polar(root, upper, heading + (angle if forward else -angle))
    return joint, polar(root, reach, heading)
