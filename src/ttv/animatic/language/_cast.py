"""The subjects of a text while it is read, and the clause that speaks of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ttv.animatic.language._clause import Clause, Topic
from ttv.animatic.language._findings import Findings, Part
from ttv.animatic.language._inflect import Form
from ttv.animatic.language._ledger import Fate
from ttv.animatic.language._manner import kin, manner
from ttv.animatic.language._phrase import NounPhrase, Role
from ttv.animatic.language._senses import Colour, Count, Kind, Noun, Verb
from ttv.animatic.language._tables import table
from ttv.animatic.language._words import Gap
from ttv.animatic.scene import Action, RigKind

#: More kinds of subjects than this crowd the picture; the rest are reported as not drawn.
MAX_PARTS: Final = 8
#: Things beside them.
MAX_THINGS: Final = 4
#: More of one kind are not told apart.
MAX_COUNT: Final = 12
SCALES: Final = {"tiny": 0.4, "small": 0.7, "large": 1.5, "giant": 2.5}
PACES: Final = {"slow": 0.6, "fast": 1.5}
LIVING: Final = frozenset({RigKind.BIPED, RigKind.QUADRUPED, RigKind.BIRD, RigKind.FISH})


class Cast:
    """Who is in the picture and what they do, sentence by sentence."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.ledger = findings.ledger
        self.units = findings.ledger.units
        self.clause = Clause()
        #: Who a pronoun means: the subjects of the latest clause that had some.
        self.antecedent: list[Part] = []

    def end_clause(self) -> None:
        """Start a fresh clause; what came early and found no subject goes to the last one."""
        if self.clause.early and not self.clause.group and self.antecedent:
            self.speak_of(self.antecedent)
        self.clause = Clause()

    def speak_of(self, parts: list[Part]) -> None:
        """Make these subjects the ones that verbs bind to."""
        self.clause.group = list(parts)
        self.clause.topic = Topic.CAST
        self.antecedent = self.clause.group
        early, self.clause.early = self.clause.early, []
        for at in early:
            verb = self.units[at].sense(Verb)
            if verb and not self.units[at].mark(Kind.PACE):
                self._bind(at, verb, self.clause.group)
            else:
                self.hasten(at)

    def recall(self, at: int, pronoun: str) -> None:
        """Speak of what a pronoun stands for."""
        if self.antecedent:
            self.speak_of(self.antecedent)
        elif self.findings.loose_pronoun is None:
            self.findings.loose_pronoun = (at, pronoun)
            self.clause.topic = Topic.LOST

    def act(self, at: int, verb: Verb) -> None:
        """Bind a verb to the subjects of the clause, or keep it for the one to come."""
        clause = self.clause
        clause.preposition = None
        if clause.group:
            self._bind(at, verb, clause.group)
        elif clause.topic is Topic.AIR and verb.scenic:
            self.ledger.note(at, Fate.UNDERSTOOD)
            if self.findings.marks and self.findings.marks[-1][1].value in ("sun", "moon"):
                self.findings.passage = verb
        elif clause.topic is Topic.NOTHING:
            clause.early.append(at)
            if not self.findings.parts and self.findings.loose_verb is None:
                self.findings.loose_verb = at
        clause.verb = verb

    def _bind(self, at: int, verb: Verb, group: list[Part]) -> None:
        """Give subjects an action; standing gives way to whatever else they do."""
        if verb.action is None:
            if all(part.noun and part.noun.rig is RigKind.OBJECT for part in group):
                self.ledger.note(at, Fate.UNDERSTOOD)
            return
        for part in group:
            if part.noun and part.noun.invariant and verb.form is Form.THIRD:
                part.plural = False
            action = manner(part.noun, verb)
            if part.action in (None, Action.STAND):
                part.action = action
            if action in (part.action, Action.STAND):
                self.ledger.grade(at, exact=verb.exact, drawn=str(action))

    def hasten(self, at: int) -> None:
        """Give the subjects of the clause the tempo of a word, or keep it for those to come."""
        mark = self.units[at].mark(Kind.PACE)
        if mark is None or not self.clause.group:
            self.clause.early.append(at)
            return
        pace = PACES[mark.value]
        for part in self.clause.group:
            part.pace = pace if part.pace == 1.0 else part.pace
        if any(part.pace == pace for part in self.clause.group):
            self.ledger.note(at, Fate.UNDERSTOOD)

    def bring_in(self, phrase: NounPhrase, noun: Noun | None, *, companion: bool) -> Part | None:
        """Add a new subject; a companion does not take the clause's verbs.

        Gives None when the picture is full.
        """
        if len(self.findings.parts) >= MAX_PARTS:
            self.ledger.span(phrase.start, phrase.end, Fate.IGNORED)
            return None
        part = self._part(phrase, noun)
        if noun:
            self.grade_noun(phrase, noun)
        self.dress(part, phrase)
        self.findings.parts.append(part)
        if not companion:
            twins = self._adopt(part)
            self.speak_of([*self._company(phrase), *twins, part])
        return part

    def set_out(self, phrase: NounPhrase, noun: Noun) -> None:
        """Add a thing that stands beside the subjects."""
        if len(self.findings.things) >= MAX_THINGS:
            self.ledger.span(phrase.start, phrase.end, Fate.IGNORED)
            return
        thing = self._part(phrase, noun)
        self.grade_noun(phrase, noun)
        self.dress(thing, phrase)
        self.findings.things.append(thing)

    def _part(self, phrase: NounPhrase, noun: Noun | None) -> Part:
        head = self.units[phrase.at]
        determiners = [self.units[at].key for at in phrase.of(Role.DETERMINER)]
        numbered = determiners or phrase.of(Role.COUNT)
        known = bool(determiners) and determiners[0] not in table("grammar")["indefinite"]
        return Part(
            noun=noun,
            name=head.key if noun else head.text,
            start=phrase.start,
            end=phrase.end,
            definite=known,
            plural=noun is not None and (noun.plural or (noun.invariant and not numbered)),
            colour=noun.colour if noun else None,
            scale=noun.scale if noun else 1.0,
        )

    def adds(self, phrase: NounPhrase) -> bool:
        """Tell whether a phrase is joined to the one before by "and" or a comma."""
        return self.units[phrase.start].gap is Gap.SOFT or self.is_joined(phrase.start)

    def is_joined(self, at: int) -> bool:
        """Tell whether a unit follows "and"."""
        return at > 0 and self.units[at - 1].mark(Kind.JOIN) is not None

    def _company(self, phrase: NounPhrase) -> list[Part]:
        """Give the subjects that a new one shares its verb with ("a fox, a bear and a wolf").

        After a comma alone the new subject starts for itself, until an "and" joins the list.
        """
        clause = self.clause
        if clause.verb is not None:
            return []
        waiting = [*clause.listed, *clause.group]
        if self.is_joined(phrase.start) and not self._starts_anew(phrase, waiting):
            clause.listed = []
            return waiting
        clause.listed = waiting if self.adds(phrase) else []
        return []

    def _starts_anew(self, phrase: NounPhrase, waiting: list[Part]) -> bool:
        """Tell ", and children dance" after a longer phrase from the end of a list."""
        pause = self.units[phrase.start - 1].gap is Gap.SOFT
        return pause and bool(waiting) and waiting[-1].end != phrase.start - 1

    def _adopt(self, part: Part) -> list[Part]:
        """Make a subject of every coloured phrase that waited for this noun."""
        orphans, self.clause.orphans = self.clause.orphans, []
        twins = []
        for orphan in orphans:
            twin = replace(part, colour=None, count=None, start=orphan.start, end=orphan.end)
            self.dress(twin, orphan)
            twins.append(twin)
        self.findings.parts.extend(twins)
        return twins

    def dress(self, part: Part, phrase: NounPhrase) -> None:
        """Give a subject the count, colour, size, tempo and action of its phrase."""
        counts = [self.units[at].sense(Count) for at in phrase.of(Role.COUNT)]
        exact = [count for count in counts if count and count.least == count.most]
        part.grouped = part.grouped or any(c and c.least < c.most for c in counts)
        part.count = part.count or next(iter((*exact, *counts)), None)
        for at in phrase.of(Role.COUNT):
            many = part.count is not None and part.count.least > MAX_COUNT
            self.ledger.grade(at, exact=not many, drawn=str(MAX_COUNT))
        for at in phrase.of(Role.COLOUR):
            colour = self.units[at].sense(Colour)
            if colour and part.colour in (None, colour.name):
                part.colour = colour.name
                self.ledger.note(at, Fate.UNDERSTOOD)
        for at in (*phrase.of(Role.SIZE), *phrase.of(Role.PACE)):
            size, pace = self.units[at].mark(Kind.SIZE), self.units[at].mark(Kind.PACE)
            part.scale *= SCALES[size.value] if size else 1.0
            part.pace = PACES[pace.value] if pace else part.pace
            self.ledger.note(at, Fate.UNDERSTOOD)
        for at in phrase.of(Role.ACTION):
            verb = self.units[at].sense(Verb)
            if verb:
                self._bind(at, verb, [part])

    def grade_noun(self, phrase: NounPhrase, noun: Noun) -> None:
        """Note the noun and the nouns before it ("robot dog")."""
        first = min((phrase.at, *phrase.of(Role.NOUN)))
        kinds = (self.units[at].sense(Noun) for at in phrase.of(Role.NOUN))
        exact = noun.exact and all(kind and kin(kind) == kin(noun) for kind in kinds)
        fate = Fate.UNDERSTOOD if exact else Fate.SUBSTITUTED
        self.ledger.span(first, phrase.at + 1, fate, noun.species)

    def acts_at(self, at: int, wrong: Form | None = None) -> bool:
        """Tell whether a verb, not in the wrong form, stands at a unit or past its helpers."""
        while at < len(self.units) and self.units[at].gap is Gap.NONE:
            unit = self.units[at]
            if not unit.mark(Kind.STOP) or unit.mark(Kind.PREPOSITION):
                verb = unit.sense(Verb)
                return verb is not None and verb.form is not wrong
            at += 1
        return False
