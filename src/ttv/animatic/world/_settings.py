"""From a scene to its layers: the setting's table, its sky, its props and its air."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ttv.animatic.scene import Scene, Season, Setting, TimeOfDay, Weather
from ttv.animatic.world import _built as built
from ttv.animatic.world import _wild as wild
from ttv.animatic.world._buildings import Row
from ttv.animatic.world._grammar import Conditions, Described, Grammar, Item, Layer, Play
from ttv.animatic.world._heaven import Aurora, Lightning, Rainbow, Stars
from ttv.animatic.world._palette import Palette, palette
from ttv.animatic.world._scenery import Bridge, Cliff, Falls, Rails, Trail
from ttv.animatic.world._sky import Clouds, Moon, Overcast, Streaks
from ttv.animatic.world._terrain import Grove, Mist, Ridge, Rocks, Wisps
from ttv.animatic.world._water import Glitter, Water
from ttv.animatic.world._weather import Flakes, Leaves, Motes, Streams

_GRAMMARS: Final[dict[Setting, Described]] = {
    Setting.FOREST: wild.forest,
    Setting.JUNGLE: wild.JUNGLE,
    Setting.MEADOW: wild.meadow,
    Setting.FARM: wild.farm,
    Setting.MOUNTAINS: wild.mountains,
    Setting.DESERT: wild.DESERT,
    Setting.BEACH: wild.beach,
    Setting.OCEAN: wild.ocean,
    Setting.UNDERWATER: wild.UNDERWATER,
    Setting.LAKE: wild.lake,
    Setting.SKY: wild.sky,
    Setting.CITY: built.city,
    Setting.VILLAGE: built.village,
    Setting.ROAD: built.road,
    Setting.ROOM: built.room,
    Setting.SPACE: built.space,
}

#: Named scenery that the world draws itself; a layer joins the others by its nearness.
PROPS: Final[dict[str, tuple[Item, ...]]] = {
    "mountains": (
        Layer(Ridge(0.48, 0.55, "mountain", 1.0, 5, clear=0.2, cap=0.45), 0.035, blur=1.0),
    ),
    "hills": (Layer(Ridge(0.17, 0.8, "grass_dark", octaves=2), 0.14, blur=0.6),),
    "forest": (
        Layer(Grove(("conifer", "broadleaf"), (0.12, 0.26), 0.045, 0.95), 0.29),
        Layer(Mist(0.4, 0.14), 0.295),
    ),
    "city": (
        Layer(Row(("skyline",), (0.14, 0.34), 0.07), 0.085, blur=1.0),
        Layer(Mist(0.5, 0.2), 0.09),
    ),
    "village": (Layer(Row(("house", "house", "chapel"), (0.11, 0.17), 0.18, 0.9), 0.3),),
    "sea": (Layer(Water(), 0.001), Play(Glitter(0.02, 0.4), 0.002)),
    "lake": (Layer(Water(0.68), 0.44), Play(Glitter(0.46, 0.64, 70), 0.445)),
    "river": (Layer(Water(0.62), 0.5), Play(Glitter(0.51, 0.6, 60), 0.505)),
    "path": (Layer(Trail(), 0.95),),
    "rocks": (Layer(Rocks((0.05, 0.15), 0.4), 0.78),),
    "fence": (Layer(Row(("fence",), (0.085, 0.085), 0.187, even=True, reach=4), 0.74),),
    "bridge": (Layer(Bridge(), 0.62),),
    "waterfall": (Layer(Cliff(), 0.4), Play(Falls(), 0.4)),
    #: Every room has one.
    "window": (),
}


_WATERS: Final = {"lake", "river", "sea"}
#: Settings that show water already.
_WET: Final = {Setting.BEACH, Setting.LAKE, Setting.OCEAN, Setting.UNDERWATER}


def describe(scene: Scene, *, grounded: bool = True) -> Grammar:
    """Describe the scene's setting in its weather, hour and season, with all that was named."""
    colours = palette(scene)
    told = _GRAMMARS[scene.setting]
    made = told if isinstance(told, Grammar) else told(Conditions(scene, colours, grounded))
    back = list(made.back)
    for name in scene.props:
        if name in _WATERS and scene.setting in _WET:
            continue
        for item in PROPS.get(name, ()):
            _insert(back, item)
    if grounded and any(subject.noun == "train" for subject in scene.subjects):
        _insert(back, Layer(Rails(), 1.0))
    heaven = _heaven(scene, colours) if made.open_sky else ()
    return replace(made, back=(*heaven, *back), front=(*made.front, *_air(scene, colours)))


def _insert(back: list[Item], item: Item) -> None:
    """Put a layer before the first that stands nearer."""
    for at, other in enumerate(back):
        if other.near > item.near:
            back.insert(at, item)
            return
    back.append(item)


def _heaven(scene: Scene, palette: Palette) -> tuple[Item, ...]:
    """Hang stars, what was named, and the clouds of the weather."""
    items: list[Item] = []
    wind, cover, void = palette.wind, palette.cloud, scene.setting is Setting.SPACE
    if palette.stars > 0.05 or "stars" in scene.sky:
        items.append(Play(Stars(520 if void else 240, 1.0), 0.0))
    if "aurora" in scene.sky:
        items.append(Play(Aurora(), 0.0))
    if "rainbow" in scene.sky:
        items.append(Layer(Rainbow(), 0.0))
    if "moon" in scene.sky and (scene.time is not TimeOfDay.NIGHT or void):
        items.append(Layer(Moon(), 0.0))
    if void:
        return tuple(items)
    if cover > 0.8:
        items.append(Layer(Overcast(), 0.02, blur=9, drift=wind * 0.3))
    if scene.time in {TimeOfDay.DAWN, TimeOfDay.SUNSET} and cover < 0.9:
        items.append(Layer(Streaks((0.3, 0.9)), 0.02, blur=1.2, drift=wind * 0.5))
    if {"aurora", "rainbow", "stars"} & set(scene.sky) and cover < 0.5:
        return tuple(items)
    if scene.setting is not Setting.SKY:
        small, large = (
            Clouds((0.6, 0.88), (0.12, 0.3), 0.3, cover, 0.6),
            Clouds((0.22, 0.55), (0.3, 0.62), 0.72, cover, 0.85),
        )
        items.append(Layer(small, 0.03, blur=1.0, drift=wind * 0.6))
        items.append(Layer(large, 0.06, blur=0.9, drift=wind))
    return tuple(items)


def _air(scene: Scene, palette: Palette) -> tuple[Item, ...]:
    """Fill the air before the subjects with the weather, or with what the season sheds."""
    if scene.setting in {Setting.UNDERWATER, Setting.SPACE, Setting.ROOM}:
        return ()
    splash = scene.setting is not Setting.SKY
    weathers: dict[Weather, tuple[Item, ...]] = {
        Weather.SNOW: (Play(Flakes()),),
        Weather.RAIN: (Play(Streams(splash=splash)),),
        Weather.STORM: (Play(Streams(420, 0.3, splash=splash)), Play(Lightning())),
        Weather.WIND: (Play(Leaves(("leaf", "leaf_warm", "leaf_dark"))),),
        Weather.FOG: (
            Layer(Wisps(0.5, 0.1), 0.97, blur=22, drift=0.03),
            Layer(Wisps(0.34, 0.2), 1.4, blur=34, drift=-0.045),
        ),
    }
    if scene.weather in weathers:
        return weathers[scene.weather]
    shed = {
        Season.AUTUMN: (Play(Leaves(("leaf", "leaf_warm"), 16, 0.08)),),
        Season.SPRING: (Play(Leaves(("blossom",), 14, 0.06)),),
    }
    if scene.season in shed and scene.setting not in {Setting.OCEAN, Setting.DESERT, Setting.SKY}:
        return shed[scene.season]
    if scene.time is TimeOfDay.NIGHT and not palette.snowy and scene.setting in _GREEN:
        return (Play(Motes("lamp", 26, 0.0028, blink=True)),)
    if scene.setting in _GREEN:
        return (Play(Motes("lamp", 16, 0.0016, alpha=0.5)),)
    return ()


_GREEN: Final = {
    Setting.FOREST,
    Setting.JUNGLE,
    Setting.MEADOW,
    Setting.FARM,
    Setting.LAKE,
    Setting.VILLAGE,
}
