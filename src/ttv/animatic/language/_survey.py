"""What a text names, with its own words: for those who split and rewrite prompts."""

from __future__ import annotations

from dataclasses import dataclass

from ttv.animatic.language._findings import Findings, Part
from ttv.animatic.language._light import Light, choose_light
from ttv.animatic.language._manner import facts_of
from ttv.animatic.language._place import choose_place
from ttv.animatic.language._reader import read
from ttv.animatic.language._senses import Kind, Verb
from ttv.animatic.scene import Framing, Move, RigKind, Setting


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject, as the text names it."""

    #: The whole noun phrase ("a red fox"), and where it stands in the text.
    text: str
    start: int
    end: int
    #: Canonical noun, or the user's own word for a placeholder.
    noun: str
    plural: bool
    #: True for "the fox", which speaks of a fox known from before.
    definite: bool
    #: The pronoun that takes its place: it, he, she or they.
    said: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word or phrase of the text that names one value."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What a text names; None or empty for what it leaves to the reader."""

    mentions: tuple[Mention, ...]
    setting: Setting | None
    #: The noun phrase of the place ("a snowy forest").
    place: Spoken | None
    light: Light
    move: Move | None
    framing: Framing | None
    #: A pronoun that stands for something outside the text.
    pronoun: Spoken | None
    #: Where a verb without a subject starts ("runs away").
    loose_verb: int | None
    #: How many verbs it has: how much happens.
    actions: int


def survey(text: str) -> Survey:
    """Read a text and say what it names; never fails."""
    findings = read(text)
    light = choose_light(findings)
    spot = choose_place(findings, light.time).spot
    marks = {mark.kind: mark.value for _, mark in reversed(findings.marks)}
    move, framing = marks.get(Kind.MOVE), marks.get(Kind.FRAMING)
    pronoun, verb = findings.loose_pronoun, findings.loose_verb
    units = findings.ledger.units
    return Survey(
        mentions=tuple(_mention(findings, part) for part in findings.parts),
        setting=choose_place(findings, light.time).setting if spot else None,
        place=_spoken(findings, spot.start, spot.end) if spot else None,
        light=light,
        move=Move(move) if move else None,
        framing=Framing(framing) if framing else None,
        pronoun=_spoken(findings, pronoun[0], pronoun[0] + 1) if pronoun else None,
        loose_verb=units[verb].start if verb is not None else None,
        actions=sum(unit.sense(Verb) is not None for unit in units),
    )


def _spoken(findings: Findings, start: int, end: int) -> Spoken:
    units = findings.ledger.units
    first, last = units[start].start, units[end - 1].end
    return Spoken(findings.ledger.text[first:last], first, last)


def _mention(findings: Findings, part: Part) -> Mention:
    words = _spoken(findings, part.start, part.end)
    return Mention(
        text=words.text,
        start=words.start,
        end=words.end,
        noun=part.noun.species if part.noun else part.name,
        plural=part.several,
        definite=part.definite,
        said="they" if part.several else _pronoun(part),
    )


def _pronoun(part: Part) -> str:
    if part.noun is None or part.noun.rig is not RigKind.BIPED:
        return "it"
    return facts_of(part.noun).get("said", "it")
