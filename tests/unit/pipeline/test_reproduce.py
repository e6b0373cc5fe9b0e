from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.api.works import ENGINES, PLAN, Engine, works
from ttv.artifacts import Artifact, Store
from ttv.errors import InvalidRequest
from ttv.generators import Generator
from ttv.media import Format
from ttv.pipeline import Commission, Limits, NotReproducible, Order, Pipeline, Result, Take
from ttv.pipeline._graph import seams
from ttv.pipeline._makers import makers
from ttv.pipeline._manifest import manifest
from ttv.pipeline._reproduce import compared
from ttv.pipeline._take import retaken
from ttv.planning import to_document

LIMITS: Final = Limits(4_000, 600)
SHA: Final = "c" * 64
ORDER: Final = Order(prompt="a fox; a den", format=PLAN.format, seed=7)
RETAKEN: Final = replace(ORDER, takes=(Take(2, 1, prompt="a deep den", seed=5),))


def pipeline() -> Pipeline:
    return works(cast(Store, None))


def told(order: Order = ORDER) -> dict[str, Any]:
    """Write the manifest of a film."""
    here = pipeline()
    film = Artifact("steps/film/x/film.mp4", 10, SHA, "video/mp4")
    engine = ENGINES[order.generator].capabilities()
    document = manifest(
        Commission("films/a"),
        order,
        retaken(PLAN, order.takes),
        seams(PLAN, order.mode, engine),
        {"film": Result("f" * 64, {"film": film})},
        files={"film": film},
        first=PLAN,
        made_with=makers(here._tools(order)),
    )
    read: dict[str, Any] = json.loads(json.dumps(document))
    return read


def reasons(document: Mapping[str, Any], here: Pipeline | None = None) -> dict[str, str]:
    again = (here or pipeline()).reproduced(document, LIMITS)
    return {one.param: one.message for one in again.differences}


def test_what_was_made_from_a_prompt_is_made_from_its_own_plan() -> None:
    again = pipeline().reproduced(told(), LIMITS)

    assert again.differences == ()
    assert again.allowing(differences=False) == replace(
        ORDER, prompt=None, plan=PLAN, reproduces=SHA
    )


def test_shots_that_were_made_anew_are_made_so_again_from_the_plan_before() -> None:
    again = pipeline().reproduced(told(RETAKEN), LIMITS)

    assert again.order == replace(RETAKEN, prompt=None, plan=PLAN, reproduces=SHA)
    assert again.differences == ()


def test_what_is_reproduced_can_be_reproduced() -> None:
    order = pipeline().reproduced(told(RETAKEN), LIMITS).order

    assert pipeline().reproduced(told(order), LIMITS).order == order


def test_an_order_that_reproduces_is_kept_with_a_job() -> None:
    order = replace(ORDER, reproduces=SHA, differences=("the engine is another",))

    assert Order.from_json(json.loads(json.dumps(order.to_json()))) == order
    assert ORDER.to_json().keys() == Order(prompt="a").to_json().keys()
    assert "reproduces" not in ORDER.to_json()


@pytest.mark.parametrize("name", ["painter", "generator", "assembly", "libraries"])
def test_what_was_made_with_another_version_is_named(name: str) -> None:
    document = told()
    document["made_with"][name] += ".1"

    assert list(reasons(document)) == [f"made_with.{name}"]
    del document["made_with"][name]
    assert "may have been another" in reasons(document)[f"made_with.{name}"]


def test_another_version_of_ttv_is_named() -> None:
    assert list(reasons(told() | {"ttv": "0.0.1"})) == ["ttv"]


def test_another_version_of_the_planner_changes_nothing() -> None:
    document = told()
    document["made_with"]["planner"] += ".1"
    document["order"]["planner"] = "elsewhere"

    assert reasons(document) == {}
    assert pipeline().reproduced(document, LIMITS).order.planner == "builtin"


def test_a_manifest_that_tells_no_versions_may_be_of_any() -> None:
    document = told(RETAKEN)
    del document["made_with"], document["planned"]

    assert reasons(document).keys() == {
        "planned",
        *(f"made_with.{name}" for name in ("painter", "generator", "assembly", "libraries")),
    }


def test_an_engine_that_is_paid_is_named() -> None:
    assert reasons(told(replace(ORDER, generator="dear"))) == {
        "order.generator": "dear-1 is paid for every clip anew"
    }


def test_an_engine_without_seeds_is_named() -> None:
    class Moody(Engine):
        def capabilities(self) -> Any:
            return replace(super().capabilities(), seed=False)

    moody = cast(Generator, Moody("slate"))
    here = replace(pipeline(), generators={"animatic": moody})

    assert reasons(told(), here) == {"order.generator": "slate-1 makes another clip every time"}


def test_back_ends_that_are_not_here_are_named_and_cannot_be_allowed() -> None:
    document = told()
    document["order"] |= {"generator": "sora", "painter": "brush"}

    again = pipeline().reproduced(document, LIMITS)

    assert [one.param for one in again.differences] == ["order.painter", "order.generator"]
    with pytest.raises(InvalidRequest):
        pipeline().check(again.allowing(differences=True))


def test_seams_that_would_be_others_are_named() -> None:
    document = told()
    document["seams"][1]["join"] = "chain"

    assert list(reasons(document)) == ["seams"]


def test_a_field_of_the_order_that_is_not_known_is_named_if_it_says_something() -> None:
    document = told()
    document["order"]["score"] = None
    assert reasons(document) == {}
    document["order"]["score"] = "a waltz"
    assert list(reasons(document)) == ["order.score"]


def test_a_manifest_full_of_fields_that_are_not_known_is_told_of_a_few() -> None:
    document = told()
    document["order"] |= {f"field_{number}": 1 for number in range(10_000)}
    assert 1 < len(reasons(document)) < 10


def test_differences_are_refused_one_by_one_or_told_as_warnings() -> None:
    document = told() | {"ttv": "0.0.1"}
    document["made_with"]["assembly"] = "0"
    again = pipeline().reproduced(document, LIMITS)

    with pytest.raises(NotReproducible) as caught:
        again.allowing(differences=False)

    assert [one.param for one in caught.value.differences] == ["made_with.assembly", "ttv"]
    assert len(again.allowing(differences=True).differences) == 2


def test_a_film_is_compared_with_the_one_that_it_makes_again() -> None:
    film = Result("a", {"film": Artifact("film.mp4", 1, SHA, "video/mp4")}, ("dark",), {"fps": 1})

    assert compared(ORDER, film) is film
    assert compared(replace(ORDER, reproduces=SHA), film).facts == {"fps": 1, "reproduced": True}
    other = compared(replace(ORDER, reproduces="d" * 64), film)
    assert other.facts == {"fps": 1}
    assert other.warnings[0] == "dark"
    assert "not, byte by byte" in other.warnings[1]


def test_a_shot_that_is_made_anew_of_a_film_that_was_made_again_is_compared_no_more() -> None:
    again = pipeline().reproduced(told(), LIMITS).order

    assert again.retaken(1).reproduces is None


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"version": 2}, "version"),
        ({"version": "1"}, "version"),
        ({"order": []}, "order"),
        ({"plan": None, "order": {}}, "order.prompt"),
        ({"seams": [{"join": 1}]}, "seams.0.join"),
        ({"steps": {"film": {"files": {"film": {"sha256": "../../etc/passwd"}}}}}, "steps.film"),
        ({"made_with": {"painter": 1}}, "made_with.painter"),
        ({"planned": {"version": 1}}, "planned.format"),
        ({"planned": to_document(replace(PLAN, brief="a" * 4_001))}, "planned"),
        ({"planned": to_document(replace(PLAN, shots=PLAN.shots * 200))}, "planned"),
        (
            {"planned": to_document(replace(PLAN, shots=(replace(PLAN.shots[0], frames=6_000),)))},
            "plan.shots[0].seconds",
        ),
        (
            {"planned": to_document(replace(PLAN, format=Format(4096, 4096, 24)))},
            "plan.shots[0].size",
        ),
    ],
)
def test_what_is_no_manifest_or_asks_too_much_is_refused_by_field(
    change: Mapping[str, Any], param: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        pipeline().reproduced({**told(), **change}, LIMITS)

    assert (caught.value.param or "").startswith(param)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"mode": "backwards"},
        {"takes": [{"shot": 9, "number": 1}]},
        {"takes": [{"shot": 0, "number": 1}]},
        {"takes": [{"shot": 1, "number": 1}] * 2},
        {"takes": [{"shot": 1, "number": 1, "seed": 2**40}]},
        {"takes": [{"shot": 1, "number": 1, "prompt": " "}]},
        {"takes": [{"shot": 1, "number": 1, "prompt": "a" * 4_001}]},
        {"generator": "../disk"},
        {"outputs": ["tape"]},
    ],
)
def test_an_order_that_nobody_could_give_is_refused(change: Mapping[str, Any]) -> None:
    document = told()
    document["order"] |= change

    with pytest.raises(InvalidRequest):
        pipeline().reproduced(document, LIMITS)


DOCUMENT: Final = told(RETAKEN)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["films/a", "../..", "c" * 64, "animatic", "auto"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)  # the machine may be busy
@given(st.data())
def test_a_manifest_that_was_tampered_with_is_read_or_refused(data: st.DataObject) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and data.draw(st.booleans()):
                place = place[key]
                continue
            if data.draw(st.booleans()):
                place[key] = data.draw(JSON)
            else:
                del place[key]
            break

    try:
        again = pipeline().reproduced(document, LIMITS)
    except InvalidRequest as refusal:
        assert refusal.message
        assert refusal.param
    else:
        assert Order.from_json(json.loads(json.dumps(again.order.to_json()))) == again.order


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(DOCUMENT)), JSON))
def test_whatever_somebody_sends_is_refused_with_a_sentence(document: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        pipeline().reproduced(document, LIMITS)
