from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.animatic.rigs.conftest import Shot
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


def test_what_spins_turns_about_its_upright_axis() -> None:
    spun = [WAYS[Action.SPIN](vehicles()["car"], at / 8, 0.0) for at in range(32)]
    assert min(course.broad for course in spun) == pytest.approx(-1.0, abs=0.02)
    assert all(course.turn == 0.0 for course in spun)


@pytest.mark.parametrize(("colour", "paints"), [(None, 3), ("red", 1)])
def test_several_cars_have_several_paints_unless_one_is_asked_for(
    colour: str | None, paints: int, shot: Shot
) -> None:
    cars = Subject("car", RigKind.VEHICLE, colour=colour)
    bodies = set()
    for index in range(3):
        picture = shot(thing(cars, rng=random.Random(1), index=index), 0.0)
        shades, counts = np.unique(picture[picture[:, :, 3] == 255], axis=0, return_counts=True)
        bodies.add(tuple(shades[counts.argmax()].tolist()))
    assert len(bodies) == paints
