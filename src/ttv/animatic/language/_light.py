"""Choose light, air and look among the marks of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ttv.animatic.language._findings import Findings
from ttv.animatic.language._ledger import Fate
from ttv.animatic.language._senses import Kind, Mark
from ttv.animatic.language._tables import table
from ttv.animatic.scene import Passage, Season, Setting, TimeOfDay, Weather

#: The strongest weather that is named is drawn.
_STRENGTH: Final = ("storm", "snow", "rain", "fog", "wind", "cloudy", "clear")
#: What shows in the sky by night only.
_NIGHTLY: Final = frozenset({"moon", "stars", "aurora"})


@dataclass(frozen=True, slots=True)
class Light:
    """Light, air and look; None where the text names none."""

    time: TimeOfDay | None
    weather: Weather | None
    season: Season | None
    sky: tuple[str, ...]
    style: str | None
    passage: Passage | None

    @property
    def time_told(self) -> TimeOfDay | None:
        """Give the time of day that is named, or that what is in the sky tells."""
        if self.time is None and not _NIGHTLY.isdisjoint(self.sky):
            return TimeOfDay.NIGHT
        return self.time

    @property
    def time_shown(self) -> TimeOfDay:
        """Give the time of day to draw."""
        return self.time_told or TimeOfDay.DAY

    @property
    def season_shown(self) -> Season:
        """Give the season to draw: the one named, or one that fits the weather."""
        if self.season is None and self.weather is Weather.SNOW:
            return Season.WINTER
        return self.season or Season.SUMMER


def choose_light(findings: Findings) -> Light:
    """Choose one of each, and note in the ledger which words it draws."""
    choice = _Choice(findings)
    time = choice.one(Kind.TIME)
    weather = choice.weather()
    season = choice.one(Kind.SEASON)
    style = choice.one(Kind.STYLE)
    sky = choice.every(Kind.SKY)
    choice.every(Kind.LOOK)
    choice.tints()
    return Light(
        time=TimeOfDay(time) if time else None,
        weather=Weather(weather) if weather else None,
        season=Season(season) if season else None,
        sky=sky,
        style=style,
        passage=_passage(findings),
    )


def _passage(findings: Findings) -> Passage | None:
    """Tell whether sun or moon rise or set."""
    said = {findings.ledger.units[at].key for at, _ in findings.marks}
    said |= {findings.passage.base} if findings.passage else set()
    words = table("conditions")["passage"]
    return next((way for way in Passage if not said.isdisjoint(words[way.value])), None)


def hide(findings: Findings, setting: Setting) -> None:
    """Take back the notes of the words that a setting hides: no rain falls indoors."""
    hidden = table("conditions")["hidden"].get(setting.value, ())
    for at, mark in findings.marks:
        if {mark.kind.value, f"{mark.kind.value} {mark.value}"} & set(hidden):
            findings.ledger.note(at, Fate.IGNORED)


class _Choice:
    """The marks of one text, chosen kind by kind."""

    def __init__(self, findings: Findings) -> None:
        self.ledger = findings.ledger
        self.marks = findings.marks
        self.hues = findings.tints
        self.drawn: dict[int, str] = {}

    def one(self, kind: Kind) -> str | None:
        """Choose the first value that can be drawn as asked, else the first of all."""
        marks = self._of(kind)
        ranked = sorted(marks, key=lambda entry: not entry[1].exact)
        if not ranked:
            return None
        value = ranked[0][1].value
        self._draw([entry for entry in marks if entry[1].value == value])
        return value

    def weather(self) -> str | None:
        """Choose the strongest weather; what it brings with it counts as drawn."""
        marks = self._of(Kind.WEATHER)
        if not marks:
            return None
        value = min((mark.value for _, mark in marks), key=_STRENGTH.index)
        included = {value, *table("conditions")["includes"][value]}
        self._draw([entry for entry in marks if entry[1].value in included])
        return value

    def every(self, kind: Kind) -> tuple[str, ...]:
        """Choose all values."""
        marks = self._of(kind)
        self._draw(marks)
        return tuple(dict.fromkeys(mark.value for _, mark in marks))

    def tints(self) -> None:
        """Count the natural colours of what is drawn as understood ("a pink sunset")."""
        natural = table("conditions")["tints"]
        for at, colour, head in self.hues:
            if colour in natural.get(self.drawn.get(head, ""), ()):
                self.ledger.note(at, Fate.UNDERSTOOD)

    def _of(self, kind: Kind) -> list[tuple[int, Mark]]:
        return [(at, mark) for at, mark in self.marks if mark.kind is kind]

    def _draw(self, marks: list[tuple[int, Mark]]) -> None:
        for at, mark in marks:
            self.ledger.grade(at, exact=mark.exact, drawn=mark.value)
            self.drawn[at] = mark.value
