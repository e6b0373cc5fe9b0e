from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.pipeline import Order, Take
from ttv.pipeline._take import retaken
from ttv.planning import Plan, Shot

FOX = Shot("a fox", 48, 1, first_keyframe="a fox sleeps")
PLAN = Plan("a day", (FOX, Shot("an owl", 48, 2)), Format(), seed=7)
ORDER = Order(prompt="a day", seed=7)


def test_an_order_that_was_never_retaken_is_written_as_it_always_was() -> None:
    assert "takes" not in ORDER.to_json()
    assert ORDER.retaken(1).as_planned == ORDER


def test_takes_survive_the_json_form() -> None:
    order = ORDER.retaken(2, prompt="a barn owl").retaken(1, seed=9)

    assert Order.from_json(json.loads(json.dumps(order.to_json()))) == order
    assert [take.shot for take in order.takes] == [1, 2]


def test_another_take_has_another_seed_and_the_same_order_gives_the_same() -> None:
    first, again = ORDER.retaken(1), ORDER.retaken(1)
    second = first.retaken(1)

    assert first == again
    assert [order.takes[0].number for order in (first, second)] == [1, 2]
    assert first.takes[0].seed != second.takes[0].seed


def test_what_is_not_given_stays_as_the_take_before_had_it() -> None:
    order = ORDER.retaken(1, prompt="a red fox", seed=5)

    assert order.retaken(1, seed=6).takes == (Take(1, 2, "a red fox", 6),)
    assert order.retaken(1, prompt="a grey fox").takes == (Take(1, 2, "a grey fox", 5),)


def test_a_plan_is_filmed_with_its_takes() -> None:
    filmed = retaken(PLAN, ORDER.retaken(1, prompt="a red fox").retaken(2, seed=5).takes)

    assert filmed.shots[0] == replace(FOX, prompt="a red fox", first_keyframe=None)
    assert filmed.shots[1] == replace(PLAN.shots[1], seed=5)
    assert retaken(PLAN, ()) == PLAN


@pytest.mark.parametrize(
    ("take", "param"),
    [
        ({"shot": 0, "number": 1}, "shot"),
        ({"shot": 1, "number": 1, "prompt": " "}, "prompt"),
        ({"shot": 1, "number": 1, "seed": -1}, "seed"),
    ],
)
def test_a_take_that_cannot_be_is_refused_by_its_field(take: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Take(**take)

    assert caught.value.param == param


def test_a_shot_that_the_film_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no shot 3; the film has 2") as caught:
        retaken(PLAN, ORDER.retaken(3).takes)

    assert caught.value.param == "shot"
