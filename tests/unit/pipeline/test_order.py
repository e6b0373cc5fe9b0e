from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv import outputs
from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.pipeline import Limits, Mode, Order, Wish
from ttv.planning import Plan, Shot

LIMITS = Limits(prompt_chars=4_000, film_seconds=600)
PLAN = Plan("a fox", (Shot("a fox", 48, 1), Shot("an owl", 48, 2)), Format(), seed=7)


def test_a_prompt_alone_makes_an_order_with_the_defaults() -> None:
    order = Wish(prompt="  a red fox \n").order(LIMITS)

    assert (order.prompt, order.format, order.frames) == ("a red fox", Format(), None)
    assert order.mode is Mode.AUTO


def test_the_same_words_give_the_same_seed_and_other_words_another() -> None:
    fox, again, owl = (Wish(prompt=p).order(LIMITS).seed for p in ("a fox", "a fox", "an owl"))

    assert fox == again != owl


def test_seconds_become_whole_frames() -> None:
    order = Wish(prompt="a fox", seconds=2.5, fps=25, size="640x360").order(LIMITS)

    assert (order.frames, order.format) == (62, Format(640, 360, 25))


def test_a_prompt_is_brought_to_one_unicode_form() -> None:
    assert Wish(prompt="cafe\u0301").order(LIMITS).prompt == "caf\u00e9"


@pytest.mark.parametrize(
    ("wish", "param", "words"),
    [
        (Wish(), "prompt", "missing"),
        (Wish(prompt=""), "prompt", "empty"),
        (Wish(prompt=" \t\n "), "prompt", "empty"),
        (Wish(prompt="x" * 4_001), "prompt", "limit is 4,000"),
        (Wish(prompt="a\x00b"), "prompt", "control"),
        (Wish(prompt="a\ud800b"), "prompt", "surrogate"),
        (Wish(prompt="a fox", size="wide"), "size", "1280x720"),
        (Wish(prompt="a fox", size="1281x720"), "size", "even"),
        (Wish(prompt="a fox", size="16x16"), "size", "64 to 4096"),
        (Wish(prompt="a fox", fps=0), "fps", "1 to 60"),
        (Wish(prompt="a fox", seconds=0.0), "seconds", "0.5 to 600"),
        (Wish(prompt="a fox", seconds=601.0), "seconds", "0.5 to 600"),
        (Wish(prompt="a fox", seconds=float("nan")), "seconds", "0.5 to 600"),
        (Wish(prompt="a fox", seed=-1), "seed", "0 to"),
        (Wish(prompt="a fox", mode="keyfram"), "mode", "keyframe"),
        (Wish(prompt="a fox", outputs=["webn"]), "outputs", "did you mean 'webm'?"),
        (Wish(prompt="a fox", outputs=[""]), "outputs", "some of av1, clips, gif"),
        (Wish(plan=PLAN, prompt="a fox"), "prompt", "plan"),
        (Wish(plan=PLAN, seed=3), "seed", "plan"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_its_field_and_limit(
    wish: Wish, param: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        wish.order(LIMITS)

    assert caught.value.param == param
    assert words in caught.value.message


def test_a_plan_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="lasts 4 seconds; the limit is 3"):
        Wish(plan=PLAN).order(Limits(prompt_chars=4_000, film_seconds=3))


@given(st.text(max_size=60))
def test_any_text_is_an_order_or_a_refusal_of_the_prompt(text: str) -> None:
    try:
        order = Wish(prompt=text).order(LIMITS)
    except InvalidRequest as refusal:
        assert refusal.param == "prompt"
    else:
        assert order.prompt


@pytest.mark.parametrize(
    "order",
    [
        Wish(prompt="a fox", seconds=3, size="640x360", mode="chaining").order(LIMITS),
        Wish(plan=PLAN).order(LIMITS),
        Wish(prompt="a fox", outputs=["webm", "gif"], strip_metadata=True).order(LIMITS),
    ],
)
def test_an_order_survives_its_json_form(order: Order) -> None:
    assert Order.from_json(json.loads(json.dumps(order.to_json()))) == order


def test_outputs_are_named_once_and_in_order_and_all_stands_for_every_one() -> None:
    some = Wish(prompt="a fox", outputs=["webm", "gif", "webm"]).order(LIMITS)
    every = Wish(prompt="a fox", outputs=["all", "gif"]).order(LIMITS)

    assert some.outputs == ("gif", "webm")
    assert every.outputs == outputs.names()
    with pytest.raises(ValueError, match="not in order"):
        Order(prompt="a fox", outputs=("webm", "gif"))


def test_what_is_made_of_a_film_does_not_change_its_plan_or_an_order_of_before() -> None:
    plain = Wish(prompt="a fox").order(LIMITS)
    more = Wish(prompt="a fox", outputs=["gif"], strip_metadata=True).order(LIMITS)

    assert more.as_planned == plain
    assert {"outputs", "strip_metadata"}.isdisjoint(plain.to_json())
