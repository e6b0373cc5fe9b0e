"""Vehicles and objects: drawings with a life of their own, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from ttv.animatic.rigs._data import read_species
from ttv.animatic.rigs._kit import Part

_PACKAGE = "ttv.animatic.rigs.things"


class Medium(StrEnum):
    """What carries a thing."""

    GROUND = "ground"
    #: The origin is on the water line.
    WATER = "water"
    #: The origin is the middle of the thing.
    AIR = "air"


@dataclass(frozen=True, slots=True)
class Thing:
    """A drawing, its size and how it moves."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    #: Metres of 100 units.
    size: float
    colours: Mapping[str, str]
    parts: tuple[Part, ...]
    #: Units: what counts as its height, and the middle above the origin.
    height: float = 100.0
    middle: float = 50.0
    medium: Medium = Medium.GROUND
    #: Units a second when it drives, sails or flies.
    speed: float = 0.0
    #: Jolt of the body on its wheels, units.
    jolt: float = 0.0
    #: Rise and roll of what floats, units and degrees.
    heave: float = 3.0
    roll: float = 2.0
    #: Colours of others of its kind.
    paints: tuple[str, ...] = ()


@cache
def vehicles() -> Mapping[str, Thing]:
    """Read the table of vehicles."""
    return read_species(_PACKAGE, "vehicles.yaml", Thing)


@cache
def objects() -> Mapping[str, Thing]:
    """Read the table of objects."""
    return read_species(_PACKAGE, "objects.yaml", Thing)
