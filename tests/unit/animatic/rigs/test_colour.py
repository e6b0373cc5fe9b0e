from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.rigs._colour import distance, from_lch, mix, parse, repaint, tint, to_lch

_channel = st.floats(0, 1)
_rgb = st.tuples(_channel, _channel, _channel)


@given(_rgb)
def test_a_colour_survives_the_way_to_oklch_and_back(colour: tuple[float, float, float]) -> None:
    assert from_lch(to_lch(colour)) == pytest.approx(colour, abs=0.01)


@given(_rgb)
def test_repainting_gives_the_body_exactly_what_was_asked(
    target: tuple[float, float, float],
) -> None:
    fills = {"body": parse("#e0702a"), "body-dark": parse("#9a4a1a"), "nose": parse("#221a1c")}
    painted = repaint(fills, target)
    assert painted["body"] == target
    assert painted["nose"] == fills["nose"]


def test_a_yellow_body_gets_a_yellow_shade() -> None:
    fills = {"body": parse("#e0702a"), "body-dark": parse("#9a4a1a")}
    painted = repaint(fills, parse("#f6c90e"))
    lightness, _, hue = to_lch(painted["body"])
    dark_lightness, _, dark_hue = to_lch(painted["body-dark"])
    assert dark_lightness < lightness
    assert dark_hue == pytest.approx(hue, abs=0.15)


def test_a_colour_beyond_the_screen_keeps_hue_and_lightness() -> None:
    lightness, chroma, hue = to_lch(from_lch((0.7, 0.5, 2.4)))
    assert lightness == pytest.approx(0.7, abs=0.02)
    assert hue == pytest.approx(2.4, abs=0.08)
    assert chroma < 0.5


def test_distances_are_perceptual() -> None:
    white, black = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
    assert distance(white, black) == pytest.approx(1.0, abs=0.01)
    assert distance(white, mix(white, black, 0.01)) < 0.02


def test_a_tint_is_a_near_relative() -> None:
    fox = parse("#e0702a")
    assert 0 < distance(fox, tint(fox, lighter=0.02, turn=0.05)) < 0.05
