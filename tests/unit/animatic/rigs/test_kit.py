from __future__ import annotations

import numpy as np
import pytest
import skia

from ttv.animatic.rigs import Light
from ttv.animatic.rigs._kit import Moment, Part, Puffs, draw_kit
from ttv.animatic.rigs._pen import Pen

_PALETTE = {"body": (1.0, 0.0, 0.0), "lamp": (1.0, 1.0, 0.5)}


def _draw(*parts: Part, t: float = 0.0, light: Light | None = None, **values: float) -> int:
    """Count what the parts cover of 100 x 100."""
    surface = skia.Surface(100, 100)
    pen = Pen(surface.getCanvas(), light or Light())
    draw_kit(pen, parts, Moment(t, values, _PALETTE))
    return int((surface.makeImageSnapshot().toarray()[:, :, 3] > 60).sum())


@pytest.mark.parametrize(
    "part",
    [
        Part(blob="10,10 60,10 40,60"),
        Part(disc=(50, 50, 20)),
        Part(bar=(10, 10, 30, 20, 4), depth=3),
        Part(bone=(20, 20, 8, 60, 60, 4)),
        Part(line="10,10 50,50", width=6),
        Part(eye=(50, 50, 8)),
        Part(parts=(Part(disc=(30, 30, 10)),)),
        Part(puffs=Puffs(drift=(10, 20)), at=(50, 20)),
        Part(disc=(50, 50, 10), shine=True, halo=30, at=(50, 50)),
    ],
)
def test_every_kind_of_part_is_drawn(part: Part) -> None:
    assert _draw(part, t=0.3) > 20


def test_a_closed_eye_is_a_line() -> None:
    assert _draw(Part(eye=(50, 50, 20)), lid=1.0) < 0.5 * _draw(Part(eye=(50, 50, 20)), lid=0.0)


def test_a_window_is_lit_at_night_only() -> None:
    window = Part(disc=(50, 50, 20), fill="lamp", shine="night")
    assert _draw(window) == 0
    assert _draw(window, light=Light(ambient=(0.3, 0.3, 0.4))) > 1000


def test_markings_stay_inside_their_shape() -> None:
    stripe = Part(bar=(0, 45, 100, 10))
    assert _draw(Part(disc=(50, 50, 20), inside=(stripe,))) == _draw(Part(disc=(50, 50, 20)))


def test_a_channel_of_the_rig_turns_a_part() -> None:
    hand = Part(bar=(50, 48, 40, 4), at=(50, 50), turn=("swing", 1, 90))
    surfaces = []
    for angle in (0.0, 1.0):
        surface = skia.Surface(100, 100)
        draw_kit(Pen(surface.getCanvas(), Light()), [hand], Moment(0, {"swing": angle}, _PALETTE))
        surfaces.append(surface.makeImageSnapshot().toarray()[:, :, 3] > 127)
    across, up = surfaces
    assert across.any(axis=0).sum() > 35 > across.any(axis=1).sum()
    assert up.any(axis=1).sum() > 35 > up.any(axis=0).sum()
    assert not np.array_equal(across, up)
