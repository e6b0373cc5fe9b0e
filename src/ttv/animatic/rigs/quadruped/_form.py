"""What makes a species: proportions, colours and gaits of a four-legged animal, as data.

Lengths are in hundredths of the height at the withers; angles in degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from ttv.animatic.rigs._data import read, read_species
from ttv.animatic.rigs._kit import Part
from ttv.animatic.rigs._wing import WingShape

_PACKAGE = "ttv.animatic.rigs.quadruped"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg of three bones: two reach for the ankle, the third stands on the toes."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Along the trunk (0 pelvis, 1 withers) and above its axis.
    root: tuple[float, float]
    bones: tuple[float, float, float]
    #: Half-widths at root, knee, ankle and toe.
    girth: tuple[float, float, float, float]
    #: Where the foot stands, ahead of the root.
    home: float = 0.0
    #: Lean of the third bone when standing; 90 is upright, more leans back.
    lean: float = 95.0


@dataclass(frozen=True, slots=True)
class Trunk:
    """The body between the leg roots; outlines as (along, above) points."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    length: float
    pelvis: float
    withers: float
    #: From the buttock over the back to the withers.
    back: tuple[tuple[float, float], ...]
    #: From the breast under the belly to the groin.
    belly: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Neck:
    """Where the neck starts on the trunk and how it holds the head."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    base: tuple[float, float]
    length: float
    angle: float
    #: Half-widths at the base and at the head.
    girth: tuple[float, float]
    #: Angle of the head itself; 0 looks level.
    head: float = 0.0


@dataclass(frozen=True, slots=True)
class Tail:
    """A chain of segments with a bushy or bare outline."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    base: tuple[float, float]
    length: float
    #: Lift above level at rest, and bend added over the whole length.
    lift: float
    curl: float
    #: Half-widths along the tail.
    girth: tuple[float, ...]
    #: Share of the length from which the tip colour starts; 1 is no tip.
    tip: float = 1.0
    swing: float = 10.0
    fill: str = "body"


@dataclass(frozen=True, slots=True)
class Marks:
    """Patterns of the coat."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Shapes in (along * 100, above) coordinates of the trunk, as kit outlines.
    patches: tuple[str, ...] = ()
    patch_fill: str = "mark"
    #: Stripes: along, width at the back, how far down they reach.
    stripes: tuple[tuple[float, float, float], ...] = ()
    #: Rings on neck and legs, where stripes are wanted there too.
    rings: bool = False
    #: Depth of the pale underside, 0 is none.
    belly: float = 0.0
    #: Share of the leg, from the toe, in sock colour.
    socks: float = 0.0


@dataclass(frozen=True, slots=True)
class Gait:
    """How four feet follow each other."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Seconds of a cycle for an animal one metre high.
    period: float
    #: Share of the cycle a foot stands.
    duty: float
    #: Ground covered by a standing foot, of the leg's root height.
    stride: float
    #: Start of the stance of hind far, hind near, fore far, fore near, in cycles.
    offsets: tuple[float, float, float, float]
    lift: float
    #: Rise of the body, how often a cycle and at which phase it is highest.
    bounce: float
    beats: int = 2
    peak: float = 0.375
    #: Ballistic flight instead of a sine: the body rises only in this window.
    flight: tuple[float, float] | None = None
    pitch: float = 0.0
    #: Bending of the spine: arched when gathered, hollow when stretched.
    flex: float = 0.0
    crouch: float = 0.0
    nod: float = 2.0
    neck: float = 0.0
    head: float = 0.0
    ears: float = 0.0
    tail: float = 0.0


@dataclass(frozen=True, slots=True)
class Species:
    """Everything that tells one animal from another."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: At the withers, in metres.
    height: float
    colours: Mapping[str, str]
    trunk: Trunk
    neck: Neck
    fore: Leg
    hind: Leg
    tail: Tail
    #: Name of a drawing in heads.yaml, and its size.
    head: str
    head_size: float = 1.0
    #: From the poll to the mouth, in head units.
    mouth: tuple[float, float] = (28.0, -5.0)
    foot: str = "paw"
    marks: Marks = field(default_factory=Marks)
    #: Name of a mane in heads.yaml.
    mane: str | None = None
    wings: WingShape | None = None
    #: Wool hides where the legs begin.
    legs_under: bool = False
    walk: str = "walk"
    run: str = "gallop"
    #: Extra drawing on the back, in trunk coordinates (hump, plates).
    back: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A head as a drawing: what lies behind it, the head, and what its species add."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    #: Drawn before the neck, darker: far ear, far horn.
    far: tuple[Part, ...] = ()
    near: tuple[Part, ...] = ()


@cache
def species() -> Mapping[str, Species]:
    """Read the table of animals."""
    return read_species(_PACKAGE, "quadrupeds.yaml", Species)


@cache
def gaits() -> Mapping[str, Gait]:
    """Read the table of gaits."""
    return read(_PACKAGE, "gaits.yaml", dict[str, Gait])


@cache
def heads() -> Mapping[str, Head]:
    """Read the drawings of heads."""
    return read_species(_PACKAGE, "heads.yaml", Head)
