"""The colour table."""

from __future__ import annotations

from typing import Final

from ttv.animatic.language._tables import table

#: Canonical colour names, the values of ``Subject.colour``.
COLOURS: Final = tuple(table("colours"))


def rgb(colour: str) -> tuple[float, float, float]:
    """Give the red, green and blue (0.0 to 1.0, sRGB) of a canonical colour."""
    red, green, blue = bytes.fromhex(table("colours")[colour]["hex"])
    return red / 255, green / 255, blue / 255
