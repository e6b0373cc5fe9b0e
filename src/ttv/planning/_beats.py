"""Split a brief into beats: the things that happen one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from ttv.media import Transition


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that happens, in the words of the brief."""

    text: str
    transition: Transition = Transition.CUT
    #: Words about how it is filmed, said apart ("Slow zoom in.").
    note: str = ""


#: "Scene 2:", "SHOT 3 -", at the start of a line or sentence.
_HEADING: Final = re.compile(
    r"(?:^|(?<=[.!?;])\s+|(?<=\n))\W*(?:scene|shot|beat|part|act|clip|chapter)\s*#?\s*"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s*[:.)\u2013\u2014-]\s*",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"^\s*(?:[-*+\u2022\u2013\u2014]\s+|\(?\d{1,3}[.):]\s+)")
#: A number that opens an entry of a list inside a paragraph: "1. A fox runs. 2. It stops."
_NUMBER: Final = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2})[.)]\s+(?=\S)")
#: A line that only broke because it was full goes on in the next one.
_FULL_LINE: Final = 40

#: Marks that can end a sentence, with the quotation marks and brackets after them.
_QUOTES: Final = frozenset("\"'\u201d\u2019")
_STOP: Final = re.compile("[.!?\u2026]+[\"'\u201d\u2019)\\]]*(?=\\s)|;|[\u3002\uff01\uff1f]")
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|mt|vs|no|nr|jr|sr|inc|ltd|co|fig|ft|approx|ca|cf|e\.?g|"
    r"i\.?e|u\.?s|u\.?k|vol|gen|col|sgt|capt|lt|rev|hon|ave|blvd|[a-z])\.$",
    re.IGNORECASE,
)

#: Words that start the next beat inside a sentence.
_THEN: Final = re.compile(
    r"(?:^|[,;:\u2013\u2014-]\s*|\s)(?:and\s+|but\s+)?"
    r"(?<!since )(?<!until )(?<!by )(?<!back )(?<!just )(?<!and now )(?<!every now and )"
    r"then\b,?\s+"
    r"|(?:^|[,;\u2013\u2014-]\s*)(?:and\s+)?(?:after\s+(?:that|this)|afterwards?|finally|"
    r"next|later(?:\s+on)?|moments?\s+later|a\s+moment\s+later|eventually|meanwhile|at\s+last|"
    r"lastly|in\s+the\s+end|(?:first|second|third)(?:ly)?(?=,))\b,?\s+(?!to\b)"
    r"|\s+and\s+(?:finally|afterwards?|after\s+that|eventually)\b,?\s+",
    re.IGNORECASE,
)
_SOFT_CUT: Final = {
    "fade": Transition.FADE,
    "dissolve": Transition.CROSSFADE,
    "crossfade": Transition.CROSSFADE,
    "cut": Transition.CUT,
}
_CUT: Final = re.compile(
    r"(?:^|[,;:.!?\u2013\u2014-]\s*|\b(?:and|then)\s+)"
    r"(?:(?:the|we)\s+)?(?:(?:scene|screen|picture|image|shot|film|view|camera)\s+)?(?:then\s+)?"
    r"(?:slowly\s+|hard\s+|smash\s+|match\s+|slow\s+)?"
    r"(?P<cut>fade|dissolve|cross-?\s?fade|cut)s?\s+(?:back\s+)?(?:to|into|in|out)\b"
    r"(?:\s+(?:from|to)\s+black\b|\s+black\b)?\s*:?\s*",
    re.IGNORECASE,
)
_EDGES: Final = " \t\n\r,;:.\u3002\u2013\u2014-"
_HAS_WORD: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Script:
    """The beats of a brief, at least one, and a transition that no beat follows."""

    beats: tuple[Beat, ...]
    closing: Transition = Transition.CUT


def split(brief: str) -> Script:
    """Split a brief into beats; a brief without any gives one beat of its whole text."""
    found: list[Beat] = []
    transition = Transition.CUT
    for paragraph in _paragraphs(brief):
        for sentence in _sentences(paragraph):
            for beat in _pieces(sentence):
                if beat.transition is not Transition.CUT:
                    transition = beat.transition
                if _HAS_WORD.search(beat.text):
                    found.append(replace(beat, transition=transition))
                    transition = Transition.CUT
    return Script(tuple(found) or (Beat(brief.strip()),), transition)


def _paragraphs(brief: str) -> Iterator[str]:
    """Split at headings, list entries and the ends of lines."""
    lines: list[str] = []
    for line in _HEADING.sub("\n", brief).splitlines():
        entries = _numbered(line) or [_BULLET.sub("", line)]
        if lines and entries == [line] and _runs_on(lines[-1], line):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.extend(entries)
    return iter(lines)


def _runs_on(before: str, line: str) -> bool:
    """Tell a line break in the middle of a sentence from one between beats."""
    text, ended = line.strip(), before.rstrip()
    return len(ended) >= _FULL_LINE and text[:1].islower() and ended[-1:] not in ".!?;:"


def _numbered(line: str) -> list[str]:
    """Split a list that is written inside one line; empty when its numbers do not count up."""
    marks = list(_NUMBER.finditer(line))
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(line)]
    entries = [line[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return [line[: marks[0].start()], *entries]


def _sentences(paragraph: str) -> Iterator[str]:
    """Split at the ends of sentences, not after abbreviations, initials or an ellipsis."""
    start = 0
    for stop in _STOP.finditer(paragraph):
        if _ends(paragraph, start, stop):
            yield paragraph[start : stop.end()].strip()
            start = stop.end()
    yield paragraph[start:].strip()


def _ends(paragraph: str, start: int, stop: re.Match[str]) -> bool:
    mark = stop[0]
    if mark.startswith(("...", "\u2026")):
        return False
    said = paragraph[start : stop.end()]
    if said.count('"') % 2 and paragraph.count('"', stop.end()):
        return False
    if mark[-1] in _QUOTES and paragraph[stop.end() :].lstrip()[:1].islower():
        return False
    return mark != "." or _ABBREVIATION.search(said) is None


def _pieces(sentence: str) -> Iterator[Beat]:
    """Split a sentence at "then" and the like, and at words for a cut."""
    start, transition = 0, Transition.CUT
    conditional = sentence.lower().startswith("if ")
    marks = [*_CUT.finditer(sentence), *(() if conditional else _THEN.finditer(sentence))]
    for mark in sorted(marks, key=lambda found: found.start()):
        if mark.start() < start:
            continue
        yield Beat(sentence[start : mark.start()].strip(_EDGES), transition)
        start, transition = mark.end(), _transition(mark)
    yield Beat(sentence[start:].strip(_EDGES), transition)


def _transition(mark: re.Match[str]) -> Transition:
    cut = mark.groupdict().get("cut") or "cut"
    return _SOFT_CUT[re.sub(r"\W", "", cut.lower())]
