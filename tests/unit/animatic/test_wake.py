from __future__ import annotations

import math

import numpy as np
import pytest

from ttv.animatic import Action, Camera, Move, RigKind, Scene, Setting, Stage, Subject
from ttv.animatic._wake import LEAP_PACE, Body, arc_of, draw_rings, draw_spray
from ttv.animatic.world import canvas_on
from ttv.media import Format

WHITE = (1.0, 1.0, 1.0)
BODY = Body(100.0, 60.0, 40.0)


def shown(arc: float) -> int:
    pixels = np.zeros((120, 200, 4), np.uint8)
    draw_spray(canvas_on(pixels), BODY, arc, WHITE)
    return int((pixels[:, :, 3] > 0).sum())


def test_spray_flies_just_after_a_body_breaks_the_surface_and_then_rests() -> None:
    surface = -math.asin(4 / 7)
    assert shown(surface - 0.05) == 0
    assert shown(surface + 0.5) > 20
    assert shown(math.pi / 2 + 0.1) == 0
    assert shown(math.pi - surface + 0.5) > 20


def test_a_leap_comes_round_again() -> None:
    assert arc_of(math.tau / LEAP_PACE, 0.25) - arc_of(0.0, 0.25) == pytest.approx(math.tau)


def test_rings_lie_below_the_water_line() -> None:
    pixels = np.zeros((120, 200, 4), np.uint8)
    draw_rings(canvas_on(pixels), BODY, 1.0, WHITE)
    rows = np.nonzero((pixels[:, :, 3] > 60).any(axis=1))[0]
    assert rows.size
    assert rows.min() >= BODY.y - 2


def test_a_calm_lake_mirrors_what_floats_on_it() -> None:
    boat = Subject("sailboat", RigKind.VEHICLE, action=Action.SAIL)
    duck = Subject("duck", RigKind.BIRD, action=Action.SWIM)
    size = Format(320, 180, 12)
    for subject in (boat, duck):
        stage = Stage(Scene(Setting.LAKE, (subject,), camera=Camera(Move.STATIC)), size, seed=3)
        empty = Stage(Scene(Setting.LAKE, camera=Camera(Move.STATIC)), size, seed=3)
        differs = np.abs(stage.frame(5).astype(int) - empty.frame(5).astype(int)).max(axis=2) > 6
        actor = np.kron(stage.ids(5) == 1, np.ones((4, 4), bool))
        lowest = np.nonzero(actor.any(axis=1))[0].max()
        assert differs[lowest + 6 :].sum() > 20
