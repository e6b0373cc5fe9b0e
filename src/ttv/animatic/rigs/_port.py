"""What the stage asks of a drawn subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import skia

#: Red, green, blue, each 0.0 to 1.0, in display (sRGB) space.
Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """How a surface colour looks here and now; rigs pass every fill through it."""

    #: Multiplies every colour.
    ambient: Rgb = (1.0, 1.0, 1.0)
    #: Colour of the haze between camera and subject, and how much of it (0 to 1).
    haze: Rgb = (1.0, 1.0, 1.0)
    haze_amount: float = 0.0
    #: Colour of the key light; the rim of a subject catches it.
    key: Rgb = (1.0, 1.0, 1.0)
    #: Direction the key light comes from: -1 left, 0 above, 1 right.
    key_side: float = 0.0

    def fill(self, colour: Rgb, *, shade: float = 1.0) -> int:
        """Give the ARGB colour for skia of a surface in this light; ``shade`` darkens it."""
        lit = (
            min(1.0, value * ambient * shade) * (1.0 - self.haze_amount) + haze * self.haze_amount
            for value, ambient, haze in zip(colour, self.ambient, self.haze, strict=True)
        )
        red, green, blue = (round(255 * value) for value in lit)
        return int(skia.Color(red, green, blue))

    def emit(self, colour: Rgb) -> int:
        """Give the ARGB colour of something that glows itself: only haze dims it."""
        through = (
            value * (1.0 - self.haze_amount) + haze * self.haze_amount
            for value, haze in zip(colour, self.haze, strict=True)
        )
        red, green, blue = (round(255 * value) for value in through)
        return int(skia.Color(red, green, blue))

    @property
    def darkness(self) -> float:
        """Tell how dark it is, 0 by day to 1 at night; lamps burn above a half."""
        red, green, blue = self.ambient
        brightness = 0.299 * red + 0.587 * green + 0.114 * blue
        return min(1.0, max(0.0, (0.93 - brightness) / 0.28))


@dataclass(frozen=True, slots=True)
class Box:
    """Reach of a subject round its anchor in metres: x to the front, y up."""

    left: float
    right: float
    bottom: float
    top: float


class Actor(Protocol):
    """One subject ready to be drawn: species, colours and variation are fixed.

    Drawing space: metres, x to the front (the subject faces +x; the stage mirrors it), y
    DOWN as in skia, the origin on the ground under the middle of the body (for fliers and
    swimmers: the middle of the body). State is a function of time only.
    """

    @property
    def height(self) -> float:
        """Give the natural height (or length, for fish and birds) in metres."""

    @property
    def speed(self) -> float:
        """Give the ground speed in metres per second at which feet do not slide; 0 in place."""

    @property
    def grounded(self) -> bool:
        """Tell whether the anchor is the ground (contact shadow) or free in air or water."""

    @property
    def box(self) -> Box:
        """Give the reach over the whole action."""

    def draw(self, canvas: skia.Canvas, t: float, light: Light) -> None:
        """Draw the pose at ``t`` seconds (absolute)."""
