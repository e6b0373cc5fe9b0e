from __future__ import annotations

import random

import pytest

from ttv.animatic.rigs.things import thing
from ttv.animatic.rigs.things._course import WAYS
from ttv.animatic.rigs.things._form import objects, vehicles
from ttv.animatic.scene import Action, RigKind, Subject


def test_wheels_cover_as_much_ground_as_the_car() -> None:
    car = vehicles()["car"]
    wheels = [part for part in car.parts if part.move is not None and part.move[0] == "one"]
    assert len(wheels) == 2
    for wheel in wheels:
        tyre = max(part.disc[2] for part in wheel.parts if part.disc is not None)
        channels = [part.turn for part in wheel.parts if part.turn is not None]
        assert channels
        for name, radius, degrees in channels:
            assert name == "travel"
            assert radius == tyre
            assert degrees == pytest.approx(-57.3)


@pytest.mark.parametrize("action", [Action.STAND, Action.SLEEP, Action.LOOK])
def test_a_vehicle_at_rest_goes_nowhere(action: Action) -> None:
    for noun in vehicles():
        subject = Subject(noun, RigKind.VEHICLE, action=action)
        assert thing(subject, rng=random.Random(1), index=0).speed == 0


def test_a_bouncing_ball_touches_the_ground_and_flattens() -> None:
    ball = objects()["ball"]
    course = [WAYS[Action.JUMP](ball, at / 40, 0.0) for at in range(40)]
    lowest = min(course, key=lambda one: one.y)
    highest = max(course, key=lambda one: one.y)
    assert lowest.y == pytest.approx(0.0, abs=4.0)
    assert lowest.tall < 0.9
    assert highest.tall == 1.0
