"""Endless loops: shaped noise, swelling noise and chords, made in the frequency domain.

A loop is periodic by construction, so it can be read round and round without a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ttv.animatic.sound._table import Noise
from ttv.animatic.world import Seeds
from ttv.media import SOUND_RATE

Wave: TypeAlias = NDArray[np.float32]

#: Two noise loops of these lengths together repeat only after half an hour.
_NOISE_SAMPLES: Final = (1 << 18, 3 << 16)
_CHORD_SAMPLES: Final = 1 << 17
#: Share of a swell's slow curve that is worked out: fifty values a second.
_CURVE_STEP: Final = SOUND_RATE // 50
_OVERTONES: Final = ((1, 1.0), (2, 0.22), (3, 0.08))


def read(loop: Wave, start: int, samples: int) -> Wave:
    """Read a stretch of a loop that starts anywhere."""
    at = start % len(loop)
    if at + samples <= len(loop):
        return loop[at : at + samples]
    return np.take(loop, range(at, at + samples), axis=0, mode="wrap")


class NoiseLoop:
    """One noise of the table in stereo, of unit loudness where it swells most."""

    def __init__(self, noise: Noise, seeds: Seeds, name: str) -> None:
        rng = seeds.numpy("noise", name)
        self._noise = noise
        self._loops = [_shaped(noise, rng, samples) for samples in _NOISE_SAMPLES]
        self._offsets = rng.integers(0, 1 << 18, (2, 2)).tolist()
        self._turns = rng.uniform(0, 2 * np.pi, 3)

    def block(self, start: int, samples: int) -> Wave:
        """Give a block of shape ``(samples, 2)``."""
        out = np.empty((samples, 2), np.float32)
        for channel, offsets in enumerate(self._offsets):
            one, two = (
                read(loop, start + offset, samples)
                for loop, offset in zip(self._loops, offsets, strict=True)
            )
            np.add(one, two, out=out[:, channel])
        out *= self._swell(start, samples)[:, None]
        return out

    def _swell(self, start: int, samples: int) -> Wave:
        """Rise and fall without ever repeating: three slow waves of unrelated lengths."""
        places = np.arange(start, start + samples + _CURVE_STEP, _CURVE_STEP)
        phase = 2 * np.pi * places / SOUND_RATE / self._noise.swell
        waves = (
            np.sin(phase * speed + turn)
            for speed, turn in zip((1.0, 0.618, 1.732), self._turns, strict=True)
        )
        height = np.clip(0.5 + sum(waves) / 4, 0.0, 1.0)
        curve = 1 - self._noise.depth * (1 - height * height)
        swell = np.interp(np.arange(start, start + samples), places, curve)
        return np.asarray(swell, dtype=np.float32)


def chord(notes: Sequence[float], rng: np.random.Generator) -> Wave:
    """Make a soft stereo chord of notes in Hz, each a little out of tune with itself."""
    spectrum = np.zeros((_CHORD_SAMPLES // 2 + 1, 2), np.complex128)
    for note in notes:
        for overtone, share in _OVERTONES:
            middle = round(note * overtone * _CHORD_SAMPLES / SOUND_RATE)
            for beside in (-1, 0, 2):
                turn = rng.uniform(0, 2 * np.pi, 2)
                spectrum[middle + beside] += share / note**0.5 * np.exp(1j * turn)
    return _unit(np.fft.irfft(spectrum, _CHORD_SAMPLES, axis=0))


def _shaped(noise: Noise, rng: np.random.Generator, samples: int) -> Wave:
    """Give noise its colour by weighting its spectrum."""
    pitch = np.arange(samples // 2 + 1) * (SOUND_RATE / samples)
    low, high = noise.band
    octaves = np.log2(np.maximum(pitch, 1.0) / low)
    weight = 10 ** (-noise.fall * np.maximum(octaves, 0.0) / 20)
    weight *= 1 / (1 + (low / np.maximum(pitch, 1.0)) ** 4) / (1 + (pitch / high) ** 4)
    weight[0] = 0.0
    spectrum = rng.standard_normal((2, len(pitch)))
    return _unit(np.fft.irfft(weight * (spectrum[0] + 1j * spectrum[1]), samples)) * 0.7


def _unit(wave: NDArray[np.float64]) -> Wave:
    return np.asarray(wave / np.sqrt(np.mean(wave**2)), dtype=np.float32)
