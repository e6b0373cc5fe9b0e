"""A picture from elsewhere, filmed: the camera of a scene moves over it.

Frame 0 is the picture itself, save where the camera moves away: a zoom out ends with all of it.
What the picture shows cannot move, so a camera that stands still draws slowly nearer instead.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import skia

from ttv.animatic._camera import eased
from ttv.animatic.scene import Camera, Move
from ttv.media import Format, Pixels

#: How much larger the picture is shown in the end, and the share of the rest each second.
_GAIN: Final = {Move.STATIC: 0.06}
_USUAL_GAIN: Final = 0.22
_RATE: Final = 0.22
#: Where the camera goes inside the picture, in parts of the room that there is: right and down.
_WAYS: Final = {
    Move.PAN_LEFT: (-1.0, 0.0),
    Move.PAN_RIGHT: (1.0, 0.0),
    Move.TRACK: (1.0, 0.0),
    Move.TILT_UP: (0.0, -1.0),
    Move.TILT_DOWN: (0.0, 1.0),
}
_SHARP: Final = skia.SamplingOptions(skia.CubicResampler.Mitchell())


class Still:
    """Films one picture in the size of a format, in any order of frames."""

    def __init__(self, picture: Pixels, camera: Camera, fmt: Format) -> None:
        self._image = skia.Image.fromarray(
            np.ascontiguousarray(picture), colorType=skia.kBGRA_8888_ColorType
        )
        self._camera = camera
        self._format = fmt

    def frame(self, index: int) -> Pixels:
        """Draw a frame as BGRA."""
        fmt = self._format
        scale, right, down = self._placed(index / fmt.fps)
        pixels = np.empty((fmt.height, fmt.width, 4), np.uint8)
        surface = skia.Surface(pixels, colorType=skia.kBGRA_8888_ColorType)
        with surface as canvas:
            canvas.translate(-right * fmt.width, -down * fmt.height)
            canvas.scale(scale, scale)
            canvas.drawImage(self._image, 0, 0, _SHARP)
        return pixels

    def _placed(self, t: float) -> tuple[float, float, float]:
        """Give how large the picture is, and how far in the frame begins, in frames."""
        camera = self._camera
        gone = 1.0 - math.exp(-_RATE * camera.speed * eased(t))
        if camera.move in {Move.ZOOM_OUT, Move.DOLLY_OUT}:
            gone = 1.0 - gone
        room = _GAIN.get(camera.move, _USUAL_GAIN) * gone
        across, along = _WAYS.get(camera.move, (0.0, 0.0))
        return 1.0 + room, room * (1.0 + across) / 2, room * (1.0 + along) / 2
