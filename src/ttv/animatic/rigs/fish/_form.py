"""What makes a swimmer: outline, fins, markings and arms, as data.

Lengths are in hundredths of the body's length (nose at +50, tail root at -50).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from ttv.animatic.rigs._data import read_species
from ttv.animatic.rigs._kit import Part

_PACKAGE = "ttv.animatic.rigs.fish"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marking that bends with the body."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    blob: str
    fill: str
    shade: float = 1.0


@dataclass(frozen=True, slots=True)
class Fin:
    """A drawing that rides on the spine at a station."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    at: tuple[float, float]
    parts: tuple[Part, ...]
    behind: bool = True


@dataclass(frozen=True, slots=True)
class Arm:
    """A tentacle: root, length, half-width at the root, fill and delay in cycles."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    root: tuple[float, float]
    length: float
    girth: float
    fill: str = "body"
    delay: float = 0.0
    shade: float = 1.0
    alpha: float = 1.0
    #: Direction at rest in degrees, and how far its end curls.
    angle: float = -90.0
    curl: float = 0.0
    #: Swing in degrees.
    swing: float = 16.0


@dataclass(frozen=True, slots=True)
class Swimmer:
    """Everything that tells one swimmer from another."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Metres.
    length: float
    colours: Mapping[str, str]
    #: Outline from the tail over the back to the nose, and back along the belly.
    outline: str
    marks: tuple[Mark, ...] = ()
    fins: tuple[Fin, ...] = ()
    #: Drawn last, on the head.
    face: tuple[Part, ...] = ()
    arms: tuple[Arm, ...] = ()
    #: Seconds of a stroke; bend of the tail in units; waves along the body.
    period: float = 0.8
    bend: float = 5.0
    waves: float = 0.7
    #: A bell that opens and closes instead of a spine that bends.
    pulse: float = 0.0
    #: Body lengths a second.
    speed: float = 1.1
    depth: float = 6.0
    alpha: float = 1.0


@cache
def swimmers() -> Mapping[str, Swimmer]:
    """Read the table of swimmers."""
    return read_species(_PACKAGE, "swimmers.yaml", Swimmer)
