from __future__ import annotations

import numpy as np
import pytest
import skia

from ttv.animatic.scene import Scene, Setting
from ttv.animatic.world._baked import Baked, Pixels, Shelf, paper
from ttv.animatic.world._look import Look, Span, View
from ttv.animatic.world._palette import palette
from ttv.animatic.world._seeds import Seeds
from ttv.animatic.world._terrain import Ground, Grove, Ridge

VIEW = View(320, 180, 180.0, 90.0, 144.0)


def look(near: float = 0.5) -> Look:
    return Look(VIEW, palette(Scene(Setting.FOREST)), Seeds(4), near, "layer")


def canvas() -> tuple[Pixels, skia.Canvas]:
    pixels = np.zeros((180, 320, 4), np.uint8)
    return pixels, paper(pixels)


@pytest.mark.parametrize(
    "art",
    [
        Grove(("conifer", "broadleaf"), (0.2, 0.4), 0.2),
        Ridge(0.3, 0.4, "mountain", 1.0, cap=0.4),
        Ground("grass", "grass_dark", "grass_light", "meadow"),
    ],
)
def test_tiles_meet_as_if_the_layer_had_been_painted_in_one(art: Grove | Ridge | Ground) -> None:
    whole, brush = canvas()
    art.paint(brush, Span(-2, 322), look())
    tiled, brush = canvas()
    Baked(art, look(), Shelf(capacity_bytes=10**8), blur=0.0, pace=0.0).draw(brush, 0.0, 0)
    assert np.abs(whole.astype(int) - tiled.astype(int)).mean() < 0.05


class _Count:
    def __init__(self) -> None:
        self.painted = 0

    def paint(self, canvas: skia.Canvas, span: Span, look: Look) -> None:
        self.painted += 1
        canvas.drawRect(
            skia.Rect.MakeLTRB(span.left, 20, span.right, 60), skia.Paint(Color=0xFFFF0000)
        )


def test_a_tile_is_painted_once_for_each_quarter_of_a_pixel_it_is_shown_at() -> None:
    art, (pixels, brush) = _Count(), canvas()
    layer = Baked(art, look(), Shelf(capacity_bytes=10**8), blur=0.0, pace=0.5)
    for _ in range(3):
        for x in (0.0, 0.1, 0.25, 0.5, 0.75):
            layer.draw(brush, x, 0)
    assert pixels.any()
    tiles = art.painted
    layer.draw(brush, 0.5, 0)
    assert art.painted == tiles
    assert tiles <= 4 * 5


@pytest.mark.parametrize("blur", [0.0, 2.0])
@pytest.mark.parametrize("x", [0.0, 0.25, 0.5, -33.75, -1000.25])
def test_an_even_layer_has_no_seams_wherever_it_stands(blur: float, x: float) -> None:
    pixels, brush = canvas()
    Baked(_Count(), look(), Shelf(capacity_bytes=10**8), blur=blur, pace=0.5).draw(brush, x, 0)
    assert np.ptp(pixels[40, :, :], axis=0).max() <= 1


def test_a_shelf_forgets_the_oldest_tiles_first() -> None:
    art, (pixels, brush) = _Count(), canvas()
    shelf = Shelf(capacity_bytes=150_000)
    layer = Baked(art, look(), shelf, blur=0.0, pace=0.0)
    for turn in range(40):
        layer.draw(brush, -200.0 * turn, 0)
    assert pixels.any()
    assert shelf.held_bytes <= 150_000
    before = art.painted
    layer.draw(brush, 0.0, 0)
    assert art.painted > before
