from __future__ import annotations

import math

import pytest

from ttv.animatic.rigs.biped import motion
from ttv.animatic.rigs.biped._form import drawings, people
from ttv.animatic.rigs.biped._skeleton import ANKLE, LegPose, Pose, solve
from ttv.animatic.rigs.biped._stance import Stance
from ttv.animatic.scene import Action

_ALL = sorted(people())
_DT = 1 / 240


def _pose(noun: str, action: Action, t: float) -> tuple[Stance, Pose]:
    person = people()[noun]
    stance = motion(person, action, 0.3).stance(t)
    return stance, solve(person.build, stance)


def _ball(leg: LegPose, foot: float) -> tuple[float, float]:
    x, y = leg.ankle
    cosine, sine = math.cos(leg.tilt), math.sin(leg.tilt)
    ahead = foot * 0.62
    return x + ahead * cosine + ANKLE * sine, y + ahead * sine - ANKLE * cosine


def _heel(leg: LegPose) -> tuple[float, float]:
    x, y = leg.ankle
    return x + ANKLE * math.sin(leg.tilt), y - ANKLE * math.cos(leg.tilt)


@pytest.mark.parametrize("action", [Action.WALK, Action.RUN])
@pytest.mark.parametrize("noun", _ALL)
def test_standing_feet_move_back_exactly_with_the_ground(noun: str, action: Action) -> None:
    person = people()[noun]
    going = motion(person, action, 0.3)
    for at in range(40):
        t = going.cycle * at / 40
        (before, first), (after, second) = (_pose(noun, action, t + shift) for shift in (0, _DT))
        for leg in (0, 1):
            if not (before.soles[leg].planted and after.soles[leg].planted):
                continue
            rolling = first.legs[leg].tilt <= 0 and second.legs[leg].tilt <= 0
            rocking = first.legs[leg].tilt >= 0 and second.legs[leg].tilt >= 0
            if rolling:
                was = _ball(first.legs[leg], person.build.foot)
                now = _ball(second.legs[leg], person.build.foot)
            elif rocking:
                was, now = _heel(first.legs[leg]), _heel(second.legs[leg])
            else:
                continue
            assert abs((now[0] - was[0]) / _DT + going.speed) < 0.02 * going.speed, (leg, at)


@pytest.mark.parametrize("action", list(Action))
def test_bones_keep_their_lengths(action: Action) -> None:
    for noun in ("man", "girl", "robot"):
        build = people()[noun].build
        for at in range(30):
            _, pose = _pose(noun, action, at * 0.137)
            for leg in pose.legs:
                lengths = (math.dist(leg.hip, leg.knee), math.dist(leg.knee, leg.ankle))
                assert lengths == pytest.approx(build.leg, abs=1e-3)
            for arm in pose.arms:
                lengths = (math.dist(arm.shoulder, arm.elbow), math.dist(arm.elbow, arm.wrist))
                assert lengths == pytest.approx(build.arm, abs=1e-6)


@pytest.mark.parametrize("action", [Action.WALK, Action.RUN, Action.STAND, Action.SIT])
def test_knees_bend_forward(action: Action) -> None:
    for at in range(30):
        _, pose = _pose("man", action, at * 0.05)
        for leg in pose.legs:
            cross = (leg.knee[0] - leg.hip[0]) * (leg.ankle[1] - leg.hip[1])
            cross -= (leg.knee[1] - leg.hip[1]) * (leg.ankle[0] - leg.hip[0])
            assert cross <= 1e-6


def test_a_gait_repeats_after_its_cycle() -> None:
    for action in (Action.WALK, Action.RUN):
        going = motion(people()["man"], action, 0.3)
        _, first = _pose("man", action, 0.21)
        _, again = _pose("man", action, 0.21 + going.cycle)
        for one, other in zip(first.legs, again.legs, strict=True):
            assert one.ankle == pytest.approx(other.ankle)
            assert one.knee == pytest.approx(other.knee)


def test_a_walker_always_has_a_foot_on_the_ground_and_a_runner_not() -> None:
    walk, run = (
        [any(sole.planted for sole in _pose("man", action, at / 100)[0].soles) for at in range(100)]
        for action in (Action.WALK, Action.RUN)
    )
    assert all(walk)
    assert not all(run)


def test_arms_swing_against_the_legs() -> None:
    together = 0
    for at in range(40):
        _, pose = _pose("man", Action.WALK, at / 40)
        legs = pose.legs[0].ankle[0] - pose.legs[1].ankle[0]
        arms = pose.arms[0].wrist[0] - pose.arms[1].wrist[0]
        together += legs * arms > 0
    assert together < 10


def test_every_figure_names_drawings_that_exist() -> None:
    for noun, person in people().items():
        names = {*person.head, *person.behind, *person.worn}
        names |= {name for name in (person.held, person.carried) if name}
        assert names <= set(drawings()), noun
