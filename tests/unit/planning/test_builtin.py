from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.planning.strategies import LIMITS
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning import Brief, Plan, ShotLimits, Transition, from_document, to_document
from ttv.planning.builtin import build

_BRIEFS = st.lists(
    st.sampled_from(
        [
            "a red fox runs through a forest",
            "it stops",
            "then sleeps",
            "two horses gallop",
            "they drink",
            "slow zoom in",
            "style: watercolor",
            "fade to a beach",
            "dissolve to the moon",
            "zorps dance",
            "no people",
            "Dr. Smith waves",
            "1.",
            "-",
        ]
    ),
    min_size=1,
    max_size=12,
).flatmap(lambda parts: st.sampled_from([". ", ", ", "\n", "; "]).map(lambda gap: gap.join(parts)))


def _plan(prompt: str, *, frames: int | None = None, limits: ShotLimits | None = None) -> Plan:
    brief = Brief(prompt, Format(1280, 720, 24), 7, frames)
    return asyncio.run(build({}).plan(brief, limits or ShotLimits(12, 240)))


@given(
    st.one_of(_BRIEFS, st.text(min_size=1, max_size=120).filter(lambda text: bool(text.strip()))),
    LIMITS,
    st.none() | st.integers(1, 1_500),
)
def test_any_brief_gives_an_exact_plan_of_legal_shots_or_is_refused(
    prompt: str, limits: ShotLimits, frames: int | None
) -> None:
    try:
        plan = _plan(prompt, frames=frames, limits=limits)
    except InvalidRequest as error:
        assert (error.param, frames is None) == ("seconds", False)
        return
    assert frames in (None, plan.frames)
    assert all(limits.allow(shot.frames) for shot in plan.shots)
    assert _plan(prompt, frames=frames, limits=limits) == plan


@given(_BRIEFS)
def test_a_plan_survives_its_json_form(prompt: str) -> None:
    plan = _plan(prompt)
    assert from_document(to_document(plan)) == plan


@pytest.mark.parametrize(
    "prompt",
    [
        "a red fox runs through a snowy forest at night",
        "two white horses gallop across a green meadow at sunset, camera pans left",
        "A fox runs. Slow zoom in. Cinematic, 4k.",
    ],
)
def test_one_sentence_is_one_shot_in_its_own_words(prompt: str) -> None:
    plan = _plan(prompt)
    (shot,) = plan.shots
    assert (shot.prompt, shot.framing, plan.frames) == (prompt, None, 120)


def test_a_longer_brief_takes_about_four_seconds_a_beat() -> None:
    plan = _plan("A fox wakes up. It runs. It sleeps.")
    assert (len(plan.shots), plan.frames) == (3, 288)


def test_framing_changes_from_shot_to_shot() -> None:
    plan = _plan("A fox runs. Medium shot of a bear. A cat sleeps. A dog runs. A pig eats.")
    framings = [shot.framing or "medium shot" for shot in plan.shots]
    assert plan.shots[1].framing is None
    assert all(before != after for before, after in pairwise(framings))


def test_a_long_beat_goes_on_without_a_cut() -> None:
    plan = _plan("a fox runs", frames=600)
    assert [shot.transition for shot in plan.shots] == [
        Transition.CUT,
        Transition.CONTINUE,
        Transition.CONTINUE,
    ]
    assert len({(shot.prompt, shot.seed, shot.framing) for shot in plan.shots}) == 1


def test_soft_cuts_of_the_brief_are_in_the_plan() -> None:
    plan = _plan("A fox runs. Dissolve to a bear. Fade to a cat.", frames=240)
    assert [(shot.transition, shot.transition_frames) for shot in plan.shots] == [
        (Transition.CUT, 0),
        (Transition.CROSSFADE, 6),
        (Transition.FADE, 6),
    ]


def test_a_fade_at_the_end_is_reported() -> None:
    assert "no fade follows" in _plan("A fox runs. A bear sleeps. Fade to black.").warnings[0]


def test_words_about_filming_stay_with_their_shot() -> None:
    first, second = _plan("A fox runs. Slow zoom in. A bear sleeps.").shots
    assert first.prompt == "A fox runs. Slow zoom in."
    assert second.prompt == "A bear sleeps."


def test_a_plan_names_its_look_and_its_cast() -> None:
    plan = _plan("A red fox runs. It meets a bear. The fox sleeps. Style: watercolor.")
    assert (plan.style, plan.cast) == ("watercolor", ("fox",))


def test_there_are_no_options() -> None:
    with pytest.raises(InvalidRequest) as refused:
        build({"model": "x"})
    assert refused.value.param == "planners.model"
