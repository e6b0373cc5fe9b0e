from __future__ import annotations

from typing import Any

import pytest

from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning import Plan, Shot, Transition


def _plan(*shots: Shot) -> Plan:
    return Plan(brief="a fox", shots=shots, format=Format(), seed=1)


def _shot(frames: int = 48, **values: Any) -> Shot:
    return Shot(prompt="a fox", frames=frames, seed=1, **values)


@pytest.mark.parametrize(
    ("values", "param"),
    [
        ({"prompt": " \n"}, "prompt"),
        ({"frames": 0}, "frames"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"transition_frames": 5}, "transition_frames"),
        ({"transition": Transition.CONTINUE, "transition_frames": 1}, "transition_frames"),
        ({"transition": Transition.CROSSFADE}, "transition_frames"),
        ({"transition": Transition.FADE, "transition_frames": -1}, "transition_frames"),
        ({"transition": Transition.CROSSFADE, "transition_frames": 49}, "transition_frames"),
    ],
)
def test_a_shot_that_cannot_be_is_refused_by_field(values: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        Shot(**{"prompt": "a fox", "frames": 48, "seed": 1, **values})
    assert refused.value.param == param


def test_a_film_lasts_as_long_as_its_segments_less_their_overlaps() -> None:
    plan = _plan(
        _shot(48),
        _shot(48, transition=Transition.CROSSFADE, transition_frames=12),
        _shot(24, transition=Transition.FADE, transition_frames=6),
        _shot(24, transition=Transition.CONTINUE),
    )
    assert plan.frames == 48 + 36 + 24 + 24


@pytest.mark.parametrize("transition", [Transition.CROSSFADE, Transition.CONTINUE])
def test_the_first_shot_follows_nothing(transition: Transition) -> None:
    frames = 6 if transition.takes_time else 0
    with pytest.raises(InvalidRequest) as refused:
        _plan(_shot(transition=transition, transition_frames=frames))
    assert refused.value.param == "shots[0].transition"


def test_a_film_can_open_from_black() -> None:
    assert _plan(_shot(transition=Transition.FADE, transition_frames=12)).frames == 48


def test_two_transitions_cannot_share_a_frame_of_one_shot() -> None:
    middle = _shot(20, transition=Transition.CROSSFADE, transition_frames=12)
    last = _shot(48, transition=Transition.CROSSFADE, transition_frames=12)
    with pytest.raises(InvalidRequest, match="4 frames longer") as refused:
        _plan(_shot(), middle, last)
    assert refused.value.param == "shots[2].transition_frames"


def test_a_plan_has_a_shot() -> None:
    with pytest.raises(InvalidRequest) as refused:
        _plan()
    assert refused.value.param == "shots"


def test_a_plan_has_a_seed_that_engines_take() -> None:
    with pytest.raises(InvalidRequest) as refused:
        Plan(brief="", shots=(_shot(),), format=Format(), seed=2**32)
    assert refused.value.param == "seed"
