"""Colour in a perceptual space, so that a recoloured subject keeps its shades and its hue."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ttv.animatic.rigs._port import Rgb

#: Lightness, chroma and hue (radians) of the OKLab space.
Lch = tuple[float, float, float]


#: Fills that keep their colour however near it is to the body's.
_FEATURES = frozenset({"beak", "eye", "leg", "mouth", "nose", "skin"})
#: Distance within which another fill is of the body's own material.
_KINDRED = 0.1


def parse(text: str) -> Rgb:
    """Read ``#rrggbb``."""
    digits = text.removeprefix("#")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def colours(table: Mapping[str, str]) -> dict[str, Rgb]:
    """Parse the fills of a species."""
    return {name: parse(text) for name, text in table.items()}


def mix(first: Rgb, second: Rgb, amount: float) -> Rgb:
    """Blend two colours; ``amount`` is the share of the second."""
    red, green, blue = (a + (b - a) * amount for a, b in zip(first, second, strict=True))
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _display(value: float) -> float:
    value = min(1.0, max(0.0, value))
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def to_lab(colour: Rgb) -> tuple[float, float, float]:
    """Convert sRGB to OKLab."""
    r, g, b = (_linear(value) for value in colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def to_lch(colour: Rgb) -> Lch:
    """Convert sRGB to lightness, chroma and hue."""
    lightness, a, b = to_lab(colour)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _unclipped(colour: Lch) -> tuple[float, float, float]:
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def from_lch(colour: Lch) -> Rgb:
    """Convert to sRGB; a colour the screen lacks gives up chroma, never hue or lightness."""
    lightness, chroma, hue = colour
    lightness = min(1.0, max(0.0, lightness))
    for _ in range(12):
        linear = _unclipped((lightness, chroma, hue))
        if all(-0.002 <= value <= 1.002 for value in linear):
            break
        chroma *= 0.9
    red, green, blue = (_display(value) for value in linear)
    return red, green, blue


def distance(first: Rgb, second: Rgb) -> float:
    """Give the OKLab distance; 0.02 is just noticeable, black to white is 1."""
    return math.dist(to_lab(first), to_lab(second))


def repaint(fills: Mapping[str, Rgb], target: Rgb) -> dict[str, Rgb]:
    """Give the fills their new colour: ``body`` exactly, its relatives by the same steps.

    Relatives are the fills named ``body`` with a suffix (``body-dark``) and those of nearly
    its colour, such as a leg: they keep their step in lightness from ``body`` and take its
    new hue and chroma.
    """
    body = fills["body"]
    lightness, _, _ = to_lch(body)
    new_lightness, new_chroma, new_hue = to_lch(target)
    painted = dict(fills)
    for name, fill in fills.items():
        if name == "body":
            painted[name] = target
        elif name.startswith("body-") or (
            name not in _FEATURES and distance(fill, body) < _KINDRED
        ):
            step = to_lch(fill)[0] - lightness
            room = min(1.0, max(0.08, new_lightness + step))
            painted[name] = from_lch((room, new_chroma * (1 - 0.5 * abs(step)), new_hue))
    return painted


def tint(colour: Rgb, *, lighter: float, turn: float) -> Rgb:
    """Vary a natural colour a little, so that siblings differ."""
    lightness, chroma, hue = to_lch(colour)
    return from_lch((lightness + lighter, chroma, hue + turn))
