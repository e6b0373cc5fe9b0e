"""The regular rules of English word forms; the data files list the exceptions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

_VOWELS: Final = "aeiou"
_SIBILANT: Final = re.compile(r"(s|x|z|ch|sh)$")
#: One syllable that ends in consonant, vowel, consonant doubles its last letter: "running".
_DOUBLES: Final = re.compile(r"^[^aeiou]*(?:qu)?[aeiou][^aeiouwxy]$")


class Form(StrEnum):
    """The forms of a verb."""

    BASE = "run"
    THIRD = "runs"
    PARTICIPLE = "running"
    PAST = "ran"


def plural(noun: str, irregular: Mapping[str, str]) -> str:
    """Give the plural; of a phrase, that of the word before "of", else of the last."""
    head, of, rest = noun.partition(" of ")
    stem, space, last = head.rpartition(" ")
    return f"{stem}{space}{irregular.get(last) or _plural(last)}{of}{rest}"


def _plural(word: str) -> str:
    if _SIBILANT.search(word):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ies"
    return f"{word[:-2]}en" if word.endswith("man") and word != "human" else f"{word}s"


def conjugate(verb: str, irregular: Sequence[str] = ()) -> dict[str, Form]:
    """Give the forms of a verb; of a phrase ("curl up"), those of its first word."""
    first, space, rest = verb.partition(" ")
    pasts = [form for form in irregular if not form.endswith("ing")] or [_past(first)]
    participles = [form for form in irregular if form.endswith("ing")] or [_participle(first)]
    forms = {
        first: Form.BASE,
        _plural(first) if first != "go" else "goes": Form.THIRD,
        **dict.fromkeys(participles, Form.PARTICIPLE),
        **{past: Form.PAST for past in pasts if past != first},
    }
    return {f"{form}{space}{rest}": kind for form, kind in forms.items()}


def _past(word: str) -> str:
    if word.endswith("e"):
        return f"{word}d"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ied"
    return f"{word}{word[-1] if _DOUBLES.match(word) else ''}ed"


def _participle(word: str) -> str:
    if word.endswith("e") and not word.endswith("ee"):
        return f"{word[:-1]}ing"
    return f"{word}{word[-1] if _DOUBLES.match(word) else ''}ing"
