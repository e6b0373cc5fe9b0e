from __future__ import annotations

import math

import pytest

from ttv.animatic.rigs.quadruped._form import gaits, species
from ttv.animatic.rigs.quadruped._motion import motion
from ttv.animatic.rigs.quadruped._pace import pace
from ttv.animatic.rigs.quadruped._skeleton import Pose, floors, solve
from ttv.animatic.rigs.quadruped._stance import Stance
from ttv.animatic.scene import Action

_GOING = (Action.WALK, Action.RUN, Action.JUMP)
_ALL = sorted(species())
_DT = 1 / 240


def _pose(noun: str, action: Action, t: float) -> tuple[Stance, Pose]:
    stance = motion(noun, action, 0.3).stance(t)
    return stance, solve(species()[noun], stance, t)


@pytest.mark.parametrize("action", _GOING)
@pytest.mark.parametrize("noun", _ALL)
def test_standing_feet_move_back_exactly_with_the_ground(noun: str, action: Action) -> None:
    going = motion(noun, action, 0.3)
    for at in range(40):
        t = going.cycle * at / 40
        (before, first), (after, second) = (_pose(noun, action, t + shift) for shift in (0, _DT))
        for leg in range(4):
            if not (before.steps[leg].planted and after.steps[leg].planted):
                continue
            was, now = first.legs[leg].joints[3], second.legs[leg].joints[3]
            slip = (now[0] - was[0]) / _DT + going.speed
            assert abs(slip) < 0.02 * going.speed, (leg, at)
            assert abs(now[1] - was[1]) < 0.2


@pytest.mark.parametrize("action", list(Action))
def test_bones_keep_their_lengths(action: Action) -> None:
    for noun in ("fox", "horse", "elephant", "rabbit"):
        kind = species()[noun]
        for at in range(30):
            _, pose = _pose(noun, action, at * 0.137)
            for leg in range(4):
                bones = (kind.hind if leg < 2 else kind.fore).bones
                joints = pose.legs[leg].joints
                lengths = [math.dist(joints[bone], joints[bone + 1]) for bone in range(3)]
                assert lengths == pytest.approx(bones, abs=1e-3)


@pytest.mark.parametrize("noun", _ALL)
def test_hocks_point_back_and_stifles_ahead(noun: str) -> None:
    _, pose = _pose(noun, Action.STAND, 1.0)
    for leg in (0, 1):
        hip, knee, hock, toe = pose.legs[leg].joints
        along = (knee[1] - hip[1]) / (hock[1] - hip[1])
        assert knee[0] > hip[0] + (hock[0] - hip[0]) * along
        assert hock[0] < knee[0]
        assert hock[1] > toe[1]


@pytest.mark.parametrize("noun", _ALL)
def test_a_gait_repeats_after_its_cycle(noun: str) -> None:
    for action in _GOING:
        going = motion(noun, action, 0.3)
        _, first = _pose(noun, action, 0.21)
        _, again = _pose(noun, action, 0.21 + going.cycle)
        for leg in range(4):
            for one, other in zip(first.legs[leg].joints, again.legs[leg].joints, strict=True):
                assert one == pytest.approx(other, abs=1e-6)


def test_a_walk_always_has_two_feet_on_the_ground() -> None:
    for at in range(60):
        stance, _ = _pose("fox", Action.WALK, at / 60)
        assert sum(step.planted for step in stance.steps) >= 2


def test_a_gallop_leaves_the_ground_twice_a_cycle() -> None:
    cycle = motion("fox", Action.RUN, 0.3).cycle
    airborne = [
        not any(step.planted for step in _pose("fox", Action.RUN, cycle * at / 200)[0].steps)
        for at in range(200)
    ]
    assert sum(airborne[at] and not airborne[at - 1] for at in range(200)) == 2


def test_a_walk_steps_hind_fore_hind_fore() -> None:
    far_hind, near_hind, far_fore, near_fore = gaits()["walk"].offsets
    assert near_hind < near_fore < far_hind < far_fore


@pytest.mark.parametrize("noun", _ALL)
def test_a_sleeper_lies_on_the_ground_not_in_it(noun: str) -> None:
    kind = species()[noun]
    _, pose = _pose(noun, Action.SLEEP, 0.9)
    lowest = min(pose.spine.place(*point)[1] for point in kind.trunk.belly)
    assert -4.0 < lowest < 25.0
    assert all(room > 0 for room in floors(kind))


def test_runs_are_faster_than_walks() -> None:
    for noun, kind in species().items():
        assert pace(noun, kind.run).speed > 1.3 * pace(noun, kind.walk).speed, noun


def test_a_grazer_brings_its_mouth_to_the_ground() -> None:
    for noun in ("horse", "cow", "giraffe", "sheep", "deer"):
        kind = species()[noun]
        stance, pose = _pose(noun, Action.EAT, 0.4)
        assert stance.graze > 0.5
        x, y = (value * kind.head_size for value in kind.mouth)
        mouth = pose.neck[1][1] + x * math.sin(pose.head) + y * math.cos(pose.head)
        assert mouth < 0.3 * (kind.trunk.withers + kind.neck.length)
