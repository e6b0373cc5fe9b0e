from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.planning.strategies import plans
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning import VERSION, Plan, Shot, Transition, from_document, to_document

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(plans())
def test_a_plan_comes_back_equal_from_its_json(plan: Plan) -> None:
    assert from_document(json.loads(json.dumps(to_document(plan)))) == plan


def _document() -> dict[str, Any]:
    shots = (Shot("a fox", 48, 1), Shot("a bear", 48, 2, Transition.CROSSFADE, 12))
    return to_document(Plan("a fox and a bear", shots, Format(), 7, cast=("fox",)))


def test_a_newer_version_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="use a newer one") as refused:
        from_document(_document() | {"version": VERSION + 1})
    assert refused.value.param == "version"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        (lambda document: document.pop("version"), "version"),
        (lambda document: document.update(version=True), "version"),
        (lambda document: document.update(seed="7"), "seed"),
        (lambda document: document.update(seed=-7), "seed"),
        (lambda document: document.update(brief=5), "brief"),
        (lambda document: document.update(cast=["fox", 5]), "cast[1]"),
        (lambda document: document.update(shots=[]), "shots"),
        (lambda document: document.update(shots="fox"), "shots"),
        (lambda document: document.update(shots=["fox"]), "shots[0]"),
        (lambda document: document.update(colour="red"), "colour"),
        (lambda document: document["format"].pop("fps"), "format.fps"),
        (lambda document: document["format"].update(width=63), "size"),
        (lambda document: document["shots"][1].pop("prompt"), "shots[1].prompt"),
        (lambda document: document["shots"][1].update(prompt="a\0b"), "shots[1].prompt"),
        (lambda document: document["shots"][1].update(prompt="a\ud800"), "shots[1].prompt"),
        (lambda document: document["shots"][1].update(frames=1.5), "shots[1].frames"),
        (lambda document: document["shots"][1].update(frames=0), "shots[1].frames"),
        (lambda document: document["shots"][1].update(transition="wipe"), "shots[1].transition"),
        (
            lambda document: document["shots"][1].update(transition_frames=400),
            "shots[1].transition_frames",
        ),
        (lambda document: document["shots"][0].update(promt="a"), "shots[0].promt"),
    ],
)
def test_a_bad_field_is_refused_by_its_path(
    change: Callable[[dict[str, Any]], object], param: str
) -> None:
    document = _document()
    change(document)
    with pytest.raises(InvalidRequest) as refused:
        from_document(document)
    assert refused.value.param == param


def test_an_unknown_field_is_answered_with_the_nearest_known_one() -> None:
    document = _document()
    document["shots"][0]["transitoin"] = "cut"
    with pytest.raises(InvalidRequest, match="did you mean 'transition'"):
        from_document(document)


@given(st.dictionaries(st.sampled_from([*_document(), "x"]), _JSON))
def test_any_other_document_is_refused_by_name_or_read(changes: dict[str, Any]) -> None:
    try:
        plan = from_document(_document() | changes)
    except InvalidRequest as error:
        assert error.param
    else:
        assert from_document(to_document(plan)) == plan
