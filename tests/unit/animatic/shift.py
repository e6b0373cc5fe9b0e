"""How two pictures differ, measured without any of the renderer's mathematics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Grey = NDArray[np.float64]


def grey(picture: Picture) -> Grey:
    """Give the luminance, 0 to 1."""
    weights = np.array([0.0722, 0.7152, 0.2126, 0.0])
    values: Grey = picture.astype(np.float64) @ weights / 255.0
    return values


def shifted(before: Picture, after: Picture) -> tuple[float, float]:
    """Give by how many pixels the content has moved right and down (phase correlation)."""
    one, two = grey(before), grey(after)
    window = np.outer(np.hanning(one.shape[0]), np.hanning(one.shape[1]))
    spectra = [np.fft.fft2((part - part.mean()) * window) for part in (one, two)]
    cross = spectra[1] * np.conj(spectra[0])
    peak = np.abs(np.fft.ifft2(cross / (np.abs(cross) + 1e-9)))
    down, right = np.unravel_index(int(np.argmax(peak)), peak.shape)
    height, width = one.shape
    x, y = int(right), int(down)
    return float(x - width if x > width / 2 else x), float(y - height if y > height / 2 else y)


def grown(before: Picture, after: Picture) -> float:
    """Give the magnification of the second picture that explains the first best."""
    one, two = grey(before), grey(after)
    height, width = one.shape
    ys, xs = np.mgrid[height // 6 : height - height // 6, width // 6 : width - width // 6]
    best, found = -2.0, 1.0
    for scale in np.arange(0.8, 1.26, 0.02):
        for along in np.arange(0.3, 0.71, 0.1):
            x = np.clip((xs - along * width) * scale + along * width, 0, width - 1).astype(int)
            y = np.clip((ys - 0.7 * height) * scale + 0.7 * height, 0, height - 1).astype(int)
            match = float(np.corrcoef(one[ys, xs].ravel(), two[y, x].ravel())[0, 1])
            if match > best:
                best, found = match, float(scale)
    return found
