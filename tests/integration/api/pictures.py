"""Pictures to send."""

from __future__ import annotations

from typing import Final

import skia


def png(colour: int = 0xFF3366CC) -> bytes:
    """Give a small picture of one colour."""
    surface = skia.Surface(64, 48)
    surface.getCanvas().clear(colour)
    return bytes(surface.makeImageSnapshot().encodeToData(skia.kPNG, 100))


PNG: Final = png()
