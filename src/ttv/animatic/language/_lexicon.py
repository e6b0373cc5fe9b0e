"""The lexicon: every known word and phrase with its senses, built from the data files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from ttv.animatic.language._inflect import Form, conjugate, plural
from ttv.animatic.language._senses import (
    Colour,
    Count,
    Kind,
    Mark,
    Noun,
    Place,
    Scenery,
    Sense,
    Unit,
    Verb,
)
from ttv.animatic.language._tables import table
from ttv.animatic.language._words import Gap, Word, words
from ttv.animatic.scene import Action, RigKind, Setting

#: Young animals and children against grown ones.
YOUNG_SCALE: Final = 0.55

Entry = tuple[str, Sense]


@cache
def lexicon() -> Mapping[tuple[str, ...], tuple[Sense, ...]]:
    """Give the senses of every phrase, by its words."""
    found: dict[tuple[str, ...], list[Sense]] = {}
    for phrase, sense in _entries():
        senses = found.setdefault(tuple(word.key for word in words(phrase)), [])
        if not any(_same_sort(sense, known) for known in senses):
            senses.append(sense)
    return {phrase: tuple(senses) for phrase, senses in found.items()}


@cache
def _longest() -> int:
    return max(map(len, lexicon()))


def units(text: str) -> tuple[Unit, ...]:
    """Cut a text into the longest known phrases, and single words where none is known."""
    found: list[Unit] = []
    left = words(text)
    at = 0
    while at < len(left):
        size, senses = _match(left, at)
        found.append(_unit(text, left[at : at + size], senses))
        at += size
    return tuple(found)


def _match(left: tuple[Word, ...], at: int) -> tuple[int, tuple[Sense, ...]]:
    """Find the longest phrase that starts at a word; 1 and no senses when none does."""
    size = 1
    while size < _longest() and at + size < len(left) and left[at + size].gap is Gap.NONE:
        size += 1
    for length in range(size, 0, -1):
        senses = lexicon().get(tuple(word.key for word in left[at : at + length]))
        if senses:
            return length, senses
    if left[at].key.isdecimal() and len(left[at].key) <= 6:
        number = int(left[at].key)
        return 1, (Count(number, number),)
    return 1, ()


def _unit(text: str, phrase: tuple[Word, ...], senses: tuple[Sense, ...]) -> Unit:
    start, end = phrase[0].start, phrase[-1].end
    if not phrase[0].text[:1].isupper():
        senses = tuple(sense for sense in senses if not (isinstance(sense, Noun) and sense.name))
    return Unit(
        text=text[start:end],
        key=" ".join(word.key for word in phrase),
        start=start,
        end=end,
        gap=phrase[0].gap,
        senses=senses,
    )


def _same_sort(sense: Sense, other: Sense) -> bool:
    """Tell whether two senses cannot both belong to one phrase; the first listed wins."""
    if isinstance(sense, Mark) and isinstance(other, Mark):
        return sense.kind is other.kind
    if isinstance(sense, Noun) and isinstance(other, Noun):
        return sense.name == other.name
    return type(sense) is type(other)


def _entries() -> Iterator[Entry]:
    yield from _nouns()
    yield from _names()
    yield from _verbs()
    yield from _places()
    yield from _scenery()
    yield from _colours()
    yield from _counts()
    yield from _conditions()
    yield from _camera()
    yield from _grammar()


def _graded(entry: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Give the words of an entry, with True for those drawn as asked."""
    for word in entry.get("also", ()):
        yield word, True
    for word in entry.get("like", ()):
        yield word, False


def _nouns() -> Iterator[Entry]:
    for rig, kinds in table("nouns").items():
        for species, entry in kinds.items():
            plain = Noun(species, RigKind(rig))
            for word, sense in ((species, plain), *_named(plain, entry)):
                many = _many(word)
                yield word, replace(sense, invariant=many == word)
                yield many, replace(sense, plural=True)


def _many(word: str) -> str:
    return plural(word, table("grammar")["plurals"])


def _named(plain: Noun, entry: Mapping[str, Any]) -> Iterator[tuple[str, Noun]]:
    """Give the other names of a species."""
    for word, exact in _graded(entry):
        yield word, replace(plain, exact=exact)
    for word in entry.get("young", ()):
        yield word, replace(plain, scale=YOUNG_SCALE)
    for word, colour in entry.get("tinted", {}).items():
        yield word, replace(plain, colour=colour)


def _names() -> Iterator[Entry]:
    for species, names in table("grammar")["names"].items():
        for name in names:
            yield name, Noun(species, RigKind.BIPED, exact=False, name=True)


def _verbs() -> Iterator[Entry]:
    actions = table("actions")
    scenic = set(actions["scenic"])
    known: dict[str, tuple[Action | None, bool]] = {}
    for action in Action:
        known.setdefault(action.value, (action, True))
        for verb, exact in _graded(actions[action.value]):
            known.setdefault(verb, (action, exact))
    for verb in actions["scenic"]:
        known.setdefault(verb, (None, True))
    for verb, (meaning, exact) in known.items():
        for form, kind in _forms(verb).items():
            yield form, Verb(verb, meaning, kind, exact, verb in scenic)


def _forms(verb: str) -> dict[str, Form]:
    return conjugate(verb, table("actions")["irregular"].get(verb.partition(" ")[0], ()))


def _places() -> Iterator[Entry]:
    for setting in Setting:
        entry = table("places")[setting.value]
        weak = [Place(setting, weak=True)]
        for word, sense in (
            *((word, place) for word in entry.get("weak", ()) for place in weak),
            (setting.value, Place(setting)),
            *((word, Place(setting, exact)) for word, exact in _graded(entry)),
        ):
            yield word, sense
            yield _many(word), sense


def _scenery() -> Iterator[Entry]:
    for member, entry in table("places")["scenery"].items():
        for word, exact in _graded(entry):
            yield word, Scenery(member, exact)
            yield _many(word), Scenery(member, exact)


def _colours() -> Iterator[Entry]:
    for name, entry in table("colours").items():
        for word in (name, *entry["also"]):
            yield word, Colour(name)


def _counts() -> Iterator[Entry]:
    for word, number in table("grammar")["numbers"].items():
        yield word, Count(int(number), int(number))
    for word, (least, most) in table("grammar")["groups"].items():
        yield word, Count(int(least), int(most))


def _conditions() -> Iterator[Entry]:
    nouns = (Kind.TIME, Kind.WEATHER, Kind.SEASON, Kind.SKY)
    for kind in (*nouns, Kind.STYLE, Kind.LOOK, Kind.PACE, Kind.DIRECTION, Kind.SIZE):
        for value, entry in table("conditions")[kind.value].items():
            for word, exact in ((value, True), *_graded(entry)):
                yield word, Mark(kind, value, exact)
                if kind in nouns:
                    yield _many(word), Mark(kind, value, exact)
    for word in table("conditions")["snowy"]:
        yield word, Mark(Kind.WEATHER, "snow")
        yield word, Mark(Kind.SEASON, "winter")


def _camera() -> Iterator[Entry]:
    camera = table("camera")
    for value, entry in camera["moves"].items():
        for word, exact in _graded(entry):
            for form in _spoken(word):
                yield form, Mark(Kind.MOVE, value, exact)
    for value, entry in camera["framing"].items():
        for word, exact in _graded(entry):
            yield word, Mark(Kind.FRAMING, value, exact)
    for verb in camera["pieces"]:
        for form in conjugate(verb):
            yield form, Mark(Kind.MOVE_VERB, verb)


def _spoken(phrase: str) -> Iterable[str]:
    """Give a move in every form of its verb ("pan left", "pans left", "panning left")."""
    head, space, rest = phrase.partition(" ")
    return conjugate(phrase) if head in table("camera")["pieces"] and space and rest else (phrase,)


def _grammar() -> Iterator[Entry]:
    grammar = table("grammar")
    for word, value in grammar["pronouns"].items():
        yield word, Mark(Kind.PRONOUN, value)
    for kind in (
        Kind.DETERMINER,
        Kind.PREPOSITION,
        Kind.CLAUSE,
        Kind.RELATIVE,
        Kind.JOIN,
        Kind.NEGATION,
        Kind.STOP,
        Kind.ABSTRACT,
        Kind.PART,
        Kind.GENERIC,
    ):
        for word in grammar[kind.value]:
            yield word, Mark(kind, word)
    for word in grammar["garments"]:
        yield word, Mark(Kind.PART, word)
        yield _many(word), Mark(Kind.PART, word)
    for word in grammar["abstract"]:
        yield _many(word), Mark(Kind.ABSTRACT, word)
