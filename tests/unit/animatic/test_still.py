from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ttv.animatic import Camera, Move
from ttv.animatic import Still as Filmed
from ttv.media import Format, Pixels

FORMAT = Format(320, 180, 24)
MOVES = [move for move in Move if move not in {Move.ZOOM_OUT, Move.DOLLY_OUT}]


def chart() -> Pixels:
    """Give a picture that tells where each of its parts is: blue to the right, green down."""
    picture = np.full((FORMAT.height, FORMAT.width, 4), 255, np.uint8)
    picture[..., 0] = np.linspace(0, 255, FORMAT.width)
    picture[..., 1] = np.linspace(0, 255, FORMAT.height)[:, None]
    picture[..., 2] = 60
    return picture


def film(move: Move, number: int, *, speed: float = 1.0) -> Pixels:
    return Filmed(chart(), Camera(move, speed=speed), FORMAT).frame(number)


@pytest.mark.parametrize("move", MOVES)
def test_a_filmed_picture_begins_with_itself(move: Move) -> None:
    assert np.abs(film(move, 0).astype(int) - chart()).max() <= 1


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("number", [1, 30, 240, 1440])
def test_the_camera_never_leaves_the_picture(move: Move, number: int) -> None:
    assert film(move, number, speed=1.8)[..., 2:].min(axis=(0, 1)).tolist() == [60, 255]


@pytest.mark.parametrize("move", list(Move))
def test_the_camera_always_moves_and_never_jumps(move: Move) -> None:
    # It starts softly: the first frames of the slowest move are too alike to tell apart here.
    frames = [film(move, number).astype(int) for number in range(8, 80, 8)]
    steps = [np.abs(b - a).mean() for a, b in pairwise(frames)]

    assert min(steps) > 0.01
    assert max(steps) < 6


@pytest.mark.parametrize(
    ("move", "channel", "grows"),
    [
        (Move.PAN_RIGHT, 0, True),
        (Move.PAN_LEFT, 0, False),
        (Move.TILT_DOWN, 1, True),
        (Move.TILT_UP, 1, False),
    ],
)
def test_the_camera_goes_where_it_is_told(move: Move, channel: int, *, grows: bool) -> None:
    first, last = (film(move, number)[..., channel].mean() for number in (0, 96))

    assert (last > first + 5) if grows else (last < first - 5)


@pytest.mark.parametrize(("move", "nearer"), [(Move.ZOOM_IN, True), (Move.ZOOM_OUT, False)])
def test_the_camera_goes_nearer_or_away(move: Move, *, nearer: bool) -> None:
    first, last = (float(np.ptp(film(move, number)[..., 0])) for number in (0, 96))

    assert (last < first - 10) if nearer else (last > first + 10)
