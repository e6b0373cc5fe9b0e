"""How a setting is described: layers and effects from back to front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ttv.animatic.scene import Scene
from ttv.animatic.world._effect import Effect
from ttv.animatic.world._look import Art
from ttv.animatic.world._palette import Palette


@dataclass(frozen=True, slots=True)
class Layer:
    """Art at one depth, painted once and moved by the camera."""

    art: Art
    #: 0 infinitely far, 1 at the subjects, above 1 in front of them.
    near: float
    #: Softness in thousandths of a unit.
    blur: float = 0.0
    #: Own travel to the right in units a second.
    drift: float = 0.0
    #: Rise and fall in units, for swell.
    heave: float = 0.0
    #: Seconds of one rise and fall.
    period: float = 4.0
    #: Wobbles in strips like a reflection.
    ripple: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """An effect at one depth."""

    effect: Effect
    near: float = 1.0


Item = Layer | Play


@dataclass(frozen=True, slots=True)
class Grammar:
    """One setting: what stands behind the subjects and what in front of them."""

    back: tuple[Item, ...]
    front: tuple[Item, ...] = ()
    #: Height of the horizon and of the subjects' line, in parts of the picture from the top.
    horizon: float = 0.56
    ground: float = 0.8
    #: Where free swimmers and fliers keep to, in parts of the picture from the top.
    water: float | None = None
    air: float = 0.34
    #: Nearness of the bank before water that mirrors what floats on it; None mirrors nothing.
    bank: float | None = None
    #: Whether a sky with sun, moon and clouds shows at all.
    open_sky: bool = True
    sun: bool = True


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a setting looks at before it describes itself."""

    scene: Scene
    palette: Palette
    #: Whether any subject stands on the ground.
    grounded: bool

    def cover(self, summer: str) -> str:
        """Choose what lies on the ground: snow, or that."""
        return "snow" if self.palette.snowy else summer


#: A setting that never changes, or one that does.
Described = Grammar | Callable[[Conditions], Grammar]
