"""Cut a noun phrase out of a row of units: its modifiers and its head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from ttv.animatic.language._inflect import Form
from ttv.animatic.language._senses import Colour, Count, Kind, Noun, Place, Scenery, Unit, Verb
from ttv.animatic.language._tables import table
from ttv.animatic.language._words import Gap


class Role(Enum):
    """What a unit does in a noun phrase."""

    DETERMINER = auto()
    COUNT = auto()
    COLOUR = auto()
    SIZE = auto()
    PACE = auto()
    ACTION = auto()  #: A participle before its noun ("running horses").
    NOUN = auto()
    PLACE = auto()
    MARK = auto()  #: Weather, time, season, sky or style.
    SHAPELESS = auto()  #: A noun that is never drawn: "mood", "tail".
    GENERIC = auto()  #: A noun for what was named before: "the animal".
    GRAMMAR = auto()
    UNKNOWN = auto()
    ADVERB = auto()  #: Unknown, but never a head.


#: Marks that can be the head of a phrase or stand before it.
_MARKS: Final = (Kind.TIME, Kind.WEATHER, Kind.SEASON, Kind.SKY, Kind.STYLE, Kind.LOOK)
_HEADS: Final = frozenset({Role.NOUN, Role.PLACE, Role.SHAPELESS, Role.GENERIC})
_OPENERS: Final = _HEADS | {
    Role.DETERMINER,
    Role.COUNT,
    Role.COLOUR,
    Role.SIZE,
    Role.ACTION,
    Role.MARK,
    Role.UNKNOWN,
}
#: What a participle may stand before.
_NAMED: Final = frozenset(
    {
        Role.NOUN,
        Role.PLACE,
        Role.COLOUR,
        Role.SIZE,
        Role.MARK,
        Role.UNKNOWN,
        Role.ADVERB,
        Role.GENERIC,
    }
)
#: Roles a comma may separate inside one phrase ("a quiet, snowy forest").
_LISTED: Final = frozenset({Role.COLOUR, Role.SIZE, Role.MARK, Role.UNKNOWN})


_BEFORE_COUNT: Final = frozenset({Role.DETERMINER, Role.COUNT, Role.GRAMMAR, Role.UNKNOWN})


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun phrase: units ``start`` to ``end`` of a text, by role."""

    start: int
    end: int
    #: Role of the last unit that can be a head, and its index; None without one.
    head: int | None
    role: Role | None
    #: Indices of the other units by role.
    parts: dict[Role, list[int]] = field(default_factory=dict)

    @property
    def at(self) -> int:
        """Give the unit that stands for the phrase: its head, else its first."""
        return self.start if self.head is None else self.head

    def of(self, role: Role) -> list[int]:
        """List the units of one role, the head left out."""
        return self.parts.get(role, [])


def take(units: Sequence[Unit], start: int) -> NounPhrase | None:
    """Take the noun phrase that starts at a unit, or None where none does."""
    roles = _roles(units, start)
    if not roles or roles[0] not in _OPENERS:
        return None
    head = _head(units, start, roles)
    parts: dict[Role, list[int]] = {}
    for index, role in enumerate(roles, start):
        if index != head:
            parts.setdefault(role, []).append(index)
    role_of_head = roles[head - start] if head is not None else None
    return NounPhrase(start, start + len(roles), head, role_of_head, parts)


def role_of(units: Sequence[Unit], at: int) -> Role | None:
    """Say what a unit does where a noun phrase is still open; None where it ends one."""
    unit = units[at]
    role = _plain_role(unit)
    if role is Role.ACTION and not _before_name(units, at):
        return None
    if role is Role.SIZE and unit.sense(Noun) and not _before_name(units, at):
        return Role.NOUN
    return role


def _plain_role(unit: Unit) -> Role | None:
    """Say what a unit can do by itself."""
    return next((role for role, fits in _TESTS if fits(unit)), None) or _rare_role(unit)


def _names_place(unit: Unit) -> bool:
    """Tell a place noun from a preposition that also names one ("inside")."""
    named = unit.sense(Place) or unit.sense(Scenery)
    return named is not None and unit.mark(Kind.PREPOSITION) is None


_TESTS: Final[tuple[tuple[Role, Callable[[Unit], object]], ...]] = (
    (Role.DETERMINER, lambda unit: unit.mark(Kind.DETERMINER)),
    (Role.COUNT, lambda unit: unit.sense(Count)),
    (Role.COLOUR, lambda unit: unit.sense(Colour)),
    (Role.SIZE, lambda unit: unit.mark(Kind.SIZE)),
    (Role.NOUN, lambda unit: unit.sense(Noun)),
    (Role.PLACE, _names_place),
    (Role.MARK, lambda unit: unit.mark(*_MARKS)),
    (Role.GENERIC, lambda unit: unit.mark(Kind.GENERIC)),
    (Role.SHAPELESS, lambda unit: unit.mark(Kind.ABSTRACT, Kind.PART)),
    (Role.PACE, lambda unit: unit.mark(Kind.PACE)),
)


def _rare_role(unit: Unit) -> Role | None:
    if unit.mark(Kind.STOP):
        return None if unit.mark(Kind.PREPOSITION, Kind.CLAUSE, Kind.JOIN) else Role.GRAMMAR
    verb = unit.sense(Verb)
    if verb:
        return Role.ACTION if verb.form in (Form.PARTICIPLE, Form.PAST) else None
    if unit.senses:
        return None
    return Role.ADVERB if unit.key.endswith("ly") else Role.UNKNOWN


def _before_name(units: Sequence[Unit], at: int) -> bool:
    """Tell whether the next unit goes on with the phrase."""
    if at + 1 >= len(units) or units[at + 1].gap is not Gap.NONE:
        return False
    return _plain_role(units[at + 1]) in _NAMED


def _roles(units: Sequence[Unit], start: int) -> list[Role]:
    """Give the roles of the units of the phrase, in order."""
    roles: list[Role] = []
    at = start
    while at < len(units):
        role = _next_role(units, at, roles, first=at == start)
        if role is None:
            break
        roles.append(role)
        at += 1
    while roles and roles[-1] in (Role.GRAMMAR, Role.ADVERB):
        roles.pop()
    return roles


def _next_role(units: Sequence[Unit], at: int, roles: list[Role], *, first: bool) -> Role | None:
    """Say what the next unit does in a phrase; None where the phrase ends before it."""
    role = role_of(units, at)
    if first:
        return role
    unit, before = units[at], units[at - 1]
    if unit.mark(Kind.JOIN):
        return Role.GRAMMAR if _between_colours(units, at) else None
    if role is None:
        return Role.SHAPELESS if _is_compound(unit, before, roles) else None
    if (
        _is_adverbial(unit)
        or unit.gap is Gap.HARD
        or (unit.gap is Gap.SOFT and not _listed(roles, role))
    ):
        return None
    return role if _goes_on(unit, before, roles, role) else None


def _is_adverbial(unit: Unit) -> bool:
    """Tell a phrase with its own preposition ("at night"), which is no part of another."""
    first, space, _ = unit.key.partition(" ")
    return bool(space) and first in table("grammar")["prepositions"]


def _goes_on(unit: Unit, before: Unit, roles: list[Role], role: Role) -> bool:
    """Tell whether a unit of some role can follow those of an open phrase."""
    if role is Role.DETERMINER:
        return roles[-1] is Role.DETERMINER
    if role is Role.COUNT:
        return _BEFORE_COUNT.issuperset(roles)
    if _HEADS.isdisjoint(roles):
        return role not in _HEADS or not _acts(unit, before, roles)
    return role in (Role.NOUN, Role.PLACE) and unit.sense(Verb) is None


def _acts(unit: Unit, before: Unit, roles: list[Role]) -> bool:
    """Tell "a zorp dances" and "(who is) in red dances" from "a long dance"."""
    verb = unit.sense(Verb)
    if verb is None or unit.sense(Noun) or _names_place(unit):
        return False
    coloured = set(roles) == {Role.COLOUR} and verb.action is not None
    if roles[-1] is not Role.UNKNOWN and not coloured:
        return False
    several = before.key.endswith("s")
    return verb.form is (Form.BASE if several else Form.THIRD)


def _is_compound(unit: Unit, before: Unit, roles: list[Role]) -> bool:
    """Tell "a pocket watch", a thing nobody knows, from a subject with its verb."""
    verb = unit.sense(Verb)
    one = roles[0] is Role.DETERMINER and roles[-1] is Role.UNKNOWN and unit.gap is Gap.NONE
    return one and verb is not None and verb.form is Form.BASE and not before.key.endswith("s")


def _between_colours(units: Sequence[Unit], at: int) -> bool:
    """Tell whether "and" joins two colours of one thing ("a red and white lighthouse")."""
    return (
        at + 2 < len(units)
        and units[at].gap is Gap.NONE
        and units[at - 1].sense(Colour) is not None
        and units[at + 1].sense(Colour) is not None
    )


def _listed(roles: list[Role], role: Role) -> bool:
    open_list = roles[0] is Role.DETERMINER and _HEADS.isdisjoint(roles)
    return open_list and roles[-1] in _LISTED and role in _LISTED | {Role.NOUN, Role.PLACE}


def _head(units: Sequence[Unit], start: int, roles: list[Role]) -> int | None:
    """Find the head: the last noun, place, mark or unknown word."""
    heads = [
        index
        for index, role in enumerate(roles)
        if role in _HEADS or role in (Role.MARK, Role.UNKNOWN)
    ]
    named = [index for index in heads if roles[index] in _HEADS]
    if named:
        return start + named[-1]
    if len(heads) > 1 and _looks_like_verb(units[start], units[start + heads[-1]], roles):
        return start + heads[-2]
    return start + heads[-1] if heads else None


def _looks_like_verb(first: Unit, last: Unit, roles: list[Role]) -> bool:
    """Tell a verb nobody knows from a noun nobody knows: "a zorp blibs"."""
    one = first.key in ("a", "an") and roles[-1] is Role.UNKNOWN
    return one and last.key.endswith("s") and not last.key.endswith("ss")
