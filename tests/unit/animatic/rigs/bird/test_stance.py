from __future__ import annotations

import pytest

from ttv.animatic.rigs.bird import motion
from ttv.animatic.rigs.bird._draw import solve
from ttv.animatic.rigs.bird._form import birds, heads
from ttv.animatic.scene import Action

_ALL = sorted(birds())
_DT = 1 / 240


@pytest.mark.parametrize("noun", _ALL)
def test_standing_feet_move_back_exactly_with_the_ground(noun: str) -> None:
    kind = birds()[noun]
    for action in (Action.WALK, Action.RUN):
        going = motion(kind, action, 0.3)
        for at in range(30):
            t = going.cycle * at / 30
            stances = [going.stance(t + shift) for shift in (0.0, _DT)]
            poses = [solve(kind, stance) for stance in stances]
            for leg in (0, 1):
                feet = [stance.feet[leg] for stance in stances if stance.feet]
                if any(foot.above > 0 for foot in feet):
                    continue
                slip = (poses[1].legs[leg][2][0] - poses[0].legs[leg][2][0]) / _DT
                assert abs(slip + going.speed) < 0.02 * going.speed


def test_wings_beat_up_and_down_in_flight() -> None:
    going = motion(birds()["crow"], Action.FLY, 0.3)
    lifts = [
        stance.wings.arm
        for at in range(24)
        if (stance := going.stance(going.cycle * at / 24)).wings is not None
    ]
    assert len(lifts) == 24
    assert max(lifts) > 30 > -20 > min(lifts)


def test_a_bird_that_cannot_fly_runs() -> None:
    for noun in ("penguin", "chicken"):
        going = motion(birds()[noun], Action.FLY, 0.3)
        assert going.grounded
        assert going.speed > 0


@pytest.mark.parametrize("noun", _ALL)
def test_a_standing_bird_stays_out_of_the_ground(noun: str) -> None:
    kind = birds()[noun]
    pose = solve(kind, motion(kind, Action.STAND, 0.3).stance(1.0))
    assert pose.rump[1] > 0
    for _, _, toe in pose.legs:
        assert abs(toe[1]) < 6


def test_every_bird_names_a_head_that_exists() -> None:
    assert {kind.head for kind in birds().values()} <= set(heads())
