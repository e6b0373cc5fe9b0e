"""What a word or phrase can mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ttv.animatic.language._inflect import Form
from ttv.animatic.language._words import Gap
from ttv.animatic.scene import Action, RigKind, Setting


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing that can be a subject."""

    species: str
    rig: RigKind
    plural: bool = False
    #: True where one and many look alike ("sheep"); then ``plural`` is False.
    invariant: bool = False
    scale: float = 1.0
    #: The colour that its name says ("polar bear").
    colour: str | None = None
    #: False where the drawing is of something else than the word says.
    exact: bool = True
    #: A first name: counts only with a capital letter.
    name: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """Something a subject does; ``action`` is None for verbs that only light and air do."""

    base: str
    action: Action | None
    form: Form
    exact: bool = True
    scenic: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A setting."""

    setting: Setting
    exact: bool = True
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Scenery:
    """Something that stands in a setting, by its name in ``SCENERY``."""

    member: str
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many, at least and at most."""

    least: int
    most: int


class Kind(StrEnum):
    """What a Mark is about."""

    TIME = "time"
    WEATHER = "weather"
    SEASON = "season"
    SKY = "sky"
    STYLE = "style"
    LOOK = "look"
    PACE = "pace"
    DIRECTION = "direction"
    SIZE = "size"
    MOVE = "moves"
    MOVE_VERB = "move verb"
    FRAMING = "framing"
    DETERMINER = "determiners"
    PRONOUN = "pronouns"
    PREPOSITION = "prepositions"
    CLAUSE = "clauses"
    RELATIVE = "relative"
    JOIN = "joins"
    NEGATION = "negations"
    STOP = "stop"
    ABSTRACT = "abstract"
    PART = "parts"
    GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with one simple meaning."""

    kind: Kind
    value: str
    exact: bool = True


Sense = Noun | Verb | Place | Scenery | Colour | Count | Mark
S = TypeVar("S", bound=Sense)


@dataclass(frozen=True, slots=True)
class Unit:
    """One word or known phrase of a text, with everything it can mean."""

    text: str
    key: str
    start: int
    end: int
    gap: Gap
    senses: tuple[Sense, ...] = ()

    def sense(self, kind: type[S]) -> S | None:
        """Give its meaning of one sort."""
        return next((sense for sense in self.senses if isinstance(sense, kind)), None)

    def mark(self, *kinds: Kind) -> Mark | None:
        """Give its mark of one of the kinds."""
        marks = (sense for sense in self.senses if isinstance(sense, Mark))
        return next((mark for mark in marks if mark.kind in kinds), None)
