"""Walk through a text clause by clause and note what every word asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from ttv.animatic.language import _camera
from ttv.animatic.language._cast import Cast
from ttv.animatic.language._clause import Clause, Topic
from ttv.animatic.language._findings import Findings
from ttv.animatic.language._inflect import Form
from ttv.animatic.language._ledger import Fate, Ledger
from ttv.animatic.language._lexicon import units
from ttv.animatic.language._phrase import NounPhrase, Role, role_of, take
from ttv.animatic.language._senses import Kind, Noun, Place, Scenery, Unit, Verb
from ttv.animatic.language._settle import Settler
from ttv.animatic.language._tables import table
from ttv.animatic.language._words import Gap

#: Marks a word can have beside a verb ("snow falls", "the fall").
_NOUNLIKE: Final = (Kind.TIME, Kind.WEATHER, Kind.SEASON, Kind.SKY, Kind.ABSTRACT, Kind.PART)
_PARTICIPLES: Final = (Form.PARTICIPLE, Form.PAST)


def read(text: str) -> Findings:
    """Read a text; every unit of it is accounted for in the findings' ledger."""
    reader = _Reader(text)
    reader.walk()
    return reader.findings


class _Reader:
    """The walk through one text."""

    def __init__(self, text: str) -> None:
        self.units = units(text)
        self.ledger = Ledger(text, self.units)
        self.findings = Findings(self.ledger)
        self.cast = Cast(self.findings)
        self.settler = Settler(self.cast)
        self.at = 0

    @property
    def clause(self) -> Clause:
        return self.cast.clause

    @property
    def unit(self) -> Unit:
        return self.units[self.at]

    def walk(self) -> None:
        """Read to the end; each step takes at least one unit."""
        while self.at < len(self.units):
            if self.unit.gap is Gap.HARD:
                self.cast.end_clause()
            elif self.unit.gap is Gap.SOFT:
                self.clause.preposition = None
            if not any(step(self) for step in self._STEPS):
                self.at += 1
        self.cast.end_clause()

    def _grammar(self) -> bool:
        """Pass the present unit as grammar."""
        self.ledger.note(self.at, Fate.GRAMMAR)
        self.at += 1
        return True

    def _shooting(self) -> bool:
        found = _camera.find(self.units, self.at, lens=self.clause.lens, acting=self.clause.acting)
        if found is None:
            return False
        marks = [mark for _, mark in self.findings.marks if mark.kind is found.mark.kind]
        if not marks or marks[0].value == found.mark.value:
            fate = Fate.UNDERSTOOD if found.mark.exact else Fate.SUBSTITUTED
            self.ledger.span(self.at, found.end, fate, found.mark.value.replace("_", " "))
            self.findings.marks.append((self.at, found.mark))
        self.findings.camera_pace = self.findings.camera_pace or found.pace
        self.clause.lens = False
        self.clause.aimed = not self.findings.parts
        self.clause.preposition = None
        self.at = found.end
        return True

    def _negation(self) -> bool:
        """Pass what is said not to be there."""
        if not self.unit.mark(Kind.NEGATION):
            return False
        start = self.at
        alone = self.unit.key in table("grammar")["alone"]
        self.at += 1
        if not alone:
            self._pass_negated()
        self.ledger.span(start, self.at, Fate.UNDERSTOOD)
        return True

    def _pass_negated(self) -> None:
        """Pass all of "people, cars or dogs", or one word ("not running")."""
        while self._is_within() and self.unit.mark(Kind.STOP, Kind.PREPOSITION):
            self.at += 1
        if not self._is_within():
            return
        phrase = take(self.units, self.at)
        self.at += phrase is None
        while phrase:
            self.at = phrase.end
            phrase = self._next_negated()

    def _is_within(self) -> bool:
        return self.at < len(self.units) and self.unit.gap is Gap.NONE

    def _next_negated(self) -> NounPhrase | None:
        """Take the next entry of a list: "or dogs", or ", cars" before "or dogs"."""
        last = self._is_or(self.at)
        start = self.at + last
        phrase = take(self.units, start) if start < len(self.units) else None
        if phrase is None or last:
            return phrase
        listed = self.unit.gap is Gap.SOFT and self._is_or(phrase.end)
        return phrase if listed else None

    def _is_or(self, at: int) -> bool:
        return at < len(self.units) and self.units[at].key in ("or", "nor")

    def _new_clause(self) -> bool:
        likened = self.unit.key == "as" and not self._acts_after(self.at + 1)
        if not self.unit.mark(Kind.CLAUSE) or likened:
            return False
        self.cast.end_clause()
        return self._grammar()

    def _acts_after(self, start: int) -> bool:
        """Tell "as the storm breaks" from "as a storm": a verb follows the noun."""
        if start >= len(self.units):
            return False
        phrase = take(self.units, start)
        if phrase is None:
            return self.units[start].mark(Kind.PRONOUN) is not None
        return phrase.role in (Role.MARK, Role.PLACE) or self.cast.acts_at(phrase.end)

    def _relative(self) -> bool:
        """Bind what follows "that" or "who" to the subject right before it."""
        followed = self.at + 1 < len(self.units) and role_of(self.units, self.at + 1) is None
        if not self.unit.mark(Kind.RELATIVE) or not self.findings.parts or not followed:
            return False
        self.cast.speak_of(self.findings.parts[-1:])
        return self._grammar()

    def _pronoun(self) -> bool:
        mark = self.unit.mark(Kind.PRONOUN)
        if mark is None:
            return False
        if self.clause.preposition is None and self.clause.verb is None:
            self.cast.recall(self.at, mark.value)
        self.clause.preposition = None
        return self._grammar()

    def _direction(self) -> bool:
        mark = self.unit.mark(Kind.DIRECTION)
        if mark is None:
            return False
        facing = -1 if mark.value == "left" else 1
        targets = self.clause.group or self.findings.parts[-1:]
        for part in targets:
            part.facing = part.facing or facing
        if any(part.facing == facing for part in targets):
            self.ledger.note(self.at, Fate.UNDERSTOOD)
        self.at += 1
        return True

    def _pace(self) -> bool:
        mark = self.unit.mark(Kind.PACE)
        if mark is None:
            return False
        if self.clause.lens or _camera.is_near(self.units, self.at):
            self.findings.camera_pace = self.findings.camera_pace or mark
            if self.findings.camera_pace.value == mark.value:
                self.ledger.note(self.at, Fate.UNDERSTOOD)
        else:
            self.cast.hasten(self.at)
        self.at += 1
        return True

    def _verb(self) -> bool:
        verb = self.unit.sense(Verb)
        if verb is None or not self._is_verb(verb):
            return False
        self.cast.act(self.at, verb)
        self.at += 1
        return True

    def _is_verb(self, verb: Verb) -> bool:
        """Decide whether a word that can be a verb is one here."""
        unit, clause = self.unit, self.clause
        if unit.mark(Kind.STOP):
            return False
        if not (
            unit.sense(Noun) or unit.sense(Place) or unit.sense(Scenery) or unit.mark(*_NOUNLIKE)
        ):
            return not self._is_modifier(verb)
        if clause.preposition == "to" and verb.form is Form.BASE:
            return clause.acting
        if clause.topic is Topic.NOTHING and unit.gap is Gap.HARD and verb.form is Form.THIRD:
            return not (unit.sense(Noun) or unit.sense(Place) or unit.sense(Scenery))
        joined = self.cast.is_joined(self.at)
        aside = clause.verb is not None and clause.verb.form is Form.PARTICIPLE
        fresh = clause.verb is None or aside or unit.gap is Gap.SOFT or joined
        free = clause.preposition is None and fresh and clause.acting
        return free and clause.agrees(verb)

    def _is_modifier(self, verb: Verb) -> bool:
        """Tell a participle before its noun ("running horses") from a verb with an object."""
        if verb.form not in _PARTICIPLES or role_of(self.units, self.at) is not Role.ACTION:
            return False
        if role_of(self.units, self.at + 1) in (Role.UNKNOWN, Role.ADVERB):
            return self.clause.preposition is not None
        return self.clause.preposition is not None or not self.clause.group

    def _unknown_verb(self) -> bool:
        """Take a word nobody knows right after the subject as its verb ("a fox ponders")."""
        unit, clause = self.unit, self.clause
        follows = clause.group and clause.verb is None and clause.preposition is None
        if unit.senses or not follows or unit.gap is not Gap.NONE or self.cast.is_joined(self.at):
            return False
        if not unit.key.endswith("ly"):
            clause.verb = Verb(unit.key, None, Form.THIRD)
        self.at += 1
        return True

    def _preposition(self) -> bool:
        mark = self.unit.mark(Kind.PREPOSITION)
        if mark is None:
            return False
        place = self.unit.sense(Place)
        alone = self.at + 1 >= len(self.units) or take(self.units, self.at + 1) is None
        if place and alone:
            self.settler.spot(self.at, self.at, self.at + 1, None)
            self.at += 1
            return True
        self.clause.preposition = mark.value
        return self._grammar()

    def _phrase(self) -> bool:
        phrase = take(self.units, self.at)
        if phrase is None:
            return False
        self.at = self.settler.settle(phrase)
        return True

    def _stop(self) -> bool:
        if not self.unit.mark(Kind.STOP, Kind.JOIN, Kind.RELATIVE, Kind.DETERMINER):
            return False
        if self.unit.mark(Kind.JOIN):
            self.clause.preposition = None
        if _camera.names_camera(self.unit):
            self.cast.end_clause()
            self.clause.lens = True
        return self._grammar()

    #: Tried in this order at every unit.
    _STEPS: ClassVar[tuple[Callable[[_Reader], bool], ...]] = (
        _shooting,
        _negation,
        _new_clause,
        _relative,
        _pronoun,
        _direction,
        _pace,
        _verb,
        _unknown_verb,
        _preposition,
        _phrase,
        _stop,
    )
