"""Settings that people built, and the two where nobody can stand."""

from __future__ import annotations

from typing import Final

from ttv.animatic.scene import Weather
from ttv.animatic.world._buildings import Gleam, Row, Street
from ttv.animatic.world._deep import Asteroids, Nebula, Planets
from ttv.animatic.world._effect import Effect
from ttv.animatic.world._furniture import Furniture
from ttv.animatic.world._grammar import Conditions, Grammar, Layer, Play
from ttv.animatic.world._room import Floor, Hung, Panes, Wall
from ttv.animatic.world._terrain import Ground, Grove, Mist, Ridge
from ttv.animatic.world._weather import Flakes, Motes, Streams

_GRASS = ("grass", "grass_dark", "grass_light")


def city(here: Conditions) -> Grammar:
    """Describe a street before a skyline; rain makes it shine."""
    wet = here.scene.weather in {Weather.RAIN, Weather.STORM}
    gleam = (Layer(Gleam(0.24), 0.84, blur=3.0),) if wet and here.palette.lamps > 0.5 else ()
    return Grammar(
        back=(
            Layer(Row(("tower",), (0.2, 0.42), 0.075), 0.06, blur=1.4),
            Layer(Mist(0.5, 0.3), 0.1),
            Layer(Row(("tower",), (0.3, 0.58), 0.13), 0.16, blur=0.7),
            Layer(Mist(0.55, 0.3), 0.2),
            Layer(Row(("tower",), (0.4, 0.7), 0.24, 0.85), 0.34),
            Layer(Mist(0.4, 0.26), 0.4),
            Layer(Row(("shop",), (0.36, 0.46), 0.3, 1.0), 0.6),
            Layer(Street("pavement", "pavement_dark", 0.2, slabs=True), 0.6),
            Layer(Grove(("broadleaf", "birch"), (0.24, 0.32), 0.7, 0.55), 0.7),
            Layer(Row(("lamppost",), (0.44, 0.44), 0.9, even=True), 0.76),
            Layer(Street("asphalt", "asphalt_dark", 0.34, dashes=True), 0.84),
            *gleam,
        ),
        horizon=0.5,
    )


def village(here: Conditions) -> Grammar:
    """Describe cottages along a lane below hills."""
    cover = here.cover("meadow")
    return Grammar(
        back=(
            Layer(Ridge(0.38, 0.55, "mountain", 1.0, 5, clear=0.15, cap=0.4), 0.04, blur=1.0),
            Layer(Ridge(0.15, 0.7, "leaf_dark", octaves=3), 0.12, blur=0.8),
            Layer(Grove(("conifer", "poplar"), (0.06, 0.12), 0.06, 0.6), 0.2),
            Layer(
                Row(("house", "house", "house", "chapel"), (0.1, 0.16), 0.17, 0.9), 0.26, blur=0.3
            ),
            Layer(Ground(*_GRASS, "none", roll=0.02), 0.28),
            Layer(Mist(0.4, 0.16), 0.34),
            Layer(Grove(("broadleaf", "poplar", "cherry"), (0.18, 0.34), 0.36, 0.6), 0.5),
            Layer(Row(("house",), (0.3, 0.38), 0.52, 0.9), 0.56),
            Layer(Ground(*_GRASS, cover, roll=0.01), 0.57),
            Layer(Row(("fence",), (0.07, 0.07), 0.154, 1.0, even=True, reach=4), 0.7),
            Layer(Grove(("bush",), (0.03, 0.06), 0.2, 0.5), 0.72),
            Layer(Ground(*_GRASS, cover, roll=0.008), 0.74),
            Layer(Ground("soil", "soil_dark", "soil", "none", roll=0.008), 0.88),
            Layer(Ground(*_GRASS, cover, roll=0.008), 1.25),
        ),
        front=(Layer(Grove(("fringe", "bush"), (0.06, 0.1), 0.34, 0.6), 1.6, blur=2.0),),
        horizon=0.52,
    )


def road(here: Conditions) -> Grammar:
    """Describe a country road with poles and far hills."""
    cover = here.cover("meadow")
    return Grammar(
        back=(
            Layer(Ridge(0.3, 0.55, "mountain", 1.0, 5, clear=0.15, cap=0.4), 0.03, blur=1.0),
            Layer(Ridge(0.14, 0.9, "grass_dark", octaves=2), 0.1, blur=0.8),
            Layer(Ridge(0.09, 0.7, "grass", octaves=2, mist=0.3), 0.2),
            Layer(Grove(("poplar", "broadleaf", "bush"), (0.06, 0.15), 0.11, 0.6), 0.32),
            Layer(Ground(*_GRASS, "none", roll=0.02), 0.34),
            Layer(Mist(0.35, 0.14), 0.4),
            Layer(Grove(("broadleaf", "conifer"), (0.22, 0.4), 0.6, 0.55), 0.52),
            Layer(Ground(*_GRASS, cover, roll=0.012), 0.54),
            Layer(Row(("pole",), (0.46, 0.46), 0.74, even=True, reach=2), 0.68),
            Layer(Ground(*_GRASS, cover, roll=0.006), 0.7),
            Layer(Street("asphalt", "asphalt_dark", 0.17, dashes=True), 0.86),
            Layer(Ground(*_GRASS, cover, roll=0.005), 1.42),
        ),
        front=(Layer(Grove(("fringe",), (0.07, 0.13), 0.24, 0.6), 1.8, blur=2.4),),
        horizon=0.52,
    )


#: What a window shows of the weather.
_OUTSIDE: Final[dict[Weather, Effect]] = {
    Weather.RAIN: Streams(1400, splash=False),
    Weather.STORM: Streams(2000, 0.3, splash=False),
    Weather.SNOW: Flakes(),
}


def room(here: Conditions) -> Grammar:
    """Describe a living room by a window."""
    outside = _OUTSIDE.get(here.scene.weather)
    return Grammar(
        back=(
            Layer(Wall(), 0.5),
            Layer(Hung(), 0.5),
            *((Play(Panes(outside), 0.5),) if outside else ()),
            Layer(Floor(), 0.5),
            Layer(Furniture(), 0.6),
        ),
        front=(Play(Motes("lamp", 22, 0.0013, drift=(0.004, -0.003), alpha=0.4), 1.0),),
        horizon=0.44,
        ground=0.84,
        open_sky=False,
        sun=False,
    )


def space(here: Conditions) -> Grammar:
    """Describe stars, nebulae and planets; the moon's face for those who stand."""
    moon = ("moon_ground", "moon_dark", "moon_light")
    land = (
        Layer(Ridge(0.12, 0.4, "moon_dark", 1.0, 4, clear=0.3, mist=0.1), 0.5, blur=0.4),
        Layer(Ground(*moon, "moon", roll=0.02), 0.66),
        Layer(Ground(*moon, "moon", roll=0.012), 0.86),
    )
    return Grammar(
        back=(
            Layer(Nebula(), 0.04, blur=2.0),
            Layer(Planets((0.05, 0.09), 1.7, (0.12, 0.5)), 0.07),
            Layer(Planets((0.17, 0.24), 2.3, (0.2, 0.34)), 0.14),
            Layer(Asteroids((0.006, 0.02), 0.16), 0.3),
            *(land if here.grounded else (Layer(Asteroids((0.02, 0.045), 0.5), 0.7, drift=-0.01),)),
        ),
        front=()
        if here.grounded
        else (Layer(Asteroids((0.05, 0.09), 1.9), 1.7, blur=4.0, drift=-0.04),),
        horizon=0.66 if here.grounded else 0.98,
        ground=0.84 if here.grounded else 0.95,
        air=0.48,
        sun=False,
    )
