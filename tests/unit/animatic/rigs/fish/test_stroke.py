from __future__ import annotations

import math

import pytest

from ttv.animatic.rigs.fish._draw import Stroke, arm_spine
from ttv.animatic.rigs.fish._form import swimmers


def test_the_wave_runs_from_head_to_tail_and_grows() -> None:
    shark = swimmers()["shark"]
    reach = {
        x: max(abs(Stroke(shark, at / 40, 1.0).bend(x)) for at in range(40)) for x in (45, 0, -45)
    }
    assert reach[45] < reach[0] < reach[-45]
    crest = {}
    for x in (20, -20):
        bends = [Stroke(shark, at / 40, 1.0).bend(x) for at in range(40)]
        crest[x] = bends.index(max(bends))
    assert 0 < (crest[-20] - crest[20]) % 40 < 20


def test_a_stroke_repeats_after_a_cycle() -> None:
    for swimmer in swimmers().values():
        first, again = Stroke(swimmer, 0.3, 1.0), Stroke(swimmer, 1.3, 1.0)
        assert first.bend(-40) == pytest.approx(again.bend(-40))
        assert first.squeeze == pytest.approx(again.squeeze)


def test_tentacles_keep_their_length() -> None:
    octopus = swimmers()["octopus"]
    for at in range(20):
        for arm in octopus.arms:
            spine = arm_spine(Stroke(octopus, at / 20, 1.0), arm)
            length = sum(math.dist(spine[joint], spine[joint + 1]) for joint in range(7))
            assert length == pytest.approx(arm.length)


def test_a_jellyfish_closes_faster_than_it_opens() -> None:
    bell = swimmers()["jellyfish"]
    squeeze = [Stroke(bell, at / 100, 1.0).squeeze for at in range(100)]
    assert squeeze.index(max(squeeze)) < 50
