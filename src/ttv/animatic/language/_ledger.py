"""What became of each word: nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from ttv.animatic.language._senses import Unit
from ttv.animatic.scene import Understanding


class Fate(Enum):
    """What became of a word."""

    IGNORED = auto()  #: Neither drawn nor grammar.
    GRAMMAR = auto()
    UNDERSTOOD = auto()
    SUBSTITUTED = auto()


@dataclass(frozen=True, slots=True)
class _Note:
    end: int
    fate: Fate
    drawn: str = ""


@dataclass(slots=True)
class Ledger:
    """One note for each unit of a text; a unit without a note counts as ignored."""

    text: str
    units: Sequence[Unit]
    _notes: dict[int, _Note] = field(default_factory=dict)

    def note(self, at: int, fate: Fate, drawn: str = "") -> None:
        """Note one unit; the last note holds."""
        self._notes[at] = _Note(at + 1, fate, drawn)

    def span(self, start: int, end: int, fate: Fate, drawn: str = "") -> None:
        """Note several units as one phrase."""
        for at in range(start, end):
            self._notes.pop(at, None)
        self._notes[start] = _Note(end, fate, drawn)

    def grade(self, at: int, *, exact: bool, drawn: str) -> None:
        """Note a unit as drawn: as asked, or as something else."""
        self.note(at, Fate.UNDERSTOOD if exact else Fate.SUBSTITUTED, drawn)

    def outdo(self, at: int, drawn: str) -> None:
        """Note that something else was drawn than a phrase asks, though it could be."""
        self._notes[at] = _Note(self._notes[at].end, Fate.SUBSTITUTED, drawn)

    def understanding(self) -> Understanding:
        """Sum up the notes in the order of the text, each phrase once."""
        found: dict[Fate, list[tuple[str, str]]] = {fate: [] for fate in Fate}
        at = 0
        while at < len(self.units):
            note = self._notes.get(at, _Note(at + 1, Fate.IGNORED))
            words = self.text[self.units[at].start : self.units[note.end - 1].end]
            found[note.fate].append((words, note.drawn))
            at = note.end
        return Understanding(
            understood=_once(words for words, _ in found[Fate.UNDERSTOOD]),
            substituted=tuple(dict.fromkeys(found[Fate.SUBSTITUTED])),
            ignored=_once(words for words, _ in found[Fate.IGNORED]),
        )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
