"""Cut a text into words, keeping where each stands and what separates it from the last."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Final


class Gap(IntEnum):
    """What stands between a word and the one before it, in rising strength."""

    NONE = 0  #: A space, a hyphen or an apostrophe.
    SOFT = 1  #: A comma, a colon, a dash, a bracket or a quotation mark.
    HARD = 2  #: The end of a sentence, a semicolon or the end of a line.


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written."""

    text: str
    #: The word for look-up: folded case, without accents.
    key: str
    start: int
    end: int
    gap: Gap


_HARD: Final = frozenset(".!?;\n\r\u2026\u3002\uff01\uff1f\u2028\u2029")
_GLUE: Final = frozenset("-'\u2019\u2010\u2011")
_NO_ACCENTS: Final = dict.fromkeys(range(0x300, 0x370))
_APOSTROPHES: Final = frozenset("'\u2019")


def words(text: str) -> tuple[Word, ...]:
    """Cut a text into words; symbols such as emoji are words of their own."""
    found: list[Word] = []
    gap = Gap.HARD
    joint = ""
    position = 0
    for kind, group in groupby(text, key=_kind):
        run = "".join(group)
        start, position = position, position + len(run)
        if kind in "wy":
            found.append(Word(run, fold(run), start, position, gap))
            _join(found, joint)
            gap, joint = Gap.NONE, ""
        elif kind == "p":
            # A mark inside a word ("don't", "close-up", "3.5") separates nothing.
            inside = bool(found) and found[-1].end == start and _word_at(text, position)
            joint = run if inside and len(run) == 1 else ""
            gap = max(gap, _strength(run, inside=inside))
        elif not _HARD.isdisjoint(run):
            gap = Gap.HARD
    return tuple(found)


def fold(text: str) -> str:
    """Fold case and drop accents, so that "Cafe" and "café" are one word."""
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return unicodedata.normalize("NFC", plain.translate(_NO_ACCENTS)) or text


def _kind(char: str) -> str:
    """Sort a character: w in a word, y a symbol, p punctuation, s space."""
    category = unicodedata.category(char)
    if category[0] in "LNM":
        return "w"
    if category[0] == "P":
        return "p"
    return "s" if category[0] == "Z" or category == "Cc" else "y"


def _word_at(text: str, position: int) -> bool:
    return position < len(text) and _kind(text[position]) == "w"


def _strength(run: str, *, inside: bool) -> Gap:
    if inside and run in _GLUE:
        return Gap.NONE
    if not inside and not _HARD.isdisjoint(run):
        return Gap.HARD
    return Gap.SOFT


def _join(found: list[Word], joint: str) -> None:
    """Join the last two words where the mark between them is part of a word."""
    if not joint or len(found) < 2:
        return
    before, word = found[-2:]
    if joint in _APOSTROPHES and word.key == "s":
        found[-1] = Word(joint + word.text, "'s", word.start - 1, word.end, Gap.NONE)
    elif joint in _APOSTROPHES:
        found[-2:] = [
            Word(
                f"{before.text}{joint}{word.text}",
                f"{before.key}'{word.key}",
                before.start,
                word.end,
                before.gap,
            )
        ]
    elif joint in ".," and before.key.isdecimal() and word.key.isdecimal():
        found[-2:] = [
            Word(
                f"{before.text}{joint}{word.text}",
                f"{before.key}.{word.key}",
                before.start,
                word.end,
                before.gap,
            )
        ]
