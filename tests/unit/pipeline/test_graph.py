from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.errors import InvalidRequest
from ttv.generators import Capabilities
from ttv.media import Format
from ttv.pipeline._graph import (
    Join,
    check_lengths,
    opening_steps,
    retaken_steps,
    seams,
    steps,
)
from ttv.pipeline._order import Mode
from ttv.planning import Plan, Shot, Transition

FULL = Capabilities(
    model="full",
    version="1",
    pool="cpu",
    min_seconds=0.5,
    max_seconds=60,
    first_frame=True,
    last_frame=True,
    follows=True,
)
I2V = replace(FULL, model="i2v", last_frame=False)
T2V = replace(I2V, model="t2v", first_frame=False, follows=False)


def plan_of(*transitions: Transition, prompts: str = "") -> Plan:
    shots = [Shot("a fox", 48, 1)]
    for number, transition in enumerate(transitions):
        overlap = 12 if transition in (Transition.CROSSFADE, Transition.FADE) else 0
        prompt = prompts[number : number + 1] or "a fox"
        shots.append(Shot(prompt, 48, 1, transition, overlap))
    return Plan("a fox", tuple(shots), Format(), seed=1)


def joins(plan: Plan, mode: Mode, engine: Capabilities) -> list[Join]:
    return [seam.join for seam in seams(plan, mode, engine)]


def test_cuts_start_on_stills_of_their_own() -> None:
    assert joins(plan_of(Transition.CUT), Mode.AUTO, FULL) == [Join.STILL, Join.STILL]


def test_a_continued_shot_meets_at_one_still_where_the_engine_takes_a_last_frame() -> None:
    assert joins(plan_of(Transition.CONTINUE), Mode.AUTO, FULL) == [Join.STILL, Join.MEET]


def test_a_continued_shot_is_chained_where_the_engine_takes_no_last_frame() -> None:
    assert joins(plan_of(Transition.CONTINUE), Mode.AUTO, I2V) == [Join.STILL, Join.CHAIN]


def test_chaining_joins_cuts_too_but_leaves_fades_alone() -> None:
    plan = plan_of(Transition.CUT, Transition.CROSSFADE)

    assert joins(plan, Mode.CHAINING, FULL) == [Join.STILL, Join.CHAIN, Join.STILL]


def test_an_engine_without_pictures_works_from_words() -> None:
    assert joins(plan_of(Transition.CUT), Mode.AUTO, T2V) == [Join.FREE, Join.FREE]


@pytest.mark.parametrize(
    ("plan", "mode", "engine"),
    [
        (plan_of(Transition.CUT), Mode.KEYFRAME, T2V),
        (plan_of(Transition.CUT), Mode.CHAINING, T2V),
        (plan_of(Transition.CONTINUE), Mode.AUTO, T2V),
        (plan_of(Transition.CONTINUE), Mode.KEYFRAME, I2V),
    ],
)
def test_what_an_engine_cannot_join_is_refused_and_names_the_mode(
    plan: Plan, mode: Mode, engine: Capabilities
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        seams(plan, mode, engine)

    assert caught.value.param == "mode"
    assert engine.model in caught.value.message


def test_a_shot_that_the_engine_cannot_make_is_refused_by_its_number() -> None:
    plan = Plan("a fox", (Shot("a fox", 48, 1), Shot("an owl", 6, 2)), Format(), seed=1)

    with pytest.raises(InvalidRequest, match=r"full makes 0\.5 to 60") as caught:
        check_lengths(plan, FULL)

    assert caught.value.param == "shots[1].seconds"


def test_a_shot_must_have_one_of_the_lengths_that_an_engine_sells() -> None:
    seller = replace(FULL, allowed_seconds=(4.0, 8.0))

    with pytest.raises(InvalidRequest, match="full makes 4 or 8"):
        check_lengths(plan_of(), seller)


def test_the_still_of_a_continued_scene_is_the_last_frame_of_the_stretch_before() -> None:
    plan = plan_of(Transition.CONTINUE, Transition.CONTINUE)

    assert [seam.frame for seam in seams(plan, Mode.AUTO, FULL)] == [0, 47, 95]


def test_a_continued_shot_with_another_prompt_meets_at_the_first_frame_of_the_new_scene() -> None:
    plan = plan_of(Transition.CONTINUE, Transition.CONTINUE, prompts="bb")

    # The second scene starts on its frame 0, which belongs to the shot before it.
    assert [seam.frame for seam in seams(plan, Mode.AUTO, FULL)] == [0, 0, 48]


def test_a_chained_segment_waits_for_the_one_before_and_a_cut_does_not() -> None:
    plan = plan_of(Transition.CONTINUE, Transition.CUT)
    graph = {step.name: step for step in steps(plan, seams(plan, Mode.AUTO, I2V), pool=I2V.pool)}

    assert graph["segment-2"].needs == ("plan", "segment-1")
    assert graph["segment-3"].needs == ("plan", "keyframe-3")


def test_an_output_reads_the_film_and_the_shots_only_where_it_needs_them() -> None:
    plan = plan_of(Transition.CUT)
    rest = steps(plan, seams(plan, Mode.AUTO, FULL), pool="cpu", forms=("clips", "gif"))
    graph = {step.name: step for step in rest}

    assert graph["output-gif"].needs == ("plan", "film")
    assert graph["output-clips"].needs == ("plan", "film", "segment-1", "segment-2")
    assert {"output-gif", "output-clips"} < set(graph["delivery"].needs)
    assert rest[-1] is graph["delivery"]


def test_a_new_take_makes_the_outputs_anew() -> None:
    heads = seams(plan_of(Transition.CUT), Mode.AUTO, FULL)

    made = retaken_steps(2, heads, forms=("gif", "webm"))

    assert made == ("keyframe-2", "segment-2", "film", "output-gif", "output-webm", "delivery")


plans = st.lists(st.sampled_from(list(Transition)), max_size=6).map(lambda t: plan_of(*t))


@given(plans, st.sampled_from(list(Mode)), st.sampled_from([FULL, I2V, T2V]))
def test_every_graph_can_be_run_in_the_order_given(
    plan: Plan, mode: Mode, engine: Capabilities
) -> None:
    try:
        heads = seams(plan, mode, engine)
    except InvalidRequest as refusal:
        assert refusal.param == "mode"
        return

    seen = {step.name for step in opening_steps()}
    for step in steps(plan, heads, pool=engine.pool):
        assert set(step.needs) <= seen
        seen.add(step.name)
    assert {f"segment-{n}" for n in range(1, len(plan.shots) + 1)} <= seen
    assert {"film", "delivery"} <= seen


@given(plans, st.sampled_from([FULL, I2V]))
def test_no_seam_of_a_film_starts_a_scene_on_a_frame_already_shown(
    plan: Plan, engine: Capabilities
) -> None:
    position = 0
    for head, shot in zip(seams(plan, Mode.AUTO, engine), plan.shots, strict=True):
        first = head.frame + 1 if head.join is Join.MEET else 0
        if head.join is Join.MEET and head.frame:
            assert first == position
        position = first + shot.frames
