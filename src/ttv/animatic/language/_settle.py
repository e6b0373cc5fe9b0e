"""Give every noun phrase its place: subject, object, prop, spot or light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from ttv.animatic.language._cast import LIVING, Cast
from ttv.animatic.language._clause import Clause, Topic
from ttv.animatic.language._findings import Part, Spot
from ttv.animatic.language._inflect import Form
from ttv.animatic.language._ledger import Fate
from ttv.animatic.language._manner import facts_of, kin, manner
from ttv.animatic.language._phrase import NounPhrase, Role, take
from ttv.animatic.language._senses import Colour, Kind, Mark, Noun, Place, Scenery, Unit
from ttv.animatic.language._tables import table
from ttv.animatic.language._words import Gap
from ttv.animatic.scene import Action, RigKind, Setting


class Settler:
    """Settles the noun phrases of one text."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.findings = cast.findings
        self.ledger = cast.ledger
        self.units = cast.units

    @property
    def clause(self) -> Clause:
        """Give the clause that is being read."""
        return self.cast.clause

    def settle(self, phrase: NounPhrase) -> int:
        """Find the place of a noun phrase, note its units, and give the end of what it took."""
        for at in (*phrase.of(Role.DETERMINER), *phrase.of(Role.GRAMMAR)):
            self.ledger.note(at, Fate.GRAMMAR)
        preposition, self.clause.preposition = self.clause.preposition, None
        if preposition in table("grammar")["unlike"]:
            return phrase.end
        for at in phrase.of(Role.MARK):
            if phrase.role is not Role.NOUN or not _belongs_to_thing(self.units[at]):
                self._mark(at)
        for at in phrase.of(Role.PLACE):
            self.spot(at, at, at + 1, None)
        by_role = self._BY_ROLE.get(phrase.role, Settler._lose)
        return by_role(self, phrase, preposition) or phrase.end

    def spot(self, at: int, start: int, end: int, preposition: str | None) -> None:
        """Note a place; the composer chooses among them."""
        place, scenery = self.units[at].sense(Place), self.units[at].sense(Scenery)
        self.findings.spots.append(Spot(at, start, end, preposition, place, scenery))

    # By role of the head; each gives the end of what it took where that is not the phrase's.

    def _headless(self, phrase: NounPhrase, preposition: str | None) -> None:
        """Settle a phrase of adjectives only: "(the car is) red", "slow (pan)"."""
        for at in phrase.of(Role.PACE):
            self.cast.hasten(at)
        if preposition is not None:
            self._in_colour(phrase, preposition)
            return
        stated = self.units[phrase.start].gap is Gap.NONE
        if self.clause.group and stated and not phrase.of(Role.COUNT):
            self.cast.dress(self.clause.group[-1], phrase)
        elif phrase.of(Role.COLOUR):
            self.clause.orphans.append(phrase)

    def _in_colour(self, phrase: NounPhrase, preposition: str) -> None:
        """Dress a person "in red"."""
        wearer = self._rider()
        person = wearer is not None and wearer.noun and wearer.noun.rig is RigKind.BIPED
        if wearer and person and preposition == "in" and phrase.of(Role.COLOUR):
            self.cast.dress(wearer, phrase)

    def _thing(self, phrase: NounPhrase, preposition: str | None) -> None:
        head = self.units[phrase.at]
        noun = head.sense(Noun)
        also_place = head.sense(Scenery) or head.sense(Place)
        scenic = also_place and preposition is not None and not phrase.of(Role.COUNT)
        if noun is None or scenic:
            self._place(phrase, preposition)
        else:
            self._noun(phrase, self._compound(phrase, noun), preposition)

    def _place(self, phrase: NounPhrase, preposition: str | None) -> None:
        self.spot(phrase.at, phrase.start, phrase.end, preposition)
        self._turn_to_air(phrase, preposition)

    def _light(self, phrase: NounPhrase, preposition: str | None) -> None:
        self._mark(phrase.at)
        self._turn_to_air(phrase, preposition)

    def _generic(self, phrase: NounPhrase, preposition: str | None) -> int | None:
        """Settle "the animal": what was named before, else a thing nobody knows."""
        if not self.cast.antecedent:
            return self._unknown(phrase, preposition)
        self.ledger.note(phrase.at, Fate.UNDERSTOOD)
        if not self._is_object(phrase, preposition):
            self.cast.speak_of(self.cast.antecedent)
        return None

    def _unknown(self, phrase: NounPhrase, preposition: str | None) -> int | None:
        """Draw a noun nobody knows as a placeholder where it is the subject."""
        if preposition is not None or not self._is_subject(phrase):
            self._lose(phrase, preposition)
            return None
        part = self.cast.bring_in(phrase, None, companion=False)
        if part is None:
            return None
        end = self._of_phrase(phrase.end)
        if end > phrase.end:
            part.name = self.ledger.text[self.units[phrase.at].start : self.units[end - 1].end]
        self.ledger.span(phrase.at, end, Fate.SUBSTITUTED, "a placeholder")
        return end

    def _worn(self, phrase: NounPhrase, preposition: str | None) -> None:
        """Give the main garment of a person the colour that is said ("in a yellow dress")."""
        mark, wearer = self.units[phrase.at].mark(Kind.PART), self._rider()
        fits = table("grammar")["garments"].get(mark.value) if mark else None
        worn = preposition in ("in", "with") or (
            self.clause.verb is not None and self.clause.verb.base == "wear"
        )
        if not (fits and worn and wearer and wearer.noun and wearer.noun.rig is RigKind.BIPED):
            self._lose(phrase, preposition)
            return
        self.cast.dress(wearer, phrase)
        exact = facts_of(wearer.noun).get("said") == fits
        if exact or phrase.of(Role.COLOUR):
            self.ledger.grade(phrase.at, exact=exact, drawn="clothes")

    def _lose(self, phrase: NounPhrase, preposition: str | None) -> None:
        """Leave a phrase out of the picture; its words stay without a note."""
        if preposition is None and not self._is_object(phrase, preposition):
            self._turn(Topic.LOST)

    # Nouns that are drawn

    def _noun(self, phrase: NounPhrase, noun: Noun, preposition: str | None) -> None:
        aimed, self.clause.aimed = self.clause.aimed, False
        known = self._known(phrase, noun)
        if known:
            self._again(phrase, known, preposition)
        elif self._is_relative(phrase, noun):
            self._discard(phrase)
        elif preposition and not aimed and self._joins(phrase, noun, preposition):
            return
        elif self._is_object(phrase, preposition):
            self._object(phrase, noun)
        else:
            beside = preposition is not None and bool(self.findings.parts)
            self.cast.bring_in(phrase, noun, companion=beside)

    def _compound(self, phrase: NounPhrase, noun: Noun) -> Noun:
        """Join the names of one animal ("golden retriever puppy")."""
        for at in phrase.of(Role.NOUN):
            other = self.units[at].sense(Noun)
            if other and kin(other) == kin(noun):
                noun = replace(noun, colour=noun.colour or other.colour)
        return noun

    def _known(self, phrase: NounPhrase, noun: Noun) -> Part | None:
        """Find the subject that "the fox" means again."""
        determiners = [self.units[at].key for at in phrase.of(Role.DETERMINER)]
        fresh = any(key in table("grammar")["indefinite"] for key in determiners)
        if fresh or phrase.of(Role.COUNT) or (noun.plural and not determiners):
            return None
        name = self.units[phrase.at].key
        everything = (*self.findings.parts, *self.findings.things)
        same = [part for part in everything if part.name == name]
        alike = [part for part in everything if _is_again(noun, part)]
        return next(iter((*same, *alike)), None)

    def _again(self, phrase: NounPhrase, part: Part, preposition: str | None) -> None:
        if part.noun:
            self.cast.grade_noun(phrase, part.noun)
        self.cast.dress(part, phrase)
        if preposition is None and not self._is_object(phrase, preposition):
            more = self.cast.adds(phrase) and part not in self.clause.group
            self.cast.speak_of([*self.clause.group, part] if more else [part])

    def _is_relative(self, phrase: NounPhrase, noun: Noun) -> bool:
        """Tell an animal's relative ("a duckling and its mother"), which is no person."""
        its = any(self.units[at].key == "its" for at in phrase.of(Role.DETERMINER))
        return its and noun.rig is RigKind.BIPED

    def _joins(self, phrase: NounPhrase, noun: Noun, preposition: str) -> bool:
        """Settle a noun that a preposition ties to what is there: a mount, a burden, a thing."""
        grammar, rider = table("grammar"), self._rider()
        if preposition in grammar["within"] and noun.species in table("places")["interiors"]:
            self._interior(phrase, noun)
        elif rider and any(
            preposition in grammar[how] and fact in facts_of(noun)
            for how, fact in (("aboard", "mount"), ("along", "held"))
        ):
            self._put_on(rider, phrase, noun)
        elif preposition == "of" and self._after_noun(phrase):
            self._discard(phrase)
        elif noun.rig is RigKind.OBJECT and (self.findings.parts or preposition != "of"):
            self.cast.set_out(phrase, noun)
        else:
            return False
        return True

    def _after_noun(self, phrase: NounPhrase) -> bool:
        """Tell "a king of hearts" from "a view of hearts"."""
        before = phrase.start - 2
        return before >= 0 and self.units[before].sense(Noun) is not None

    def _object(self, phrase: NounPhrase, noun: Noun) -> None:
        """Settle what the verb acts on."""
        verb, actions, rider = self.clause.verb, table("actions"), self._rider()
        base = verb.base.partition(" ")[0] if verb else ""
        if rider and "mount" in facts_of(noun) and base in actions["rides"]:
            self._put_on(rider, phrase, noun)
        elif rider and "held" in facts_of(noun) and base in actions["holds"]:
            self._put_on(rider, phrase, noun)
            if rider.action is Action.FLY:
                rider.action = Action.STAND
        elif noun.rig is RigKind.OBJECT:
            self.cast.set_out(phrase, noun)
        else:
            part = self.cast.bring_in(phrase, noun, companion=True)
            if part and verb and base in actions["shares"]:
                part.action = manner(noun, verb)

    def _put_on(self, rider: Part, phrase: NounPhrase, noun: Noun) -> None:
        """Seat a subject on a mount, or give it a thing to carry."""
        if rider.on is not None:
            self._discard(phrase)
            return
        rider.on, rider.on_colour = noun, noun.colour
        self.cast.grade_noun(phrase, noun)
        for at in phrase.of(Role.COLOUR)[:1]:
            colour = self.units[at].sense(Colour)
            rider.on_colour = colour.name if colour else None
            self.ledger.note(at, Fate.UNDERSTOOD)

    def _rider(self) -> Part | None:
        """Find who can ride or carry: the last living subject of the clause."""
        candidates = self.clause.group or self.findings.parts[-1:]
        living = [part for part in candidates if part.noun and part.noun.rig in LIVING]
        return living[-1] if living else None

    def _interior(self, phrase: NounPhrase, noun: Noun) -> None:
        room = Place(Setting.ROOM, exact=noun.species == "house" and noun.exact)
        self.findings.spots.append(Spot(phrase.at, phrase.start, phrase.end, "in", room, None))

    def _discard(self, phrase: NounPhrase) -> None:
        """Leave all of a phrase out, its grammar too."""
        self.ledger.span(phrase.start, phrase.end, Fate.IGNORED)

    # Places and light

    def _mark(self, at: int) -> None:
        for sense in self.units[at].senses:
            if isinstance(sense, Mark):
                self.findings.marks.append((at, sense))

    def _turn_to_air(self, phrase: NounPhrase, preposition: str | None) -> None:
        """Note the colours of a place or light, and let the next verb speak of it."""
        for at in phrase.of(Role.COLOUR):
            colour = self.units[at].sense(Colour)
            if colour:
                self.findings.tints.append((at, colour.name, phrase.at))
        if preposition not in (None, "of") or self._is_object(phrase, preposition):
            return
        if not self.clause.group or self.cast.adds(phrase):
            self._turn(Topic.AIR, anew=self.units[phrase.start].gap is Gap.SOFT)

    def _turn(self, topic: Topic, *, anew: bool = False) -> None:
        if anew or self.clause.verb is not None or not self.clause.group:
            self.clause.group = []
            self.clause.verb = None
            self.clause.topic = topic

    # Subject or object

    def _is_object(self, phrase: NounPhrase, preposition: str | None) -> bool:
        """Tell whether a phrase is what the clause's verb acts on."""
        attached = self.units[phrase.start].gap is Gap.NONE and not self.cast.adds(phrase)
        acted = self.clause.verb is not None and self.clause.acting
        return preposition is None and attached and acted

    def _is_subject(self, phrase: NounPhrase) -> bool:
        """Tell whether a noun nobody knows is named as a subject."""
        if self._is_object(phrase, None):
            return False
        named = phrase.of(Role.DETERMINER) or phrase.of(Role.COUNT)
        first = not self.clause.acting or self.cast.adds(phrase)
        several = self.units[phrase.end - 1].key.endswith("s")
        wrong = Form.THIRD if several else Form.BASE
        return bool(named) or (first and self.cast.acts_at(phrase.end, wrong))

    def _of_phrase(self, end: int) -> int:
        """Take "of a lion" into the name of a thing nobody knows."""
        if end + 1 < len(self.units) and self.units[end].key == "of":
            rest = take(self.units, end + 1)
            if rest:
                return rest.end
        return end

    _BY_ROLE: ClassVar[
        dict[Role | None, Callable[[Settler, NounPhrase, str | None], int | None]]
    ] = {
        None: _headless,
        Role.NOUN: _thing,
        Role.PLACE: _place,
        Role.MARK: _light,
        Role.GENERIC: _generic,
        Role.UNKNOWN: _unknown,
        Role.SHAPELESS: _worn,
    }


def _belongs_to_thing(unit: Unit) -> bool:
    """Tell a style that describes the thing alone ("a vintage car", "a black and white cat")."""
    style = unit.mark(Kind.STYLE)
    return style is not None and (not style.exact or unit.key == "black and white")


def _is_again(noun: Noun, part: Part) -> bool:
    """Tell whether a definite noun can mean a subject again, by another name."""
    known = part.noun
    if known is None or noun.name or known.name:
        return False
    return (kin(known), part.plural) == (kin(noun), noun.plural)
