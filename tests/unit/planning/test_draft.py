from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.planning.strategies import plans
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning import Plan, Transition, _draft, read_plan, to_document


def _read(text: str, tmp_path: Path, name: str = "film.yaml") -> Plan:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_plan(path, format=Format(640, 360, 24), seed=3)


def _example() -> str:
    """Give the plan that the documentation of the file shows."""
    lines = (_draft.__doc__ or "").split(".. code-block:: yaml\n")[1].splitlines()
    return "\n".join(line[4:] for line in lines)


def test_the_plan_in_the_documentation_is_read(tmp_path: Path) -> None:
    plan = _read(_example(), tmp_path)
    boat, gulls, home = plan.shots
    assert (plan.brief, plan.seed, plan.format) == ("A day at sea", 7, Format(1280, 720, 24))
    assert boat.prompt == "A small red boat leaves the harbour at dawn, watercolor"
    assert (boat.frames, boat.framing) == (96, "wide shot")
    assert (gulls.frames, gulls.camera) == (84, "tilt up")
    assert (gulls.transition, gulls.transition_frames) == (Transition.CROSSFADE, 12)
    assert home.prompt == "The boat comes home under the stars, watercolor"


def test_what_the_file_leaves_out_comes_from_the_caller(tmp_path: Path) -> None:
    plan = _read("shots: [a fox, a bear]", tmp_path)
    assert (plan.format, plan.seed, plan.brief) == (Format(640, 360, 24), 3, "a fox a bear")
    assert [shot.frames for shot in plan.shots] == [96, 96]
    assert plan.shots[0].seed != plan.shots[1].seed


def test_a_shot_that_goes_on_keeps_the_seed_of_the_one_before(tmp_path: Path) -> None:
    plan = _read("shots: [a fox, {prompt: a fox, transition: continue}]", tmp_path)
    assert plan.shots[0].seed == plan.shots[1].seed


def test_a_style_that_a_prompt_says_is_not_said_twice(tmp_path: Path) -> None:
    plan = _read("style: sepia\nshots: [a fox in Sepia.]", tmp_path)
    assert plan.shots[0].prompt == "a fox in Sepia."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(plan=plans())
def test_the_versioned_form_is_read_too(plan: Plan, tmp_path: Path) -> None:
    assert _read(json.dumps(to_document(plan)), tmp_path, "film.json") == plan


@pytest.mark.parametrize(
    ("text", "param", "message"),
    [
        ("shots: []", "shots", "at least one shot"),
        ("titel: x\nshots: [x]", "titel", "did you mean 'title'"),
        ("shots: [{prompt: x, secs: 3}]", "shots[0].secs", "not a known field"),
        ("shots: [x, x, {prompt: x, seconds: 0}]", "shots[2].seconds", "0.041.* to 600"),
        ("shots: [{prompt: x, seconds: 601}]", "shots[0].seconds", "to 600"),
        ("shots: [{prompt: x, seconds: .nan}]", "shots[0].seconds", "number"),
        ("shots: [{prompt: x, seconds: .inf}]", "shots[0].seconds", "number"),
        ("shots: [{prompt: x, seconds: four}]", "shots[0].seconds", "must be a number"),
        ("shots: [{prompt: x, seconds: true}]", "shots[0].seconds", "must be a number"),
        ("shots: [{prompt: x, frames: 9.5}]", "shots[0].frames", "whole number"),
        ("shots: [{prompt: x, frames: 9, seconds: 1}]", "shots[0].seconds", "keep one"),
        ("shots: [{seconds: 3}]", "shots[0].prompt", "is missing"),
        ("shots: [{prompt: ' '}]", "shots[0].prompt", r"^shots\[0\]\.prompt is empty"),
        ("shots: [{prompt: 5}]", "shots[0].prompt", "put it in quotes"),
        (f"shots: [{'x' * 4_001}]", "shots[0].prompt", "limit is 4,000"),
        (f"shots: [{'x, ' * 201}]", "shots", "limit is 200"),
        ('shots: ["a\\0b"]', "shots[0].prompt", "control character"),
        ("shots: [{prompt: x, transition: crossfade}]", "shots[0].transition", "none before"),
        ("shots: [x, {prompt: x, transition: wipe}]", "shots[1].transition", "cut, crossfade"),
        (
            "shots: [x, {prompt: x, transition_seconds: 1}]",
            "shots[1].transition_seconds",
            "no meaning for a cut",
        ),
        (
            "shots: [x, {prompt: x, seconds: 1, transition: fade, transition_seconds: 2}]",
            "shots[1].transition_seconds",
            "1 to 24 frames, not 48",
        ),
        (
            "shots: [{prompt: x, frames: 9}, {prompt: x, transition: fade}]",
            "shots[1].transition_seconds",
            "3 frames longer",
        ),
        ("size: 1280\nshots: [x]", "size", "text"),
        ("size: 1280by720\nshots: [x]", "size", "1280x720"),
        ("size: 1280x721\nshots: [x]", "size", "even"),
        ("fps: 0\nshots: [x]", "fps", "at least 1"),
        ("fps: 61\nshots: [x]", "fps", "1 to 60"),
        ("seed: 4294967296\nshots: [x]", "seed", "4294967295"),
        ("version: 9\nshots: [x]", "version", "newer"),
    ],
)
def test_a_bad_field_is_refused_with_its_path_and_limit(
    text: str, param: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match=message) as refused:
        _read(text, tmp_path)
    assert refused.value.param == param


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_is_a_plan_or_refused(text: str, tmp_path: Path) -> None:
    for start in ("", "shots: ", "shots: [{prompt: a, seconds: "):
        try:
            assert _read(start + text, tmp_path).frames > 0
        except InvalidRequest as error:
            assert error.param
