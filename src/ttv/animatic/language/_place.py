"""Choose the setting among the places of a text; the others become scenery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ttv.animatic.language._findings import Findings, Part, Spot
from ttv.animatic.language._ledger import Fate
from ttv.animatic.language._manner import facts_of
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
    spots = [spot for spot in findings.spots if _suits(spot, findings)]
    return next((spot for rank in ranks for spot in spots if rank(spot)), None)


def _suits(spot: Spot, findings: Findings) -> bool:
    """Tell the sky that a bird flies in from the sky above a castle."""
    if spot.place is None or spot.place.setting is not Setting.SKY:
        return True
    everyone = (*findings.parts, *findings.things)
    return all(part.action in _IN_AIR or _home(part) is Setting.SKY for part in everyone)


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
    """Choose the setting that suits the first subject or thing that does not live in the sky.

    Named weather brings it into the open: "a cat in the rain" is not indoors.
    """
    everyone = sorted((*findings.parts, *findings.things), key=_is_anywhere)
    homes = [_home(part) for part in everyone]
    grounded = [home for home in homes if home is not Setting.SKY]
    home = next(iter((*grounded, *homes)), Setting.MEADOW)
    hidden = {entry.split()[0] for entry in table("conditions")["hidden"].get(home.value, ())}
    if any(mark.kind.value in hidden for _, mark in findings.marks):
        return Setting(table("places")["outdoors"].get(home.value, home))
    return home


def _is_anywhere(part: Part) -> bool:
    """Tell a person with no home of their own: they are where the others live."""
    noun = part.noun
    return noun is not None and noun.rig is RigKind.BIPED and "lives" not in facts_of(noun)


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
