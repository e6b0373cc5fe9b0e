"""Drawing an animal: one smooth silhouette from rump to throat, limbs, head and coat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import skia

from ttv.animatic.rigs._curve import (
    Point,
    append_outline,
    between,
    limb,
    outline,
    parse_points,
    polar,
    tube,
)
from ttv.animatic.rigs._kit import Moment, draw_kit
from ttv.animatic.rigs._pen import Pen
from ttv.animatic.rigs._port import Rgb
from ttv.animatic.rigs._wing import Beat, draw_wing
from ttv.animatic.rigs.quadruped._form import Head, Leg, Species, heads
from ttv.animatic.rigs.quadruped._skeleton import LegPose, Pose, Spine
from ttv.animatic.rigs.quadruped._stance import Stance

_FAR = 0.68
#: Feet that stay nearly level when lifted.
_BROAD = frozenset({"flat", "pad"})
_FEET: Mapping[str, str] = {
    "paw": "-.7,.2 -.3,1.05 .6,.95 1.6,.35 1.75,-.5 1.5,-1! -.7,-1!",
    "hoof": "-.8,1! .8,1! 1.35,-1! -.85,-1!",
    "pad": "-1,.6 0,.9 1,.6 1.3,-.6 1.25,-1! -1.05,-1! -1.1,-.5",
    "flat": "-1.1,.2 -.4,1 .6,.85 1.6,.2 1.75,-.5 1.5,-1! -1.2,-1! -1.35,-.5",
}


@dataclass(frozen=True, slots=True)
class Coat:
    """A species with its colours fixed."""

    species: Species
    palette: Mapping[str, Rgb]


def draw_animal(pen: Pen, coat: Coat, pose: Pose, stance: Stance, moment: Moment) -> None:
    """Draw back to front."""
    head = heads()[coat.species.head]
    _draw_wing(pen, coat, pose, stance.wings, far=True)
    _draw_far(pen, coat, pose, stance, moment, head)
    if coat.species.tail.fill != "body":
        tail = tube(pose.tail, coat.species.tail.girth)
        pen.form(
            tail, coat.palette[coat.species.tail.fill], depth=max(coat.species.tail.girth) * 0.5
        )
    if coat.species.legs_under:
        _draw_near(pen, coat, pose)
    _draw_body(pen, coat, pose, moment)
    if not coat.species.legs_under:
        _draw_near(pen, coat, pose)
    _draw_wing(pen, coat, pose, stance.wings, far=False)
    _draw_head(pen, coat, pose, stance, moment, head)


def _draw_far(pen: Pen, coat: Coat, pose: Pose, stance: Stance, moment: Moment, head: Head) -> None:
    for index in (0, 2):
        _draw_leg(pen, coat, pose.legs[index], hind=index < 2, far=True)
    x, y = pose.neck[1]
    size = coat.species.head_size
    with pen.frame(x, y, turn=pose.head, grow=size), pen.frame(flip=_flip(stance.look)):
        draw_kit(pen, head.far, moment, shade=0.74)


def _draw_near(pen: Pen, coat: Coat, pose: Pose) -> None:
    for index in (1, 3):
        _draw_leg(pen, coat, pose.legs[index], hind=index < 2, far=False)


def _flip(look: float) -> float:
    return look if abs(look) > 0.15 else math.copysign(0.15, look)


def _draw_leg(pen: Pen, coat: Coat, leg: LegPose, *, hind: bool, far: bool) -> None:
    species, palette = coat.species, coat.palette
    build = species.hind if hind else species.fore
    shade = _FAR if far else 1.0
    fill = palette.get("leg", palette["body"])
    pen.limb(leg.joints, build.girth, fill, shade=shade, depth=0.0 if far else 0.17)
    if species.marks.rings:
        _draw_rings(pen, leg, build, palette["mark"], shade)
    sock = palette.get("sock", fill)
    if species.marks.socks:
        _draw_sock(pen, leg, build, species.marks.socks, sock, shade)
    foot = palette.get("hoof", sock)
    turn = leg.tilt * (0.5 if species.foot in _BROAD else 1.0)
    with pen.frame(*leg.joints[3], turn=turn, grow=build.girth[3]):
        pen.fill(outline(*parse_points(_FEET[species.foot])), foot, shade=shade)


def _draw_sock(pen: Pen, leg: LegPose, build: Leg, share: float, colour: Rgb, shade: float) -> None:
    """Colour the leg from the toe up to a share of the two lower bones."""
    _, knee, ankle, toe = leg.joints
    _, knee_girth, ankle_girth, toe_girth = build.girth
    if share <= 0.5:
        top = between(toe, ankle, share * 2)
        width = toe_girth + (ankle_girth - toe_girth) * share * 2
        path = tube((top, toe), (width * 1.04, toe_girth * 1.05))
    else:
        rest = share * 2 - 1
        top = between(ankle, knee, rest)
        width = ankle_girth + (knee_girth - ankle_girth) * rest
        path = limb((top, ankle, toe), (width * 1.02, ankle_girth * 1.04, toe_girth * 1.05))
    pen.fill(path, colour, shade=shade)


def _draw_rings(pen: Pen, leg: LegPose, build: Leg, colour: Rgb, shade: float) -> None:
    rings = skia.Path()
    for at in range(3):
        start, end = leg.joints[at], leg.joints[at + 1]
        turn = math.atan2(end[1] - start[1], end[0] - start[0])
        for share in (0.35, 0.65, 0.93):
            centre = between(start, end, share)
            girth = build.girth[at] + (build.girth[at + 1] - build.girth[at]) * share
            ends = [polar(centre, side * girth, turn + math.pi / 2) for side in (1.0, -1.0)]
            wide = min(girth, 8.0)
            ahead, back = polar(centre, wide * 0.34, turn), polar(centre, -wide * 0.28, turn)
            append_outline(rings, [ends[0], ahead, ends[1], back], frozenset({0, 2}))
    pen.fill(rings, colour, shade=shade)


def _draw_tail_tip(pen: Pen, coat: Coat, pose: Pose) -> None:
    tail = coat.species.tail
    first = round(tail.tip * (len(tail.girth) - 1))
    with pen.inside(tube(pose.tail, tail.girth)):
        pen.fill(_tip(pose.tail[first:], tail.girth[first:]), coat.palette["tip"])


def _tip(spine: Sequence[Point], girth: Sequence[float]) -> skia.Path:
    """Cover the end of a tail, with a ragged edge of fur."""
    (x0, y0), (x1, y1) = spine[0], spine[1]
    heading = math.atan2(y1 - y0, x1 - x0)
    wide = max(girth) * 1.3
    edge = []
    for at in range(7):
        side = polar((x0, y0), wide * (1 - at / 3), heading + math.pi / 2)
        edge.append(polar(side, wide * (0.45 if at % 2 else -0.05), heading))
    ends = [
        polar(spine[-1], wide * 1.5, heading - 0.8),
        polar(spine[-1], wide * 1.5, heading + 0.8),
    ]
    return skia.Path.Polygon([skia.Point(*point) for point in (*edge, *ends)], isClosed=True)


def silhouette(species: Species, pose: Pose) -> skia.Path:
    """Wrap trunk and neck in one outline."""
    spine, neck, trunk = pose.spine, species.neck, species.trunk
    base, end = pose.neck
    heading = math.atan2(end[1] - base[1], end[0] - base[0])
    side = heading + math.pi / 2
    middle = between(base, end, 0.55)
    wide, slim = neck.girth
    half = slim + (wide - slim) * 0.36
    points = [spine.place(*point) for point in trunk.back]
    points += [polar(middle, half, side), polar(end, slim, side), polar(end, slim * 0.9, heading)]
    points += [polar(end, -slim, side), polar(middle, -half * 1.08, side)]
    points += [spine.place(*point) for point in trunk.belly]
    path = skia.Path()
    append_outline(path, points)
    return path


def _draw_body(pen: Pen, coat: Coat, pose: Pose, moment: Moment) -> None:
    species, palette = coat.species, coat.palette
    if species.back:
        _draw_back(pen, species.back, pose.spine, moment)
    path = silhouette(species, pose)
    whole = skia.Path(path)
    if species.tail.fill == "body":
        whole.addPath(tube(pose.tail, species.tail.girth))
    pen.form(whole, palette["body"], depth=9.0)
    if species.tail.tip < 1.0:
        _draw_tail_tip(pen, coat, pose)
    marks = species.marks
    if marks.belly or marks.patches or marks.stripes:
        with pen.inside(path):
            _draw_marks(pen, coat, pose)


def _draw_back(pen: Pen, name: str, spine: Spine, moment: Moment) -> None:
    x, y = spine.place(0.5, 0.0)
    with pen.frame(x, y, turn=spine.angle):
        draw_kit(pen, heads()[name].near, moment)


def _draw_marks(pen: Pen, coat: Coat, pose: Pose) -> None:
    species, spine, palette = coat.species, pose.spine, coat.palette
    marks = species.marks
    if marks.belly:
        pen.fill(_underside(species, pose, marks.belly), palette["belly"])
    patches = skia.Path()
    for text in marks.patches:
        points, corners = parse_points(text)
        placed = [spine.place(x / 100, y) for x, y in points]
        append_outline(patches, placed, corners)
    for along, wide, low in marks.stripes:
        append_outline(patches, _stripe(spine, along, wide, low))
    if marks.rings:
        _add_neck_rings(patches, pose, species)
    if not patches.isEmpty():
        pen.fill(patches, palette[marks.patch_fill])


def _add_neck_rings(path: skia.Path, pose: Pose, species: Species) -> None:
    base, end = pose.neck
    side = math.atan2(end[1] - base[1], end[0] - base[0]) + math.pi / 2
    wide = species.neck.girth[0]
    for share in (0.1, 0.36, 0.62, 0.88):
        centre = between(base, end, share)
        top, low = polar(centre, wide * 1.1, side), polar(centre, -wide * 0.7, side + 0.35)
        ahead = between(base, end, share + 0.13)
        append_outline(path, [top, low, polar(ahead, wide * 1.1, side)], frozenset({1}))


def _stripe(spine: Spine, along: float, wide: float, low: float) -> list[Point]:
    return [
        spine.place(along - wide, 30),
        spine.place(along - wide * 0.9, 0),
        spine.place(along - 0.03, -low),
        spine.place(along + wide * 0.7, 0),
        spine.place(along + wide, 30),
    ]


def _underside(species: Species, pose: Pose, depth: float) -> skia.Path:
    """Follow belly, breast and throat at a depth into the body."""
    spine, (base, end) = pose.spine, pose.neck
    side = math.atan2(end[1] - base[1], end[0] - base[0]) + math.pi / 2
    slim, wide = species.neck.girth[1], species.neck.girth[0]
    outer = [polar(end, -slim * 2, side), polar(between(base, end, 0.4), -wide * 2, side)]
    inner = [polar(end, -slim * 0.25, side), polar(between(base, end, 0.4), -wide * 0.3, side)]
    for along, above in species.trunk.belly:
        outer.append(spine.place(along + (0.1 if along > 0.9 else 0.0), above - 14))
        inner.append(spine.place(along - (0.12 if along > 0.95 else 0.0), above + depth))
    return outline([*outer, *reversed(inner)])


def _draw_head(
    pen: Pen, coat: Coat, pose: Pose, stance: Stance, moment: Moment, head: Head
) -> None:
    x, y = pose.neck[1]
    species = coat.species
    if species.mane:
        _draw_mane(pen, species.mane, pose, moment)
    with (
        pen.frame(x, y, turn=pose.head, grow=species.head_size),
        pen.frame(flip=_flip(stance.look)),
    ):
        draw_kit(pen, head.near, moment)


def _draw_mane(pen: Pen, name: str, pose: Pose, moment: Moment) -> None:
    (x0, y0), (x1, y1) = pose.neck
    turn = math.atan2(y1 - y0, x1 - x0)
    with pen.frame(x0, y0, turn=turn, grow=math.dist(pose.neck[0], pose.neck[1]) / 40):
        draw_kit(pen, heads()[name].near, moment)


def _draw_wing(pen: Pen, coat: Coat, pose: Pose, beat: Beat, *, far: bool) -> None:
    wings = coat.species.wings
    if wings is None:
        return
    root = pose.spine.place(0.8, 7)
    fills = (coat.palette["wing"], coat.palette["membrane"])
    draw_wing(pen, wings, beat, root, fills=fills, far=far)
