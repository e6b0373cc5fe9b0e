"""What a text names, with its own words: for those who split and rewrite prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ttv.animatic.language._findings import Findings, Part, Spot
from ttv.animatic.language._inflect import Form
from ttv.animatic.language._light import Light, choose_light
from ttv.animatic.language._manner import facts_of
from ttv.animatic.language._place import choose_place
from ttv.animatic.language._reader import read
from ttv.animatic.language._senses import Kind, Verb
from ttv.animatic.language._tables import table
from ttv.animatic.scene import Framing, Move, RigKind, Setting

#: Marks that say how a text is filmed and not what happens.
_FILMED: Final = frozenset(
    {Kind.STYLE, Kind.LOOK, Kind.MOVE, Kind.FRAMING, Kind.PACE, Kind.DIRECTION}
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word or phrase, and where it stands in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject, as the text names it."""

    #: The whole noun phrase ("a red fox").
    words: Spoken
    #: Canonical noun, or the user's own word for a placeholder.
    noun: str
    plural: bool
    #: True for "the fox", which speaks of a fox known from before.
    definite: bool
    #: The pronoun that takes its place: it, he, she, or they for several and for one person
    #: of either gender.
    said: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What a text names; None or empty for what it leaves open."""

    mentions: tuple[Mention, ...]
    setting: Setting | None
    #: Words that put something there ("in a snowy forest").
    where: str | None
    light: Light
    #: The words for the look of the film ("watercolor painting").
    style: str | None
    move: Move | None
    framing: Framing | None
    #: A pronoun that stands for something outside the text.
    pronoun: Spoken | None
    #: A verb without a subject ("runs away"), and whether it asks for a plural one.
    loose_verb: Spoken | None
    loose_plural: bool
    #: How many verbs it has: how much happens.
    actions: int
    #: True when it only says how to film ("slow zoom in", "watercolor style").
    filming_only: bool


def survey(text: str) -> Survey:
    """Read a text and say what it names; never fails."""
    findings = read(text)
    light = choose_light(findings)
    place = choose_place(findings, light.time)
    marks = {mark.kind: mark.value for _, mark in reversed(findings.marks)}
    move, framing = marks.get(Kind.MOVE), marks.get(Kind.FRAMING)
    pronoun = findings.loose_pronoun
    verb = None if findings.loose_verb is None else findings.ledger.units[findings.loose_verb]
    meaning = verb.sense(Verb) if verb else None
    return Survey(
        mentions=tuple(_mention(findings, part) for part in findings.parts),
        setting=place.setting if place.spot else None,
        where=_where(findings, place.spot, place.setting) if place.spot else None,
        light=light,
        style=_style(findings),
        move=Move(move) if move else None,
        framing=Framing(framing) if framing else None,
        pronoun=_spoken(findings, pronoun[0], pronoun[0] + 1) if pronoun else None,
        loose_verb=Spoken(verb.text, verb.start, verb.end) if verb else None,
        loose_plural=meaning is not None and meaning.form is Form.BASE,
        actions=sum(unit.sense(Verb) is not None for unit in findings.ledger.units),
        filming_only=_is_filming_only(findings),
    )


def _spoken(findings: Findings, start: int, end: int) -> Spoken:
    units = findings.ledger.units
    first, last = units[start].start, units[end - 1].end
    return Spoken(findings.ledger.text[first:last], first, last)


def _mention(findings: Findings, part: Part) -> Mention:
    return Mention(
        words=_spoken(findings, part.start, part.end),
        noun=part.noun.species if part.noun else part.name,
        plural=part.several,
        definite=part.definite,
        said="they" if part.several else _pronoun(part),
    )


def _pronoun(part: Part) -> str:
    if part.noun is None or part.noun.rig is not RigKind.BIPED:
        return "it"
    if not part.noun.exact and not part.noun.name:
        return "they"
    return facts_of(part.noun).get("said", "it")


def _where(findings: Findings, spot: Spot, setting: Setting) -> str:
    """Say where with the text's own words, or those of the setting where they are vague."""
    places, grammar = table("places"), table("grammar")
    words = _spoken(findings, spot.start, spot.end).text
    first = words.split()[0].casefold()
    if first in grammar["prepositions"] or first in places["adverbs"]:
        return words
    at = places[setting.value]["at"]
    if spot.scenery is None and (spot.place is None or spot.place.weak):
        return f"{at} the {setting.value}"
    if spot.preposition in grammar["resting"]:
        at = spot.preposition
    named = first in grammar["determiners"] or words[0].isupper() or setting is Setting.SPACE
    return f"{at} {words}" if named else f"{at} the {words}"


def _style(findings: Findings) -> str | None:
    units = findings.ledger.units
    looks = (at for at, mark in findings.marks if mark.kind in (Kind.STYLE, Kind.LOOK))
    return next((units[at].text for at in looks), None)


def _is_filming_only(findings: Findings) -> bool:
    """Tell a text about style and camera from one that shows something."""
    if findings.parts or findings.spots or findings.things or findings.loose_pronoun:
        return False
    units = findings.ledger.units
    filmed = any(mark.kind in _FILMED for _, mark in findings.marks)
    if any(unit.mark(Kind.PART) for unit in units):
        return False
    shapeless = any(unit.mark(Kind.ABSTRACT) for unit in units)
    shown = any(mark.kind not in _FILMED for _, mark in findings.marks)
    unknown = sum(not unit.senses for unit in units)
    return (filmed or shapeless) and not shown and findings.loose_verb is None and unknown <= 1
