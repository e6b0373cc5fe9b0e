"""What a word that is not known was probably meant for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that is most like another; None where none is."""
    return next((str(near) for near in get_close_matches(word, list(known), n=1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """End a refusal with the nearest known word; with nothing where none is near."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""
