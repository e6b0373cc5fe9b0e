"""Paths: smooth outlines, tapered limbs and tubes. Coordinates are y up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import skia

Point = tuple[float, float]


def polar(origin: Point, length: float, angle: float) -> Point:
    """Step from a point by a length in a direction (radians, counter-clockwise)."""
    return origin[0] + length * math.cos(angle), origin[1] + length * math.sin(angle)


def between(first: Point, second: Point, amount: float) -> Point:
    """Give the point at a share of the way."""
    return (
        first[0] + (second[0] - first[0]) * amount,
        first[1] + (second[1] - first[1]) * amount,
    )


def outline(points: Sequence[Point], corners: Iterable[int] = ()) -> skia.Path:
    """Close a smooth curve through the points; those listed in ``corners`` stay sharp."""
    path = skia.Path()
    append_outline(path, points, frozenset(corners))
    return path


def append_outline(
    path: skia.Path, points: Sequence[Point], corners: frozenset[int] = frozenset()
) -> None:
    """Add a closed smooth contour to a path."""
    count = len(points)
    slopes = [
        (0.0, 0.0)
        if at in corners
        else (
            (points[(at + 1) % count][0] - points[at - 1][0]) / 6,
            (points[(at + 1) % count][1] - points[at - 1][1]) / 6,
        )
        for at in range(count)
    ]
    path.moveTo(*points[0])
    for at in range(count):
        follow = (at + 1) % count
        (x0, y0), (x1, y1) = points[at], points[follow]
        (sx0, sy0), (sx1, sy1) = slopes[at], slopes[follow]
        path.cubicTo(x0 + sx0, y0 + sy0, x1 - sx1, y1 - sy1, x1, y1)
    path.close()


def strand(points: Sequence[Point]) -> skia.Path:
    """Run an open smooth curve through the points, to be stroked."""
    path = skia.Path()
    path.moveTo(*points[0])
    last = len(points) - 1
    for at in range(last):
        before, start = points[max(0, at - 1)], points[at]
        end, after = points[at + 1], points[min(last, at + 2)]
        path.cubicTo(
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            end[0],
            end[1],
        )
    return path


def _normals(spine: Sequence[Point]) -> list[Point]:
    last = len(spine) - 1
    normals = []
    for at in range(last + 1):
        (x0, y0), (x1, y1) = spine[max(0, at - 1)], spine[min(last, at + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        normals.append(((y0 - y1) / length, (x1 - x0) / length))
    return normals


def tube(spine: Sequence[Point], radii: Sequence[float], *, rounded: bool = True) -> skia.Path:
    """Wrap a smooth skin of varying half-width round a spine.

    The far end is rounded, or drawn to a point when its radius is 0.
    """
    normals = _normals(spine)
    sides = list(zip(spine, normals, radii, strict=True))
    left = [(x + nx * r, y + ny * r) for (x, y), (nx, ny), r in sides]
    right = [(x - nx * r, y - ny * r) for (x, y), (nx, ny), r in reversed(sides)]
    if rounded and radii[-1] > 0:
        (x, y), (nx, ny), r = sides[-1]
        left.append((x + ny * r, y - nx * r))
    corners = {len(spine) - 1, len(spine)} if radii[-1] == 0 else set()
    return outline([*left, *right], corners)


def append_bone(
    path: skia.Path, start: Point, start_radius: float, end: Point, end_radius: float
) -> None:
    """Add a tapered capsule; capsules that share a joint make one limb (winding fill).

    Skia names directions with y down: its clockwise is counter-clockwise here, as is the hull.
    """
    length = math.dist(start, end)
    path.addCircle(*start, start_radius, skia.PathDirection.kCW)
    path.addCircle(*end, end_radius, skia.PathDirection.kCW)
    if length <= abs(start_radius - end_radius):
        return
    heading = math.atan2(end[1] - start[1], end[0] - start[0])
    spread = math.acos((start_radius - end_radius) / length)
    path.moveTo(*polar(start, start_radius, heading + spread))
    path.lineTo(*polar(start, start_radius, heading - spread))
    path.lineTo(*polar(end, end_radius, heading - spread))
    path.lineTo(*polar(end, end_radius, heading + spread))
    path.close()


def limb(joints: Sequence[Point], radii: Sequence[float]) -> skia.Path:
    """Join tapered bones into one silhouette with round joints."""
    path = skia.Path()
    for at in range(len(joints) - 1):
        append_bone(path, joints[at], radii[at], joints[at + 1], radii[at + 1])
    return path


def disc(centre: Point, across: float, up: float | None = None) -> skia.Path:
    """Make an ellipse from its half-axes."""
    up = across if up is None else up
    x, y = centre
    return skia.Path().addOval(skia.Rect.MakeLTRB(x - across, y - up, x + across, y + up))


def bar(left: float, bottom: float, width: float, height: float, radius: float = 0.0) -> skia.Path:
    """Make a rectangle with rounded corners."""
    rect = skia.Rect.MakeLTRB(left, bottom, left + width, bottom + height)
    return skia.Path().addRoundRect(rect, radius, radius)


def parse_points(text: str) -> tuple[list[Point], frozenset[int]]:
    """Read ``"x,y x,y! ..."``; ``!`` marks a corner."""
    points: list[Point] = []
    corners: set[int] = set()
    for at, word in enumerate(text.split()):
        if word.endswith("!"):
            corners.add(at)
        x, y = word.rstrip("!").split(",")
        points.append((float(x), float(y)))
    return points, frozenset(corners)
