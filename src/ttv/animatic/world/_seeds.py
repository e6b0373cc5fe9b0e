"""Named streams of randomness: adding birds to a scene never moves its trees."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Seeds:
    """Derive every random number of a film from its seed and the name of its use."""

    seed: int

    def key(self, *names: str | int) -> int:
        """Give a 64-bit number for this seed and these names, the same on every machine."""
        text = "\x1f".join(str(part) for part in (self.seed, *names))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")

    def rng(self, *names: str | int) -> Random:
        """Open the stream with these names at its start."""
        return Random(self.key(*names))

    def numpy(self, *names: str | int) -> np.random.Generator:
        """Open the stream with these names for whole arrays of numbers."""
        return np.random.Generator(np.random.PCG64(self.key(*names)))


def scatter(key: int, cells: NDArray[np.int64]) -> Floats:
    """Give one number in [0, 1) for each whole cell, the same wherever a window begins."""
    with np.errstate(over="ignore"):
        mixed = (cells.astype(np.uint64) + np.uint64(key & (2**64 - 1))) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53


def ramble(key: int, places: Floats, *, sharp: float = 0.0) -> Floats:
    """Give endless 1-D noise in [-1, 1] with one knot a unit; ``sharp`` 1 joins them straight."""
    cells = np.floor(places).astype(np.int64)
    along = places - cells
    smooth = along * along * (3.0 - 2.0 * along)
    along = along * sharp + smooth * (1.0 - sharp)
    left, right = scatter(key, cells), scatter(key, cells + 1)
    return 2.0 * (left + (right - left) * along) - 1.0


def terrain(key: int, places: Floats, *, octaves: int = 4, sharp: float = 0.0) -> Floats:
    """Give endless fractal noise in about [-1, 1]: hills when smooth, peaks when sharp."""
    total = np.zeros_like(places)
    size, weight = 1.0, 0.0
    for octave in range(octaves):
        total += size * ramble(key + octave * 7919, places * 2.0**octave, sharp=sharp)
        weight += size
        size *= 0.48
    return total / weight * 1.3


def peaks(key: int, places: Floats, *, octaves: int = 5) -> Floats:
    """Give endless summits of unlike height in about [0, 1], one or so a unit."""
    cells = np.floor(places).astype(np.int64)
    best = np.zeros_like(places)
    for offset in (-1, 0, 1):
        cell = cells + offset
        top = 0.45 + 0.55 * scatter(key, cell)
        middle = cell + 0.2 + 0.6 * scatter(key + 1, cell)
        reach = 0.75 + 0.5 * scatter(key + 2, cell)
        best = np.maximum(best, top * (1.0 - np.abs(places - middle) / reach))
    rough = terrain(key + 3, places * 3.1, octaves=max(1, octaves - 1), sharp=1.0)
    return np.clip(best + 0.13 * rough * (0.25 + best), 0.0, None)
