"""Wings: an arm, a hand and a fringe of fingers, seen a little from above."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from ttv.animatic.rigs._curve import Point, between, outline
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._port import Rgb

#: How far sideways shows as down (near wing) or up (far wing).
_NEAR, _FAR = -0.32, 0.36


@dataclass(frozen=True, slots=True)
class WingShape:
    """A wing of two bones with feathers, or with skin between its fingers."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    arm: float
    hand: float
    chord: float
    #: Feathers or fingers that stand apart at the tip.
    fingers: int = 5
    sweep: float = 0.25
    #: How deep the gaps between the fingers cut in, 0 to 1.
    notch: float = 0.24


@dataclass(frozen=True, slots=True)
class Beat:
    """The wing at an instant: elevation of arm and hand in degrees, and its reach."""

    arm: float
    hand: float
    reach: float = 1.0


def _project(ahead: float, out: float, elevation: float, side: float) -> Point:
    angle = math.radians(elevation)
    return ahead, out * (math.sin(angle) + side * math.cos(angle))


def _tips(shape: WingShape, beat: Beat, wrist: Point, side: float) -> list[Point]:
    tips = []
    for at in range(shape.fingers):
        share = at / max(1, shape.fingers - 1)
        length = shape.hand * beat.reach * (1 - 0.12 * share)
        back = shape.sweep * shape.hand + share * shape.chord * 1.05
        x, y = _project(-back, length * (1 - 0.62 * share), beat.hand, side)
        tips.append((wrist[0] + x, wrist[1] + y))
    return tips


def draw_wing(
    pen: Pen,
    shape: WingShape,
    beat: Beat,
    root: Point,
    *,
    fills: tuple[Rgb, Rgb],
    far: bool,
) -> None:
    """Draw a wing that stretches towards (near) or away from (far) the viewer.

    ``fills`` are those of the coverts over the arm and of the fringe.
    """
    side = _FAR if far else _NEAR
    shade = 0.74 if far else 1.0
    x, y = _project(shape.arm * 0.16, shape.arm * beat.reach, beat.arm, side)
    wrist = (root[0] + x, root[1] + y)
    tips = _tips(shape, beat, wrist, side)
    trail = (root[0] - shape.chord * 0.95, root[1] + y * 0.12)
    points, corners = [(root[0] + 5, root[1]), wrist], set[int]()
    for at, tip in enumerate(tips):
        corners.add(len(points))
        points.append(tip)
        follow = tips[at + 1] if at + 1 < len(tips) else trail
        deep = shape.notch if at + 1 < len(tips) else shape.notch * 0.5
        points.append(between(between(tip, follow, 0.5), wrist, deep))
    corners.add(len(points))
    points.append(trail)
    pen.form(outline(points, corners), fills[1], depth=3.5, shade=shade)
    if shape.notch < 0.2:
        _draw_bones(pen, (root, wrist), tips, fills[0], shade)
        return
    inner = [points[0], wrist, between(wrist, tips[0], 0.42)]
    inner += [between(wrist, tips[-1], 0.62), between(points[0], trail, 0.8)]
    pen.form(outline(inner, {0, 4}), fills[0], depth=3.0, shade=shade, rim=0.0)


def _draw_bones(
    pen: Pen, arm: tuple[Point, Point], tips: list[Point], colour: Rgb, shade: float
) -> None:
    for tip in tips:
        pen.limb((arm[1], tip), (2.4, 0.7), colour, shade=shade, depth=0.0)
    pen.limb(arm, (7.0, 3.0), colour, shade=shade)
