"""What the reader remembers within one clause."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from ttv.animatic.language._findings import Part
from ttv.animatic.language._inflect import Form
from ttv.animatic.language._phrase import NounPhrase
from ttv.animatic.language._senses import Verb


class Topic(Enum):
    """What the clause speaks of, for the verb that follows."""

    NOTHING = auto()
    CAST = auto()  #: Subjects of the film.
    AIR = auto()  #: Weather, light or a place: "the wind blows".
    LOST = auto()  #: Something that is not drawn: "its tail wags".


@dataclass(slots=True)
class Clause:
    """One clause, as far as it is read."""

    topic: Topic = Topic.NOTHING
    #: The subjects its verbs bind to.
    group: list[Part] = field(default_factory=list)
    #: Subjects before a comma, which an "and" may still join to the group.
    listed: list[Part] = field(default_factory=list)
    verb: Verb | None = None
    #: The preposition before the next noun phrase.
    preposition: str | None = None
    #: Whether it speaks of the camera.
    lens: bool = False
    #: Whether a move of the camera came before, whose aim is the next thing named.
    aimed: bool = False
    #: Verbs and tempo words that came before their subject, by unit.
    early: list[int] = field(default_factory=list)
    #: Coloured phrases whose noun is still to come ("one red and one blue balloon").
    orphans: list[NounPhrase] = field(default_factory=list)

    @property
    def acting(self) -> bool:
        """Tell whether a verb could belong to something named in the clause."""
        return self.topic is not Topic.NOTHING

    def agrees(self, verb: Verb) -> bool:
        """Tell whether a verb has the form that the topic asks for ("ducks swim")."""
        if self.topic is Topic.AIR:
            return verb.scenic
        if any(part.vague for part in self.group):
            return True
        several = len(self.group) > 1 or any(part.several for part in self.group)
        wrong = Form.THIRD if several else Form.BASE
        return verb.form is not wrong
