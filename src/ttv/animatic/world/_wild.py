"""Settings without walls: woods, fields, mountains, deserts, shores and water."""

from __future__ import annotations

from typing import Final

from ttv.animatic.scene import Weather
from ttv.animatic.world._buildings import Row
from ttv.animatic.world._deep import Caustics, Kelp, Reef
from ttv.animatic.world._grammar import Conditions, Grammar, Layer, Play
from ttv.animatic.world._heaven import Shafts
from ttv.animatic.world._scenery import CloudSea, Edge, Furrows
from ttv.animatic.world._sky import Clouds, Rays
from ttv.animatic.world._terrain import Ground, Grove, Mist, Ridge, Rocks
from ttv.animatic.world._water import Glitter, Mirrored, Surf, Swell, Water
from ttv.animatic.world._weather import Bubbles, Motes

_GRASS = ("grass", "grass_dark", "grass_light")
_SAND = ("sand", "sand_dark", "sand_light")
_DUNE = ("dune", "dune_dark", "dune_light")


def forest(here: Conditions) -> Grammar:
    """Describe a coniferous wood with a clearing."""
    mixed = ("conifer", "conifer", "conifer", "birch")
    trees = mixed if here.palette.snowy else ("conifer", "conifer", "broadleaf", "birch", "conifer")
    cover = here.cover("grass")
    return Grammar(
        back=(
            Layer(Ridge(0.44, 0.55, "mountain", 1.0, 5, clear=0.2, cap=0.45), 0.04, blur=1.2),
            Layer(Ridge(0.2, 0.5, "pine", octaves=3), 0.1, blur=1.0),
            Layer(Grove(("conifer",), (0.10, 0.21), 0.026, 0.95), 0.2, blur=0.8),
            Layer(Mist(0.75, 0.2), 0.26),
            Layer(Grove(("conifer",), (0.18, 0.36), 0.06, 0.85), 0.34),
            Layer(Ground(*_GRASS, "none"), 0.37),
            Layer(Mist(0.55, 0.22), 0.44),
            Layer(Rays(0.2), 0.0, blur=6.0),
            Layer(Grove(trees, (0.4, 0.78), 0.2, 0.62), 0.6),
            Layer(Ground(*_GRASS, cover), 0.63),
            Layer(Grove(("bush", "fringe", "bush"), (0.03, 0.075), 0.16, 0.5), 0.76),
            Layer(Ground(*_GRASS, cover, roll=0.008), 0.8),
        ),
        front=(
            Layer(Grove(("fringe",), (0.05, 0.1), 0.4, 0.55), 1.5, blur=1.6),
            Layer(Edge("pine"), 2.3, blur=6.0),
        ),
        horizon=0.5,
    )


_JUNGLE_GROUND: Final = ("jungle", "jungle_dark", "jungle_light")
#: A rain forest: giants, ferns, hanging vines, light from above.
JUNGLE: Final = Grammar(
    back=(
        Layer(Ridge(0.3, 0.5, "jungle", octaves=4), 0.06, blur=1.6),
        Layer(Grove(("jungle_tree", "palm"), (0.36, 0.5), 0.07, 1.0), 0.16, blur=1.4),
        Layer(Mist(0.8, 0.3), 0.22),
        Layer(Grove(("jungle_tree", "palm"), (0.5, 0.72), 0.14, 0.9), 0.32, blur=0.5),
        Layer(Ground(*_JUNGLE_GROUND, "none"), 0.36),
        Layer(Mist(0.6, 0.28), 0.42),
        Play(Shafts(0.34, 6), 0.3),
        Layer(Grove(("jungle_tree", "jungle_tree", "palm"), (0.72, 1.0), 0.34, 0.8), 0.58),
        Layer(Grove(("fern",), (0.09, 0.18), 0.09, 0.9), 0.62),
        Layer(Ground(*_JUNGLE_GROUND, "grass"), 0.66),
        Layer(Grove(("fern", "bush", "fern"), (0.05, 0.12), 0.14, 0.7), 0.78),
        Layer(Ground(*_JUNGLE_GROUND, "grass", roll=0.01), 0.82),
    ),
    front=(
        Layer(Grove(("fern",), (0.1, 0.16), 0.5, 0.8), 1.5, blur=2.0),
        Layer(Edge("jungle_dark", leafy=True), 2.2, blur=6.0),
        Play(Motes("lamp", 18, 0.002, alpha=0.5), 1.0),
    ),
    horizon=0.5,
)


def meadow(here: Conditions) -> Grammar:
    """Describe rolling hills with flowers."""
    cover = here.cover("meadow")
    return Grammar(
        back=(
            Layer(Ridge(0.26, 0.5, "mountain", 1.0, 4, clear=0.1, cap=0.4), 0.03, blur=1.2),
            Layer(Ridge(0.13, 0.8, "grass_dark", octaves=2), 0.12, blur=0.8),
            Layer(Grove(("poplar", "broadleaf"), (0.04, 0.09), 0.05, 0.55), 0.2),
            Layer(Ridge(0.1, 1.2, "grass", octaves=2, mist=0.3), 0.26, blur=0.4),
            Layer(Mist(0.4, 0.14), 0.3),
            Layer(Grove(("broadleaf", "poplar", "bush"), (0.09, 0.2), 0.24, 0.6, depth=0.03), 0.42),
            Layer(Ground(*_GRASS, here.cover("grass"), roll=0.03, wave=1.2), 0.44),
            Layer(Grove(("broadleaf", "cherry", "birch"), (0.26, 0.42), 0.75, 0.6), 0.66),
            Layer(Ground(*_GRASS, cover, roll=0.02), 0.66),
            Layer(Ground(*_GRASS, cover, roll=0.01), 0.86),
        ),
        front=(
            Layer(Grove(("fringe",), (0.06, 0.12), 0.13, 0.7), 1.5, blur=2.2),
            Layer(Grove(("fringe",), (0.16, 0.26), 0.5, 0.5), 2.2, blur=6.0),
        ),
        horizon=0.54,
    )


def farm(here: Conditions) -> Grammar:
    """Describe fields with a barn, bales and a fence."""
    return Grammar(
        back=(
            Layer(Ridge(0.13, 1.0, "leaf_dark", octaves=3), 0.08, blur=1.2),
            Layer(Grove(("poplar", "broadleaf"), (0.06, 0.12), 0.07, 0.6), 0.18, blur=0.6),
            Layer(Ground("wheat", "wheat", "wheat", "none", roll=0.02, wave=1.4), 0.22),
            Layer(Furrows("wheat", "leaf_dark"), 0.24),
            Layer(Mist(0.35, 0.12), 0.3),
            Layer(Row(("barn", "house", "barn"), (0.26, 0.34), 1.35, 1.0, reach=1.6), 0.48),
            Layer(Grove(("broadleaf", "bush", "cherry"), (0.1, 0.26), 0.4, 0.55), 0.5),
            Layer(Ground(*_GRASS, here.cover("grass"), roll=0.012), 0.5),
            Layer(Row(("haybale",), (0.07, 0.09), 0.62, 0.7), 0.6),
            Layer(Row(("fence",), (0.085, 0.085), 0.187, 1.0, even=True, reach=4), 0.7),
            Layer(Ground(*_GRASS, here.cover("grass"), roll=0.01), 0.72),
            Layer(Ground("soil", "soil_dark", "soil", "none", roll=0.006), 0.92),
            Layer(Ground(*_GRASS, here.cover("grass"), roll=0.006), 1.22),
        ),
        front=(Layer(Grove(("fringe",), (0.1, 0.2), 0.24, 0.6), 1.8, blur=3.5),),
        horizon=0.53,
    )


def mountains(here: Conditions) -> Grammar:
    """Describe an alpine valley under tall peaks."""
    cover = here.cover("stone")
    return Grammar(
        back=(
            Layer(Ridge(0.6, 0.6, "mountain", 1.0, 5, clear=0.3, cap=0.5), 0.02, blur=0.8),
            Layer(Mist(0.5, 0.2), 0.05),
            Layer(Ridge(0.36, 0.42, "mountain", 1.0, 5, clear=0.42, cap=0.32), 0.09, blur=0.5),
            Layer(Mist(0.65, 0.2), 0.14),
            Layer(Ridge(0.17, 0.5, "pine", octaves=4, clear=0.2), 0.18),
            Layer(Grove(("conifer",), (0.06, 0.13), 0.03, 0.8), 0.28),
            Layer(Ground(*_GRASS, "none", roll=0.02), 0.3),
            Layer(Mist(0.5, 0.16), 0.36),
            Layer(Grove(("conifer",), (0.14, 0.34), 0.2, 0.55), 0.55),
            Layer(Ground(*_GRASS, cover, roll=0.024), 0.58),
            Layer(Rocks((0.03, 0.1), 0.42), 0.76),
            Layer(Ground(*_GRASS, cover, roll=0.014), 0.8),
        ),
        front=(
            Layer(Rocks((0.09, 0.17), 1.5), 1.6, blur=2.2),
            Layer(Edge("pine"), 2.4, blur=7.0),
        ),
        horizon=0.56,
    )


#: Dunes with mesas far off and a few cacti.
DESERT: Final = Grammar(
    back=(
        Layer(Ridge(0.22, 0.5, "rock_warm", 1.0, 3, clear=0.2), 0.05, blur=1.0),
        Layer(Ridge(0.26, 1.1, "dune_dark", 0.9, 1, clear=0.2, mist=0.4), 0.1, blur=0.6),
        Layer(Ridge(0.2, 0.8, "dune", 0.9, 1, clear=0.25, mist=0.2), 0.2, blur=0.3),
        Layer(Mist(0.3, 0.12), 0.26),
        Layer(Ground(*_DUNE, "sand", roll=0.05, wave=1.1), 0.38),
        Layer(Grove(("cactus",), (0.09, 0.2), 0.42, 0.5), 0.5),
        Layer(Ground(*_DUNE, "sand", roll=0.03, wave=1.4), 0.54),
        Layer(Grove(("cactus",), (0.12, 0.3), 0.9, 0.6), 0.74),
        Layer(Ground(*_DUNE, "sand", roll=0.016, wave=1.2), 0.8),
    ),
    front=(
        Layer(Rocks((0.06, 0.12), 1.4), 1.6, blur=2.2),
        Play(
            Motes("sand_light", 26, 0.0016, drift=(0.06, -0.004), band=(0.4, 1.0), alpha=0.5),
            1.0,
        ),
    ),
    horizon=0.54,
)


def beach(here: Conditions) -> Grammar:
    """Describe sand, surf and palms under a wide sky, or an icy shore."""
    snowy = here.palette.snowy
    shore = _GRASS if snowy else _SAND
    tall = (
        Grove(("conifer",), (0.14, 0.3), 0.6, 0.5)
        if snowy
        else Grove(("palm",), (0.46, 0.7), 0.85, 0.62)
    )
    return Grammar(
        back=(
            Layer(Ridge(0.1, 0.7, "leaf_dark", octaves=3, mist=0.4), 0.03, blur=1.0),
            Layer(Water(), 0.0),
            Play(Glitter(0.02, 0.5, 90), 0.2),
            Play(Surf(0.42, 0.66), 0.5),
            Layer(Ground(*shore, here.cover("sand"), roll=0.018, wave=1.4), 0.6),
            Layer(tall, 0.74),
            Layer(Grove(("fringe", "bush"), (0.03, 0.07), 0.4, 0.5), 0.76),
            Layer(Ground(*shore, here.cover("sand"), roll=0.01), 0.8),
        ),
        front=(Layer(Rocks((0.05, 0.1), 1.6), 1.5, blur=1.8),),
        horizon=0.5,
        water=0.6,
    )


def ocean(here: Conditions) -> Grammar:
    """Describe the open sea in rows of swell."""
    rough = (
        1.7
        if here.scene.weather is Weather.STORM
        else 1.25
        if here.scene.weather in {Weather.WIND, Weather.RAIN}
        else 1.0
    )
    return Grammar(
        back=(
            Layer(Water(), 0.0),
            Play(Glitter(0.02, 1.0, 130), 0.3),
            Layer(Swell(0.012 * rough, 0.12), 0.3, drift=0.012, heave=0.002, period=4.2),
            Layer(Swell(0.02 * rough, 0.18), 0.5, drift=-0.016, heave=0.004 * rough, period=3.9),
            Layer(Swell(0.028 * rough, 0.26), 0.74, drift=0.022, heave=0.006 * rough, period=4.6),
        ),
        front=(
            Layer(
                Swell(0.034 * rough, 0.34, 0.45), 1.08, drift=-0.03, heave=0.008 * rough, period=4.0
            ),
            Layer(Swell(0.05 * rough, 0.5, 0.5), 1.55, drift=0.05, heave=0.012 * rough, period=5.0),
        ),
        horizon=0.5,
        ground=0.76,
        water=0.77,
        air=0.28,
    )


def lake(here: Conditions) -> Grammar:
    """Describe a mountain lake with its mirror image and a reedy bank."""
    peaks = Ridge(0.44, 0.55, "mountain", 1.0, 5, clear=0.2, cap=0.45)
    woods = Grove(("conifer", "broadleaf"), (0.07, 0.15), 0.03, 0.9)
    return Grammar(
        back=(
            Layer(peaks, 0.04, blur=0.9),
            Layer(Ridge(0.12, 0.6, "leaf_dark", octaves=3), 0.08),
            Layer(woods, 0.12),
            Layer(Mist(0.5, 0.12), 0.13),
            Layer(Water(), 0.12),
            Layer(Mirrored(peaks, 0.12, 0.42), 0.04, blur=1.2, ripple=True),
            Layer(Mirrored(woods, 0.12, 0.6), 0.12, blur=0.8, ripple=True),
            Play(Glitter(0.16, 0.95, 100), 0.4),
            Layer(Grove(("fringe",), (0.05, 0.12), 0.12, 0.55), 0.9),
            Layer(Ground(*_GRASS, here.cover("grass"), roll=0.014), 0.9),
        ),
        front=(
            Layer(Grove(("fringe",), (0.1, 0.2), 0.3, 0.6), 1.5, blur=1.8),
            Layer(Edge("leaf_dark", leafy=True), 2.3, blur=6.0),
        ),
        horizon=0.48,
        ground=0.84,
        water=0.7,
        bank=0.88,
    )


_UNDERWATER_FLOOR: Final = ("seabed", "seabed_dark", "seabed")
#: A reef under shafts of light.
UNDERWATER: Final = Grammar(
    back=(
        Layer(Ridge(0.34, 0.7, "reef", octaves=4, mist=0.7), 0.1, blur=2.2),
        Layer(Ridge(0.24, 0.5, "reef", octaves=4, mist=0.5), 0.24, blur=1.4),
        Play(Shafts(0.42, 8), 0.2),
        Layer(Reef((0.06, 0.12), 0.09), 0.4, blur=1.0),
        Layer(Ground(*_UNDERWATER_FLOOR, "sand", roll=0.03, wave=0.6), 0.42),
        Play(Kelp(0.14, (0.25, 0.55)), 0.52),
        Layer(Mist(0.3, 0.2), 0.55),
        Layer(Reef((0.08, 0.17), 0.17), 0.72),
        Layer(Ground(*_UNDERWATER_FLOOR, "sand", roll=0.02), 0.74),
        Play(Caustics(), 0.8),
        Layer(Rocks((0.03, 0.08), 0.5), 0.86),
    ),
    front=(
        Play(Bubbles(), 1.0),
        Layer(Reef((0.14, 0.24), 0.85, 0.7), 1.5, blur=2.4),
        Play(Motes("foam", 46, 0.0014, drift=(0.01, -0.006), band=(0.0, 1.0), alpha=0.4), 1.0),
    ),
    horizon=0.62,
    ground=0.88,
    air=0.46,
    open_sky=False,
    sun=False,
)


def sky(here: Conditions) -> Grammar:
    """Describe the air above a sea of clouds."""
    drift = 0.004 + here.palette.wind * 0.3
    return Grammar(
        back=(
            Layer(Clouds((0.55, 0.9), (0.16, 0.5), 0.34, 0.7, 0.8), 0.06, blur=1.4, drift=drift),
            Layer(CloudSea(0.09), 0.1, blur=2.0, drift=drift),
            Layer(CloudSea(0.16), 0.3, blur=1.4, drift=drift * 1.6),
            Layer(CloudSea(0.25), 0.6, blur=1.0, drift=drift * 2.4),
        ),
        front=(Layer(CloudSea(0.3), 1.3, blur=5.0, drift=drift * 5),),
        horizon=0.68,
        ground=0.9,
        air=0.4,
    )
