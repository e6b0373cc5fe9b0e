"""Fitting a gait to an animal, so that no leg is asked for more than it reaches."""

from __future__ import annotations

from functools import cache

from ttv.animatic.rigs.quadruped._form import gaits, species
from ttv.animatic.rigs.quadruped._skeleton import missing
from ttv.animatic.rigs.quadruped._stance import Pace, travel

#: How far a foot may be from its place, in units.
_NEAR = 0.05
#: What a gait gives up at most: of its stride, and height in units.
_SHORTER, _LOWER = 0.6, 9.0
_SAMPLES = 48


def _pace(noun: str, gait: str, yielded: float) -> Pace:
    kind, chosen = species()[noun], gaits()[gait]
    trunk = kind.trunk
    root = min(trunk.pelvis + kind.hind.root[1], trunk.withers + kind.fore.root[1])
    return Pace(
        gait=chosen,
        period=chosen.period * kind.height**0.35,
        stride=chosen.stride * root * (1 - _SHORTER * yielded),
        crouch=(chosen.crouch + _LOWER * yielded) * min(1.0, (root - 20) / 44),
        rocking=min(1.0, 90.0 / trunk.length) ** 2,
    )


def _reaches(noun: str, pace: Pace) -> bool:
    kind = species()[noun]
    return all(
        missing(kind, travel(pace, pace.period * at / _SAMPLES, 0.0)) < _NEAR
        for at in range(_SAMPLES)
    )


@cache
def pace(noun: str, gait: str) -> Pace:
    """Fit a gait: big animals step slower, long legs step further, short ones crouch."""
    low, high = 0.0, 1.0
    if _reaches(noun, _pace(noun, gait, low)):
        return _pace(noun, gait, low)
    for _ in range(5):
        middle = (low + high) / 2
        if _reaches(noun, _pace(noun, gait, middle)):
            high = middle
        else:
            low = middle
    return _pace(noun, gait, high)
