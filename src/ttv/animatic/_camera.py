"""The camera's path: a pure function of absolute time, never of a clip's length.

A move eases in from the start of time and then keeps its speed for ever; what cannot go on
for ever (a zoom, a tilt) nears its limit smoothly. So a film cut anywhere goes on seamlessly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ttv.animatic.scene import Camera, Framing, Move

#: Seconds until a move has its full speed.
_RAMP: Final = 0.8
#: Units a second at the subjects' depth.
_PAN: Final = 0.13
#: How much larger a zoom ends by framing, and the share of the rest it gains each second.
_ZOOM: Final = {Framing.WIDE: 0.6, Framing.MEDIUM: 0.5, Framing.CLOSE: 0.34}
_ZOOM_RATE: Final = 0.15
#: How far a tilt goes, in parts of the height, and how fast.
_TILT: Final = 0.24
_TILT_RATE: Final = 0.3


def eased(t: float) -> float:
    """Give the seconds travelled at full speed after ``t`` seconds that began at rest."""
    return t * t / (2 * _RAMP) if t < _RAMP else t - _RAMP / 2


@dataclass(frozen=True, slots=True)
class CameraPath:
    """Where the camera is at any time."""

    camera: Camera
    #: Speed of the subject that the camera goes with, in pixels a second; 0 stays.
    follows: float
    #: Pixels of one unit.
    unit: float
    #: Pixels that a pan goes in the end, so as not to lose somebody at rest.
    room: float = math.inf

    @property
    def zooms(self) -> bool:
        """Say whether pictures have to be scaled."""
        return self.camera.move in {Move.ZOOM_IN, Move.ZOOM_OUT, Move.DOLLY_IN, Move.DOLLY_OUT}

    @property
    def parts(self) -> bool:
        """Say whether near and far grow differently."""
        return self.camera.move in {Move.DOLLY_IN, Move.DOLLY_OUT}

    @property
    def tilts(self) -> bool:
        """Say whether the picture slides up or down."""
        return self.camera.move in {Move.TILT_UP, Move.TILT_DOWN}

    @property
    def reach(self) -> float:
        """Give how much a zoom adds in the end: less where the subject fills the frame."""
        return _ZOOM[self.camera.framing] * math.sqrt(min(1.0, self.camera.speed))

    @property
    def oversize(self) -> float:
        """Give how much larger than the frame the picture is composed, to stay sharp half way."""
        return math.sqrt(1.0 + self.reach) if self.zooms else 1.0

    @property
    def headroom(self) -> float:
        """Give the extra sky above the frame, in parts of its height."""
        return _TILT if self.tilts else 0.0

    @property
    def pan(self) -> float:
        """Give the steady speed of the camera's own travel, in pixels a second."""
        way = {Move.PAN_LEFT: -1.0, Move.PAN_RIGHT: 1.0}.get(self.camera.move, 0.0)
        return way * _PAN * self.unit * self.camera.speed

    @property
    def pace(self) -> float:
        """Give the steady speed of the camera in pixels a second."""
        return self.follows or self.pan

    def travelled(self, t: float) -> float:
        """Give how far to the right the camera has gone, in pixels at the subjects' depth.

        Beside a moving subject it has its speed from the start, or the feet would slide.
        """
        if self.follows:
            return self.follows * t
        gone = self.pan * eased(t)
        return self.room * math.tanh(gone / self.room) if math.isfinite(self.room) else gone

    def zoom(self, t: float) -> float:
        """Give the magnification."""
        gained = 1.0 - math.exp(-_ZOOM_RATE * self.camera.speed * eased(t))
        if self.camera.move in {Move.ZOOM_IN, Move.DOLLY_IN}:
            return 1.0 + self.reach * gained
        if self.camera.move in {Move.ZOOM_OUT, Move.DOLLY_OUT}:
            return 1.0 + self.reach * (1.0 - gained)
        return 1.0

    def far_zoom(self, t: float) -> float:
        """Give the magnification of what is far away; a dolly leaves it behind."""
        zoom = self.zoom(t)
        return 1.0 + (zoom - 1.0) * 0.55 if self.parts else zoom

    def raised(self, t: float) -> float:
        """Give how far the picture has slid down (the camera looks up), in heights."""
        gone = 1.0 - math.exp(-_TILT_RATE * self.camera.speed * eased(t))
        if self.camera.move is Move.TILT_UP:
            return _TILT * gone
        return _TILT * (1.0 - gone) if self.camera.move is Move.TILT_DOWN else 0.0
