from __future__ import annotations

import math

import numpy as np
import pytest
import skia

from ttv.animatic.rigs import Light
from ttv.animatic.rigs._curve import disc
from ttv.animatic.rigs._pen import Pen, Tape

_GREY = (0.5, 0.5, 0.5)


@pytest.mark.parametrize("way", ["form", "solid"])
def test_a_form_is_darker_away_from_the_light(way: str) -> None:
    surface = skia.Surface(100, 100)
    canvas = surface.getCanvas()
    canvas.scale(1, -1)
    canvas.translate(50, -50)
    getattr(Pen(canvas, Light(key_side=1.0)), way)(disc((0, 0), 40), _GREY, depth=12)
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)[:, :, 0]
    upper_right, middle, lower_left = pixels[24, 76], pixels[50, 50], pixels[76, 24]
    assert lower_left < middle < upper_right


def test_the_light_stays_put_when_a_frame_turns() -> None:
    pictures = []
    for turn in (0.0, math.pi):
        surface = skia.Surface(100, 100)
        canvas = surface.getCanvas()
        canvas.scale(1, -1)
        pen = Pen(canvas, Light(key_side=-0.7))
        with pen.frame(50, -50, turn=turn):
            pen.form(disc((0, 0), 40), _GREY, depth=12)
        pictures.append(surface.makeImageSnapshot().toarray().astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 2


def test_a_tape_measures_what_a_pen_would_draw() -> None:
    tape = Tape()
    with tape.frame(10, 20):
        tape.fill(disc((0, 0), 5), _GREY)
        tape.halo(0, 0, 50, _GREY, alpha=1.0)
    box = tape.box(2.0)
    assert (box.left, box.right) == pytest.approx((10, 30))
    assert (box.bottom, box.top) == pytest.approx((30, 50))


def test_an_empty_tape_gives_an_empty_box() -> None:
    box = Tape().box(1.0)
    assert (box.left, box.right, box.bottom, box.top) == (0, 0, 0, 0)


def test_lamps_know_the_dark() -> None:
    assert Light().darkness == 0
    assert Light(ambient=(0.4, 0.48, 0.74)).darkness == 1
    assert 0 < Light(ambient=(0.86, 0.64, 0.62)).darkness < 1
