"""Choose the setting among the places of a text; the others become scenery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ttv.animatic.language._findings import Findings, Part, Spot
from ttv.animatic.language._ledger import Fate
from ttv.animatic.language._tables import table
from ttv.animatic.scene import Action, RigKind, Setting, TimeOfDay

#: Scenery that is its setting's own picture, by setting.
_OWN: Final = {
    Setting.FOREST: "forest",
    Setting.MOUNTAINS: "mountains",
    Setting.LAKE: "lake",
    Setting.OCEAN: "sea",
    Setting.CITY: "city",
    Setting.VILLAGE: "village",
    Setting.ROAD: "path",
}
_IN_WATER: Final = frozenset({Action.SWIM, Action.DIVE})
_IN_AIR: Final = frozenset({Action.FLY, Action.HOVER, Action.FLOAT, Action.FALL, Action.DIVE})


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The setting, its scenery, and the spot that named it."""

    setting: Setting
    props: tuple[str, ...]
    spot: Spot | None


def choose_place(findings: Findings, time: TimeOfDay | None) -> Whereabouts:
    """Choose the setting, and note in the ledger which place words it draws."""
    ledger = findings.ledger
    chosen = _strongest(findings)
    setting = _setting_of(chosen) or _usual(findings)
    props: list[str] = []
    for spot in findings.spots:
        drawn = _drawn(spot, setting, chosen=spot is chosen)
        if drawn is None:
            continue
        ledger.grade(spot.at, exact=drawn.exact, drawn=drawn.name)
        if drawn.prop and drawn.prop != _OWN.get(setting):
            props.append(drawn.prop)
        for at, colour, head in findings.tints:
            if head == spot.at and colour in _colours(spot, setting, time):
                ledger.note(at, Fate.UNDERSTOOD)
    for prop in findings.props:
        ledger.grade(prop.at, exact=prop.exact, drawn=prop.member)
        props.append(prop.member)
    return Whereabouts(setting, tuple(dict.fromkeys(props)), chosen)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How a place word is drawn: as asked or not, as what, and with which scenery."""

    exact: bool
    name: str
    prop: str | None


def _strongest(findings: Findings) -> Spot | None:
    """Find the best place: drawn as asked, else as another, else weak, else with scenery."""
    ranks: tuple[Callable[[Spot], bool], ...] = (
        _is_sure,
        lambda spot: spot.place is not None and not spot.place.weak,
        lambda spot: spot.place is not None,
        lambda spot: spot.scenery is not None and spot.scenery.member in table("places")["brings"],
    )
    spots = [spot for spot in findings.spots if _suits(spot, findings.parts)]
    return next((spot for rank in ranks for spot in spots if rank(spot)), None)


def _suits(spot: Spot, parts: list[Part]) -> bool:
    """Tell the sky that a bird flies in from the sky above a castle."""
    if spot.place is None or spot.place.setting is not Setting.SKY or not parts:
        return True
    return any(part.action in _IN_AIR or _home(part) is Setting.SKY for part in parts)


def _is_sure(spot: Spot) -> bool:
    """Tell a place that is drawn as asked, or whose being indoors rules out all others."""
    place = spot.place
    return place is not None and not place.weak and (place.exact or place.setting is Setting.ROOM)


def _setting_of(spot: Spot | None) -> Setting | None:
    if spot is None:
        return None
    if spot.place:
        return spot.place.setting
    return Setting(table("places")["brings"][spot.scenery.member]) if spot.scenery else None


def _drawn(spot: Spot, setting: Setting, *, chosen: bool) -> _Drawn | None:
    """Say how a place word is drawn in a setting; None when it is not."""
    place, scenery = spot.place, spot.scenery
    member = scenery.member if scenery else None
    if place and place.setting is setting:
        return _Drawn(place.exact, setting.value, member if chosen and place.exact else None)
    if place and place.setting.value in table("places")[setting.value]["has"]:
        return _Drawn(place.exact, place.setting.value, member)
    if scenery and (member != "window" or setting is Setting.ROOM):
        return _Drawn(scenery.exact, scenery.member, member)
    return None


def _colours(spot: Spot, setting: Setting, time: TimeOfDay | None) -> list[str]:
    """List the natural colours of a place; those of the sky go with the time of day."""
    named = spot.place.setting if spot.place else setting
    colours: list[str] = table("places")[named.value]["colours"]
    if named is Setting.SKY and time:
        return table("conditions")["tints"][time.value] or colours
    return colours


def _usual(findings: Findings) -> Setting:
    """Choose the setting that suits the first subject, or else what stands there."""
    for part in findings.parts[:1]:
        return _home(part)
    for prop in findings.props:
        return _lives(RigKind.OBJECT, prop.member)
    return Setting.MEADOW


def _home(part: Part) -> Setting:
    noun, action = part.noun, part.action
    if noun is None:
        return Setting.MEADOW
    if part.on and part.on.rig is RigKind.VEHICLE:
        return _lives(part.on.rig, part.on.species)
    if action in _IN_WATER and noun.rig in (RigKind.BIPED, RigKind.QUADRUPED):
        return Setting.LAKE
    home = _lives(noun.rig, noun.species)
    if home is Setting.SKY and noun.rig is RigKind.BIRD and action and action not in _IN_AIR:
        return Setting.FOREST
    return home


def _lives(rig: RigKind, species: str) -> Setting:
    facts = table("nouns")[rig.value].get(species, {})
    return Setting(facts.get("lives", Setting.MEADOW))
