from __future__ import annotations

import numpy as np

from ttv.media import ToPlanes, black, blend


def test_conversion_is_within_a_step_of_exact_arithmetic() -> None:
    bgra = np.random.default_rng(1).integers(0, 256, (96, 128, 4), np.uint8)
    blue, green, red = (bgra[..., channel] / 255 for channel in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    chroma = [(blue - luma) / 1.8556, (red - luma) / 1.5748]
    means = [c.reshape(48, 2, 64, 2).mean(axis=(1, 3)).reshape(24, 128) for c in chroma]

    planes = ToPlanes()(bgra).astype(float)

    assert np.abs(planes[:96] - (16 + 219 * luma)).max() < 1
    assert np.abs(planes[96:120] - (128 + 224 * means[0])).max() < 1
    assert np.abs(planes[120:] - (128 + 224 * means[1])).max() < 1


def test_blending_goes_from_one_picture_to_the_other() -> None:
    dark, light = black(8, 8), np.full((12, 8), 200, np.uint8)

    assert np.array_equal(blend(dark, light, 0), dark)
    assert np.array_equal(blend(dark, light, 1), light)
    assert blend(dark, light, 0.5)[0, 0] == 108
