"""Motion over time: every function is pure in ``t``."""

from __future__ import annotations

import math

TURN = 2 * math.pi


def wave(cycles: float) -> float:
    """Give a sine of a phase counted in cycles."""
    return math.sin(TURN * cycles)


def ease(amount: float) -> float:
    """Smooth a share of 0 to 1 at both ends; what lies outside is clamped."""
    amount = min(1.0, max(0.0, amount))
    return amount * amount * (3 - 2 * amount)


def pulse(cycles: float, width: float) -> float:
    """Rise to 1 and fall back once a cycle, within its first ``width``; else 0."""
    part = cycles % 1.0
    return math.sin(math.pi * part / width) if part < width else 0.0


def window(cycles: float, start: float, end: float, *, ramp: float = 0.06) -> float:
    """Hold 1 between two phases of each cycle, eased at both sides over ``ramp`` cycles."""
    part = cycles % 1.0
    return ease((part - start) / ramp) * ease((end - part) / ramp)


def wander(t: float, seed: float) -> float:
    """Drift irregularly within about -1 to 1: three sines that never quite meet."""
    return (
        0.5 * math.sin(t + seed * 1.7)
        + 0.3 * math.sin(2.37 * t + seed * 3.1)
        + 0.2 * math.sin(4.11 * t + seed * 5.3)
    )


def scatter(index: int, seed: float) -> float:
    """Give a fixed pseudo-random number of 0 to 1 for the index-th of several."""
    value = math.sin(index * 127.1 + seed * 311.7) * 43758.5453
    return value - math.floor(value)


def eyelid(t: float, seed: float) -> float:
    """Give how far the eye is closed: two short blinks every few seconds."""
    period = 3.4 + scatter(1, seed)
    cycles = t / period + seed
    width = 0.16 / period
    return max(pulse(cycles, width), pulse(cycles + 0.57, width))
