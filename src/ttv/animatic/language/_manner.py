"""How a subject does what a verb says, and what it does when none says anything."""

from __future__ import annotations

from typing import Final

from ttv.animatic.language._findings import Part
from ttv.animatic.language._senses import Noun, Verb
from ttv.animatic.language._tables import table
from ttv.animatic.scene import Action, RigKind, Setting

#: Actions that take a subject along its way.
TRAVELS: Final = frozenset(
    {Action.WALK, Action.RUN, Action.FLY, Action.SWIM, Action.DRIVE, Action.SAIL}
)
_ON_FOOT: Final = frozenset({Action.WALK, Action.RUN})
_LEGLESS: Final = frozenset({RigKind.VEHICLE, RigKind.FISH})


def manner(noun: Noun | None, verb: Verb) -> Action | None:
    """Say what a subject does for a verb: a train that passes drives, a fish swims."""
    if noun is None or verb.action is None:
        return verb.action
    legless = noun.rig in _LEGLESS and verb.action in _ON_FOOT
    return _own_way(noun) if legless or verb.base in table("actions")["going"] else verb.action


def habit(part: Part, setting: Setting) -> Action:
    """Choose what a subject does when the prompt names no verb."""
    noun = part.noun
    if noun is None:
        return Action.STAND
    if part.on and part.on.rig is RigKind.VEHICLE:
        noun = part.on
    elif setting is Setting.SPACE and noun.rig is RigKind.BIPED:
        return Action.FLOAT
    return Action(facts_of(noun).get("does", Action.STAND))


def _own_way(noun: Noun) -> Action:
    facts = facts_of(noun)
    usual = Action(facts.get("does", Action.WALK))
    return Action(facts.get("goes", usual if usual in TRAVELS else Action.WALK))


def facts_of(noun: Noun) -> dict[str, str]:
    """Give the entry of a noun's species in the data file."""
    facts: dict[str, str] = table("nouns")[noun.rig.value][noun.species]
    return facts


def kin(noun: Noun) -> str:
    """Give the animal a noun belongs to: a puppy is a dog."""
    return facts_of(noun).get("of", noun.species)
