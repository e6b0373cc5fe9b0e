"""Write every beat as a prompt that stands alone: subject, place, light and look included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ttv.animatic.language import Mention, Survey, survey
from ttv.animatic.scene import Season, Setting, TimeOfDay, Weather
from ttv.planning._beats import Beat

_TIMES: Final = {
    TimeOfDay.DAWN: "at dawn",
    TimeOfDay.DAY: "by day",
    TimeOfDay.SUNSET: "at sunset",
    TimeOfDay.NIGHT: "at night",
}
_WEATHERS: Final = {
    Weather.CLEAR: "under a clear sky",
    Weather.CLOUDY: "under a cloudy sky",
    Weather.RAIN: "in the rain",
    Weather.STORM: "in a storm",
    Weather.SNOW: "in falling snow",
    Weather.FOG: "in fog",
    Weather.WIND: "in the wind",
}
_SEASONS: Final = {season: f"in {season.value}" for season in Season}
#: Where no weather reaches.
_SHELTERED: Final = frozenset({Setting.ROOM, Setting.UNDERWATER, Setting.SPACE})
_ARTICLE: Final = re.compile(r"^(?:an?|the|this|that|these|those|some)\s+", re.IGNORECASE)
_THE: Final = re.compile(r"^(?:the|this|that|these|those)\s+", re.IGNORECASE)
#: A clause about the camera at the end of a sentence.
_FILMING: Final = re.compile(
    r",\s+(?=(?:(?:the|slow|slowly|fast|static)\s+)*"
    r"(?:camera|tracking|zoom|pan|tilt|dolly|close-?up|wide|medium|aerial|static|slow)\b)",
    re.IGNORECASE,
)
#: Pronouns that can also stand for a person of either gender ("the astronaut").
_PERSONAL: Final = frozenset({"he", "she"})
_POSSESSIVE: Final = re.compile(r"\b(?:its|his|her|their)\b", re.IGNORECASE)


def prompts(beats: Sequence[Beat]) -> list[str]:
    """Rewrite beats in order; each names whatever an earlier one named and it leaves open."""
    known = _Known(look=_look(beats))
    written = []
    for beat in beats:
        prompt = known.complete(beat)
        known = known.learn(beat, survey(prompt))
        written.append(prompt)
    return written


def _look(beats: Sequence[Beat]) -> str | None:
    """Find the look of the film: the first one that is named holds for every shot."""
    texts = (text for beat in beats for text in (beat.text, beat.note))
    return next((style for text in texts if (style := survey(text).style)), None)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the beats so far have named."""

    look: str | None
    #: The subjects of the last beat that named some, and all before, latest last.
    latest: tuple[Mention, ...] = ()
    all: tuple[Mention, ...] = ()
    setting: Setting | None = None
    where: str | None = None
    time: TimeOfDay | None = None
    weather: Weather | None = None
    season: Season | None = None

    def learn(self, beat: Beat, said: Survey) -> _Known:
        """Give what is known after a beat; its subjects keep their fullest description."""
        mentions = tuple(self._fullest(mention) for mention in said.mentions)
        names = {mention.noun for mention in mentions}
        earlier = tuple(mention for mention in self.all if mention.noun not in names)
        own = survey(beat.text)
        stays = self._stays(own)
        return replace(
            self,
            latest=mentions or self.latest,
            all=(*earlier, *mentions),
            setting=own.setting or self.setting,
            where=own.where or self.where,
            time=own.light.time_told or self.time,
            weather=own.light.weather or (self.weather if stays else None),
            season=own.light.season or self.season,
        )

    def _stays(self, said: Survey) -> bool:
        """Tell whether a beat plays where the one before did, in the same weather."""
        return said.setting is None or said.setting is self.setting

    def _fullest(self, mention: Mention) -> Mention:
        known = next((other for other in self.all if other.noun == mention.noun), mention)
        return known if len(known.words.text) > len(mention.words.text) else mention

    def complete(self, beat: Beat) -> str:
        """Write a beat so that it stands alone."""
        text = self._with_subject(beat.text, survey(beat.text))
        if survey(text).setting is None and self.where:
            text = _add(text, self.where)
        for words in self._air(survey(text), stays=self._stays(survey(beat.text))):
            text = _add(text, words)
        if self.look and not any(survey(words).style for words in (text, beat.note)):
            text = f"{text}, {self.look}"
        sentence = f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.!?' else '.'}"
        return f"{sentence} {beat.note}".strip()

    def _air(self, said: Survey, *, stays: bool) -> list[str]:
        """List the words for light and air that a text leaves open."""
        words = []
        light, open_air = said.light, said.setting not in _SHELTERED
        if self.weather and light.weather is None and stays and open_air:
            words.append(_WEATHERS[self.weather])
        if self.season and light.season is None and open_air:
            words.append(_SEASONS[self.season])
        if self.time and light.time_told is None:
            words.append(_TIMES[self.time])
        return words

    def _with_subject(self, beat: str, said: Survey) -> str:
        """Name the subjects of a beat in full."""
        if said.pronoun:
            who = self._meant(said.pronoun.text)
            return _put(beat, said.pronoun.start, said.pronoun.end, who) if who else beat
        if said.mentions:
            return self._describe(beat, said.mentions)
        if not self.latest or said.filming_only:
            return beat
        if said.loose_verb and self._fits_verb(said):
            return f"{self._named(self.latest)} {beat[:1].lower()}{beat[1:]}"
        owned = _POSSESSIVE.search(beat)
        if owned:
            owner = self._named(self.latest)
            return _put(beat, owned.start(), owned.end(), f"{owner}{_genitive(owner)}")
        landscape = said.setting is not None
        return beat if landscape else f"{beat}, with {self._named(self.latest)}"

    def _fits_verb(self, said: Survey) -> bool:
        """Tell whether the last subjects can be those of a verb without one ("runs away")."""
        several = len(self.latest) > 1 or self.latest[0].plural
        return several or not said.loose_plural

    def _meant(self, pronoun: str) -> str | None:
        """Name what a pronoun stands for."""
        word = pronoun.casefold()
        if word == "they":
            several = len(self.latest) > 1 or any(mention.plural for mention in self.latest)
            return self._named(self.latest) if several else None
        latest = self.all[::-1]
        fitting = [mention for mention in latest if mention.said == word]
        if not fitting and word in _PERSONAL:
            fitting = [m for m in latest if m.said == "they" and not m.plural]
        return self._named(fitting[:1]) if fitting else None

    def _describe(self, beat: str, mentions: Sequence[Mention]) -> str:
        """Give "the fox" the description that it came in with."""
        text = beat
        for mention in sorted(mentions, key=lambda found: found.words.start, reverse=True):
            bare = _THE.sub("", mention.words.text)
            known = next((other for other in self.all if other.noun == mention.noun), None)
            if known and bare != mention.words.text and bare in known.words.text:
                text = _put(text, mention.words.start, mention.words.end, self._named([known]))
        return text

    @staticmethod
    def _named(mentions: Sequence[Mention]) -> str:
        """Name subjects that were named before: "the red fox and the bear"."""
        names = []
        for mention in mentions:
            bare = _ARTICLE.sub("", mention.words.text)
            proper = bare == mention.words.text and bare[:1].isupper() and len(bare.split()) == 1
            names.append(bare if proper else f"the {bare[:1].lower()}{bare[1:]}")
        return " and ".join(names)


def _put(text: str, start: int, end: int, words: str) -> str:
    return f"{text[:start]}{words}{text[end:]}"


def _genitive(name: str) -> str:
    return "'" if name.endswith("s") else "'s"


def _add(text: str, words: str) -> str:
    """Add words about place or light, before what is said of the camera at the end."""
    tail = _FILMING.search(text)
    at = tail.start() if tail else len(text)
    return f"{text[:at]} {words}{text[at:]}"
