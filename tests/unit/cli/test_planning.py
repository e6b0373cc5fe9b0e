from __future__ import annotations

import unicodedata
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from ttv.cli._planning import to_yaml
from ttv.media import Format
from ttv.planning import Plan, Shot, Transition, read_plan

_WORDS: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30
).map(lambda text: unicodedata.normalize("NFC", text))
_FORMATS: Final = st.builds(
    Format,
    width=st.integers(32, 960).map(lambda half: 2 * half),
    height=st.integers(32, 540).map(lambda half: 2 * half),
    fps=st.integers(1, 60),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan of a few shots that any transition can join."""
    picture = draw(_FORMATS)
    shots = []
    for number in range(draw(st.integers(1, 4))):
        transition = draw(st.sampled_from(list(Transition))) if number else Transition.CUT
        shots.append(
            Shot(
                prompt=draw(_WORDS),
                frames=draw(st.integers(20, picture.fps * 500 if picture.fps > 1 else 500)),
                seed=draw(st.integers(0, 2**32 - 1)),
                transition=transition,
                transition_frames=draw(st.integers(1, 8)) if transition.takes_time else 0,
                camera=draw(st.none() | _WORDS),
                framing=draw(st.none() | _WORDS),
                first_keyframe=draw(st.none() | _WORDS),
            )
        )
    return Plan(
        brief=draw(_WORDS), shots=tuple(shots), format=picture, seed=draw(st.integers(0, 9))
    )


@settings(deadline=None, max_examples=60)
@given(plan=plans())
def test_the_form_for_people_is_read_back_to_the_same_shots(plan: Plan) -> None:
    with NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(to_yaml(plan))
        file.flush()
        read = read_plan(Path(file.name), format=Format(), seed=0)

    assert read.shots == plan.shots
    assert (read.format, read.seed) == (plan.format, plan.seed)


def test_what_a_plan_leaves_open_is_not_written() -> None:
    plan = Plan(brief="a fox", shots=(Shot("a fox", frames=30, seed=1),), format=Format(), seed=7)

    assert to_yaml(plan) == (
        "title: a fox\nsize: 1280x720\nfps: 24\nseed: 7\n"
        "shots:\n- prompt: a fox\n  seconds: 1.25\n  seed: 1\n"
    )


def test_warnings_stand_above_as_comments() -> None:
    shots = (Shot("a fox", frames=24, seed=1),)
    plan = Plan(
        brief="a fox", shots=shots, format=Format(), seed=7, warnings=("no\nunicorns", "no dragons")
    )

    assert to_yaml(plan).splitlines()[:2] == ["# warning: no unicorns", "# warning: no dragons"]
