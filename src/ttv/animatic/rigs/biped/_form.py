"""What makes a person: build, clothes, head and colours, as data.

Lengths are in hundredths of the height; angles in degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from ttv.animatic.rigs._data import read, read_species
from ttv.animatic.rigs._kit import Part

_PACKAGE = "ttv.animatic.rigs.biped"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Build:
    """Bones and girths."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Thigh and shank; upper arm and forearm; hip to shoulder line; neck.
    leg: tuple[float, float]
    arm: tuple[float, float]
    torso: float
    neck: float
    #: Half-widths at hip, knee, ankle; and at shoulder, elbow, wrist.
    leg_girth: tuple[float, float, float]
    arm_girth: tuple[float, float, float]
    #: Outline of the torso as (along, ahead) points, round from the back of the hip.
    torso_outline: tuple[tuple[float, float], ...]
    foot: float = 9.0
    hand: float = 3.0
    head: float = 1.0
    #: Leaves corners sharp (robots).
    angular: bool = False
    #: How far the body bends forward by nature.
    stoop: float = 0.0


@dataclass(frozen=True, slots=True)
class Skirt:
    """Cloth round the legs: a skirt, a dress, a robe, the tails of a coat."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Share of the leg it covers.
    length: float
    #: How far the hem stands out.
    flare: float
    fill: str = "body"
    hem: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that tells one figure from another."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: In metres.
    height: float
    build: Build
    colours: Mapping[str, str]
    #: Drawings of heads.yaml, from the back to the front.
    head: tuple[str, ...]
    #: Drawn behind the body at the head: long hair, the back of a hood.
    behind: tuple[str, ...] = ()
    #: Drawn on the torso.
    worn: tuple[str, ...] = ()
    #: Held in the near hand; a staff stays upright, a blade points ahead.
    held: str | None = None
    held_upright: bool = False
    #: On the back.
    carried: str | None = None
    skirt: Skirt | None = None
    #: Length of a cape, 0 for none.
    cape: float = 0.0
    #: Fill of thigh, shank and shoe; of upper arm, forearm and hand.
    leg_fills: tuple[str, str, str] = ("trousers", "trousers", "shoe")
    arm_fills: tuple[str, str, str] = ("body", "body", "skin")
    torso_fill: str = "body"
    #: Whether skin and hair vary from copy to copy.
    varies: bool = True
    #: Garments that others of a crowd wear.
    wardrobe: tuple[str, ...] = ()
    #: Lift of arms held out ahead by nature, degrees.
    reaching: float = 0.0


@dataclass(frozen=True, slots=True)
class Looks:
    """A skin and the hair that goes with it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    skin: str
    hairs: tuple[str, ...]


@cache
def people() -> Mapping[str, Person]:
    """Read the table of figures."""
    return read_species(_PACKAGE, "people.yaml", Person)


@cache
def drawings() -> Mapping[str, tuple[Part, ...]]:
    """Read the drawings of heads, hats and things."""
    return read(_PACKAGE, "drawings.yaml", dict[str, tuple[Part, ...]])


@cache
def looks() -> tuple[Looks, ...]:
    """Read the skins and hair colours."""
    return read(_PACKAGE, "looks.yaml", tuple[Looks, ...])
