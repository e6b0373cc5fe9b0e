"""What makes a bird: proportions and colours, as data.

Lengths are in hundredths of the body's length from breast to tail root; angles in degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from ttv.animatic.rigs._data import read, read_species
from ttv.animatic.rigs._kit import Part
from ttv.animatic.rigs._wing import WingShape

_PACKAGE = "ttv.animatic.rigs.bird"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Wing:
    """A wing and how it beats."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    shape: WingShape
    #: Degrees of the beat, seconds of it, and share of the time that it glides.
    beat: float = 46.0
    period: float = 0.62
    glide: float = 0.0
    #: Length of the folded wing.
    folded: float = 78.0


@dataclass(frozen=True, slots=True)
class Bird:
    """Everything that tells one bird from another."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Metres of the body, breast to tail root.
    length: float
    colours: Mapping[str, str]
    #: Girth of breast, middle and rump.
    girth: tuple[float, float, float]
    #: Pitch of the body when standing and when flying.
    upright: float
    level: float
    #: Neck: length, angle against the ground standing and flying, half-widths, S-curve.
    neck: float
    neck_angle: float
    neck_flight: float
    neck_girth: tuple[float, float]
    wing: Wing
    #: Thigh to ankle and ankle to toe; half-width.
    leg: tuple[float, float]
    #: Tail: length, half-width at its end, lift.
    tail: tuple[float, float, float]
    head: str
    neck_curve: float = 0.0
    head_size: float = 1.0
    leg_girth: float = 2.2
    webbed: bool = False
    flies: bool = True
    #: Pale underside of that depth.
    belly: float = 0.0
    #: Waddles: rocks from side to side when it walks.
    waddle: float = 0.0
    #: Seconds of two steps.
    walk: float = 0.6


@dataclass(frozen=True, slots=True)
class Insect:
    """A small flier that is one drawing with flapping wings."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    length: float
    colours: Mapping[str, str]
    parts: tuple[Part, ...]
    #: Height of the dance in flight, and its seconds.
    dance: float
    period: float
    speed: float


@cache
def birds() -> Mapping[str, Bird]:
    """Read the table of birds."""
    return read_species(_PACKAGE, "birds.yaml", Bird)


@cache
def insects() -> Mapping[str, Insect]:
    """Read the table of insects."""
    return read_species(_PACKAGE, "insects.yaml", Insect)


@cache
def heads() -> Mapping[str, tuple[Part, ...]]:
    """Read the drawings of heads."""
    return read(_PACKAGE, "heads.yaml", dict[str, tuple[Part, ...]])
