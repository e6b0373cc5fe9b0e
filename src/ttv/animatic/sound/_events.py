"""Single sounds, each made anew from its own random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ttv.animatic.sound._loops import Wave
from ttv.media import SOUND_RATE

_Floats = NDArray[np.float64]
Rng = np.random.Generator

#: No event lasts longer.
LONGEST_SECONDS: Final = 4.0


def _times(seconds: float) -> _Floats:
    return np.arange(int(seconds * SOUND_RATE)) / SOUND_RATE


def _glide(start: float, stop: float, seconds: float) -> _Floats:
    """Let a tone glide from one pitch to another, swelling and fading."""
    times = _times(seconds)
    share = times / seconds
    turns = 2 * np.pi * np.cumsum(start + (stop - start) * share) / SOUND_RATE
    return np.asarray(np.sin(turns) * np.sin(np.pi * share) ** 2)


def _in_turn(parts: list[tuple[float, _Floats]]) -> _Floats:
    """Lay parts on one wave, each at its second."""
    length = max(int(at * SOUND_RATE) + len(part) for at, part in parts)
    wave = np.zeros(length)
    for at, part in parts:
        begin = int(at * SOUND_RATE)
        wave[begin : begin + len(part)] += part
    return wave


def _rumble(rng: Rng, seconds: float, *, smooth: int) -> _Floats:
    """Make low noise by averaging over neighbours; more neighbours are lower."""
    steps = rng.standard_normal(int(seconds * SOUND_RATE) // smooth + 2)
    places = np.arange(int(seconds * SOUND_RATE)) / smooth
    return np.interp(places, np.arange(len(steps)), steps)


def _bird(rng: Rng) -> _Floats:
    pitch = rng.uniform(2600, 5200)
    at, parts = 0.0, []
    for _ in range(int(rng.integers(2, 6))):
        seconds = rng.uniform(0.05, 0.16)
        bend = rng.uniform(0.75, 1.35)
        parts.append((at, _glide(pitch, pitch * bend, seconds)))
        at += seconds + rng.uniform(0.02, 0.12)
    return _in_turn(parts) * 0.16


def _gull(rng: Rng) -> _Floats:
    pitch = rng.uniform(950, 1250)
    cries = []
    for number in range(int(rng.integers(2, 4))):
        cry = sum(
            _glide(pitch * tone, pitch * 0.78 * tone, 0.32) * share
            for tone, share in ((1, 1.0), (2, 0.5), (3, 0.25))
        )
        cries.append((number * 0.45, np.asarray(cry)))
    return _in_turn(cries) * 0.09


def _cricket(rng: Rng) -> _Floats:
    pitch = rng.uniform(4100, 4500)
    return _in_turn([(number * 0.034, _glide(pitch, pitch, 0.022)) for number in range(4)]) * 0.05


def _owl(rng: Rng) -> _Floats:
    pitch = rng.uniform(330, 400)
    hoots = [(at, _glide(pitch, pitch * 0.94, length)) for at, length in ((0, 0.3), (0.6, 0.55))]
    return _in_turn(hoots) * 0.12


def _bubble(rng: Rng) -> _Floats:
    starts = np.cumsum(rng.uniform(0.05, 0.14, int(rng.integers(3, 7))))
    parts = [
        (float(at), _glide(p, p * 1.9, 0.06)) for at in starts for p in [rng.uniform(280, 700)]
    ]
    return _in_turn(parts) * 0.1


def _car(rng: Rng) -> _Floats:
    seconds = rng.uniform(2.2, 3.6)
    passing = np.sin(np.pi * _times(seconds) / seconds) ** 4
    return np.asarray(_rumble(rng, seconds, smooth=60) * passing * 0.14)


def _thunder(rng: Rng) -> _Floats:
    seconds = rng.uniform(2.5, LONGEST_SECONDS)
    times = _times(seconds)
    rolls = sum(
        np.exp(-np.maximum(times - at, 0) * 2.2) * (times >= at) * rng.uniform(0.4, 1)
        for at in np.cumsum(rng.uniform(0.1, 0.7, 4))
    )
    fade = np.minimum(1, (seconds - times) * 2)
    swell = np.minimum(times * 30, 1) * rolls * fade
    return np.asarray(_rumble(rng, seconds, smooth=260) * swell * 0.3)


_MAKERS: Final[Mapping[str, Callable[[Rng], _Floats]]] = {
    "bird": _bird,
    "gull": _gull,
    "cricket": _cricket,
    "owl": _owl,
    "bubble": _bubble,
    "car": _car,
    "thunder": _thunder,
}


def sounded(name: str, rng: Rng) -> Wave:
    """Make one event of the table in stereo, somewhere between left and right."""
    wave = _MAKERS[name](rng)
    side = rng.uniform(0.15, 0.85)
    distance = rng.uniform(0.4, 1.0)
    both = np.array([np.cos(side * np.pi / 2), np.sin(side * np.pi / 2)]) * distance
    return np.asarray(wave[:, None] * both, dtype=np.float32)
