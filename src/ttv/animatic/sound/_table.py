"""The table of sounds, and what a scene takes from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from ttv.animatic.scene import Scene, TimeOfDay, Weather


@dataclass(frozen=True, slots=True)
class Noise:
    """A sound that goes on."""

    band: tuple[float, float]
    fall: float
    swell: float
    depth: float


@dataclass(frozen=True, slots=True)
class Event:
    """A sound that comes now and then."""

    every: float
    times: frozenset[str] = frozenset()
    weathers: frozenset[str] = frozenset()
    seasons: frozenset[str] = frozenset()

    def heard_in(self, scene: Scene) -> bool:
        """Tell whether it is to be heard at this time, in this weather and season."""
        return all(
            not allowed or value in allowed
            for value, allowed in (
                (scene.time, self.times),
                (scene.weather, self.weathers),
                (scene.season, self.seasons),
            )
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that ``sound.yaml`` says."""

    noises: Mapping[str, Noise]
    events: Mapping[str, Event]
    places: Mapping[str, Mapping[str, float]]
    shelter: Mapping[str, float]
    weathers: Mapping[str, Mapping[str, float]]
    chords: Mapping[str, list[list[list[int]]]]

    def gains(self, scene: Scene) -> Mapping[str, float]:
        """Give the gain of every sound of a scene by its name."""
        gains = defaultdict(float, self.places[scene.setting])
        reach = self.shelter.get(scene.setting, 1.0)
        for name, gain in self.weathers[scene.weather].items():
            gains[name] += gain * reach
        return {
            name: gain
            for name, gain in gains.items()
            if gain and (name in self.noises or self.events[name].heard_in(scene))
        }

    def progressions(self, scene: Scene) -> list[list[list[int]]]:
        """Give the chord progressions that suit a scene."""
        dark = scene.time is TimeOfDay.NIGHT or scene.weather in (Weather.STORM, Weather.FOG)
        return self.chords["dark" if dark else "bright"]


@lru_cache(maxsize=1)
def table() -> Table:
    """Read the table once."""
    raw: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("sound.yaml").read_text())
    noises = {
        name: Noise(**{**one, "band": tuple(one["band"])}) for name, one in raw["noises"].items()
    }
    events = {
        name: Event(one.pop("every"), **{key: frozenset(words) for key, words in one.items()})
        for name, one in raw["events"].items()
    }
    return Table(**{**raw, "noises": noises, "events": events})
