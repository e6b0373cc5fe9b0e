from __future__ import annotations

import pytest

from ttv.animatic.rigs._curve import (
    bar,
    between,
    disc,
    limb,
    outline,
    parse_points,
    polar,
    strand,
    tube,
)


def test_points_are_read_with_their_corners() -> None:
    points, corners = parse_points("0,1 2.5,-3! 4,5")
    assert points == [(0, 1), (2.5, -3), (4, 5)]
    assert corners == {1}


def test_an_outline_passes_through_its_points() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    path = outline(points)
    assert path.contains(5, 5)
    assert not path.contains(15, 5)
    bounds = outline(points, corners=range(4)).computeTightBounds()
    assert (bounds.left(), bounds.right()) == (0, 10)


def test_a_limb_is_solid_at_its_joints() -> None:
    path = limb([(0, 0), (20, -40), (10, -90)], [12, 7, 4])
    for point in ((0, 0), (20, -40), (10, -90), (10, -20), (15, -65)):
        assert path.contains(*point)
    assert not path.contains(30, -70)


def test_a_tube_ends_in_a_point_where_its_radius_is_nothing() -> None:
    path = tube([(0, 0), (10, 0), (20, 0)], [3, 3, 0])
    assert path.contains(10, 2)
    assert path.computeTightBounds().right() == pytest.approx(20, abs=0.01)


def test_plain_shapes_have_their_sizes() -> None:
    bounds = disc((1, 2), 3, 4).getBounds()
    assert (bounds.left(), bounds.top()) == (-2, -2)
    assert bar(0, 0, 4, 2, 1).getBounds().width() == 4
    assert strand([(0, 0), (1, 1), (2, 0)]).getBounds().width() == 2


def test_steps_follow_the_angle() -> None:
    assert polar((1, 1), 2, 0) == (3, 1)
    assert between((0, 0), (4, 8), 0.25) == (1, 2)
