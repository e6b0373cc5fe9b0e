"""One palette for the whole picture, by hour, weather, season, place and style."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

import skia
import yaml

from ttv.animatic.rigs import Light, Rgb
from ttv.animatic.scene import Scene, Season, Setting, TimeOfDay, Weather

_SEASONS: Final = (Season.SPRING, Season.SUMMER, Season.AUTUMN, Season.WINTER)
_LUMA: Final = (0.2126, 0.7152, 0.0722)
#: What the light keeps of its colour indoors at each hour.
_INDOORS: Final = {
    TimeOfDay.DAWN: (0.98, 0.88, 0.84),
    TimeOfDay.DAY: (1.0, 0.98, 0.94),
    TimeOfDay.SUNSET: (0.98, 0.78, 0.66),
    TimeOfDay.NIGHT: (0.78, 0.65, 0.66),
}


def parse(text: str) -> Rgb:
    """Read ``#rrggbb``."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def mix(first: Rgb, second: Rgb, amount: float) -> Rgb:
    """Go from the first colour to the second by ``amount``."""
    red, green, blue = (a + (b - a) * amount for a, b in zip(first, second, strict=True))
    return red, green, blue


def times(first: Rgb, second: Rgb) -> Rgb:
    """Multiply two colours, as light does."""
    return first[0] * second[0], first[1] * second[1], first[2] * second[2]


def grey(colour: Rgb) -> float:
    """Give the brightness of a colour."""
    return sum(part * weight for part, weight in zip(colour, _LUMA, strict=True))


def argb(colour: Rgb, alpha: float = 1.0) -> int:
    """Pack a colour for skia."""
    red, green, blue = (round(255 * min(1.0, max(0.0, value))) for value in colour)
    return int(skia.Color(red, green, blue, round(255 * min(1.0, max(0.0, alpha)))))


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = files("ttv.animatic.world").joinpath("palette.yaml").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, Any]]", yaml.safe_load(text))


@cache
def _surface(name: str, season: Season) -> Rgb:
    entry = _table()["materials"][name]
    return parse(entry if isinstance(entry, str) else entry[_SEASONS.index(season)])


@dataclass(frozen=True, slots=True)
class Grade:
    """A style as one affine map of colours, the same for the world and its subjects."""

    rows: tuple[tuple[float, float, float, float], ...]

    @classmethod
    def of(cls, style: str | None) -> Grade | None:
        """Look the style up; an unknown one changes nothing."""
        entry = _table()["styles"].get(style or "")
        if entry is None:
            return None
        contrast, keep = entry["contrast"], 1.0 - entry["amount"]
        tint = parse(entry["tint"])
        gain = entry.get("multiply", (1.0, 1.0, 1.0))
        rows = []
        for out in range(3):
            row = [
                gain[out]
                * keep
                * contrast
                * (
                    _LUMA[part] * (1.0 - entry["saturation"])
                    + (entry["saturation"] if part == out else 0.0)
                )
                for part in range(3)
            ]
            shift = gain[out] * keep * 0.5 * (1.0 - contrast) + tint[out] * entry["amount"]
            rows.append((row[0], row[1], row[2], shift))
        return cls(tuple(rows))

    def apply(self, colour: Rgb) -> Rgb:
        """Grade one colour."""
        red, green, blue = (
            min(1.0, max(0.0, a * colour[0] + b * colour[1] + c * colour[2] + d))
            for a, b, c, d in self.rows
        )
        return red, green, blue

    def filter(self) -> skia.ColorFilter:
        """Give the same map for drawings that are not ours to colour."""
        matrix = [value for a, b, c, d in self.rows for value in (a, b, c, 0.0, d)]
        return skia.ColorFilters.Matrix([*matrix, 0.0, 0.0, 0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scene; every surface asks it how it looks at its distance."""

    #: From the zenith to the horizon.
    sky: tuple[Rgb, ...]
    haze: Rgb
    ambient: Rgb
    key: Rgb
    disc: Rgb
    shadow: Rgb
    #: Sun or moon: share of the width, and of the sky from the zenith down.
    place: tuple[float, float]
    glow: float
    #: How brightly windows and lamps shine, 0 to 1.
    lamps: float
    stars: float
    #: Haze beyond what distance gives, 0 to 1.
    veil: float
    cloud: float
    #: What the weather leaves of the light, 0 to 1.
    dim: float
    #: Units a second to the right.
    wind: float
    season: Season
    snowy: bool
    grade: Grade | None

    def material(self, name: str) -> Rgb:
        """Give the surface's own colour in this season."""
        return _surface(name, self.season)

    def air(self, near: float) -> float:
        """Say how much haze lies before a thing of that nearness (1 is where subjects are)."""
        far = max(0.0, 1.0 - near)
        fog = self.veil * math.sqrt(far) * (1.0 - 0.25 * far)
        return min(0.97, 0.82 * math.pow(far, 1.7) + fog)

    def lit(self, colour: Rgb, near: float, shade: float = 1.0) -> Rgb:
        """Put a surface colour in the light and haze of its distance."""
        lit = times(colour, self.ambient)
        shaded = (lit[0] * shade, lit[1] * shade, lit[2] * min(1.08, shade + (1 - shade) * 0.12))
        return self.graded(mix(shaded, self.haze, self.air(near)))

    def graded(self, colour: Rgb) -> Rgb:
        """Apply the style to a colour that carries its own light."""
        return self.grade.apply(colour) if self.grade else colour

    def light(self, near: float) -> Light:
        """Give subjects of that nearness the light of the world round them.

        In the dark it is a little whiter, so that their colours can still be told.
        """
        return Light(
            ambient=mix(self.ambient, (1.0, 1.0, 1.0), 0.55 * (1.0 - grey(self.ambient))),
            haze=self.haze,
            haze_amount=self.air(near) * 0.6,
            key=self.key,
            key_side=max(-1.0, min(1.0, (self.place[0] - 0.5) * 2.6)),
        )


def palette(scene: Scene) -> Palette:
    """Choose the colours of a scene."""
    table = _table()
    hour = dict(table["times"][scene.time]) | table["places"].get(scene.setting, {})
    air = table["weathers"][scene.weather]
    dim = air["dim"]
    ambient = _INDOORS[scene.time] if scene.setting is Setting.ROOM else tuple(hour["ambient"])
    if scene.setting is Setting.UNDERWATER:
        ambient = times(ambient, _depth_of_hour(scene.time))
    sky = tuple(_overcast(parse(stop), air["grey"], dim) for stop in hour["sky"])
    if scene.setting is Setting.UNDERWATER:
        sky = tuple(times(stop, _depth_of_hour(scene.time)) for stop in sky)
    haze = _overcast(parse(hour["haze"]), air["grey"], dim)
    if scene.setting is Setting.UNDERWATER:
        haze = times(haze, _depth_of_hour(scene.time))
    x, y = hour["place"]
    snowy = scene.season is Season.WINTER or scene.weather is Weather.SNOW
    return Palette(
        sky=sky,
        haze=haze,
        ambient=_overcast_light(ambient, air["grey"], dim),
        key=parse(hour["key"]),
        disc=parse(hour["disc"]),
        shadow=parse(hour["shadow"]),
        place=(x, y),
        glow=hour["glow"] * air["glow"],
        lamps=max(hour["lamps"], 0.6 if air["dim"] < 0.8 else 0.0),
        stars=hour["stars"] * (1.0 - air["cloud"] * 0.8),
        veil=air["veil"],
        cloud=air["cloud"],
        dim=dim,
        wind=air["wind"],
        season=Season.WINTER if snowy else scene.season,
        snowy=snowy,
        grade=Grade.of(scene.style),
    )


def _overcast_light(ambient: Rgb, amount: float, dim: float) -> Rgb:
    level = grey(ambient)
    left = 0.3 + 0.7 * dim
    red, green, blue = mix(ambient, (level, level, level * 1.06), amount * 0.55)
    return red * left, green * left, min(1.0, blue * left * 1.04)


def _overcast(colour: Rgb, amount: float, dim: float) -> Rgb:
    level = grey(colour) * dim
    flat: Rgb = (level * 0.97, level, level * 1.05)
    mixed = mix(colour, flat, amount)
    return mixed[0] * (0.4 + 0.6 * dim), mixed[1] * (0.4 + 0.6 * dim), mixed[2] * (0.4 + 0.6 * dim)


def _depth_of_hour(time: TimeOfDay) -> Rgb:
    depths: dict[TimeOfDay, Rgb] = {
        TimeOfDay.DAWN: (0.95, 0.86, 0.88),
        TimeOfDay.DAY: (1.0, 1.0, 1.0),
        TimeOfDay.SUNSET: (1.05, 0.74, 0.72),
        TimeOfDay.NIGHT: (0.34, 0.42, 0.62),
    }
    return depths[time]
