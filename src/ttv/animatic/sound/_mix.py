"""Mix the sounds of a film, block by block."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np

from ttv.animatic.scene import Scene
from ttv.animatic.sound._events import LONGEST_SECONDS, sounded
from ttv.animatic.sound._loops import NoiseLoop, Wave, chord, read
from ttv.animatic.sound._table import table
from ttv.animatic.world import Seeds
from ttv.media import SOUND_RATE, Sound

_BLOCK: Final = SOUND_RATE // 2
#: Seconds in which the sound of one shot goes over into that of the next.
_CHANGE: Final = 1.2
_CHORD_SECONDS: Final = 6.0
_FADE_IN: Final = 0.4
_FADE_OUT: Final = 1.5
#: Long enough that no click is heard where stretches meet, too short for a gap.
_SEAM: Final = 0.01
#: Chance that an event comes in its turn.
_CHANCE: Final = 0.7
_PLACE_GAIN: Final = 0.095
_PAD_GAIN: Final = 0.06
#: Key notes from F2 to D3, in Hz.
_KEYS: Final = (87.31, 98.0, 110.0, 123.47, 130.81, 146.83)


@dataclass(frozen=True, slots=True)
class Section:
    """One shot's share of the film."""

    scene: Scene
    frames: int


def soundtrack(
    sections: Sequence[Section], *, fps: int, seed: int, fades: bool = True
) -> Iterator[Sound]:
    """Make the sound of a film, as long as its frames to within one block.

    Without ``fades`` it is that of a stretch from its midst, which others come before and after.
    The loudness is about -20 dB RMS under full scale, with no peak above -1.
    """
    seeds = Seeds(seed)
    ends = [frames / fps for frames in accumulate(section.frames for section in sections)]
    place = _Place(sections, ends, seeds)
    pad = _Pad(sections[0].scene, seeds)
    length = math.ceil(ends[-1] * SOUND_RATE)
    fade_in, fade_out = (_FADE_IN, _FADE_OUT) if fades else (_SEAM, _SEAM)
    for start in range(0, length, _BLOCK):
        samples = min(_BLOCK, length - start)
        block = place.block(start, samples)
        block += pad.block(start, samples)
        block *= _faded(start, samples, ends[-1], fade_in=fade_in, fade_out=fade_out)[:, None]
        yield np.tanh(block, out=block)


def _faded(start: int, samples: int, length: float, *, fade_in: float, fade_out: float) -> Wave:
    """Give the loudness at every sample; neither fade takes more than a quarter of the length."""
    places = np.arange(start, start + samples) / SOUND_RATE
    points = (0.0, min(fade_in, length / 4), length - min(fade_out, length / 4), length)
    return np.interp(places, points, (0.0, 1.0, 1.0, 0.0)).astype(np.float32)


class _Place:
    """What is heard at the places of the film."""

    def __init__(self, sections: Sequence[Section], ends: Sequence[float], seeds: Seeds) -> None:
        self._seeds = seeds
        self._ends = ends
        self._gains = [table().gains(section.scene) for section in sections]
        names = sorted({name for gains in self._gains for name in gains})
        noises, events = table().noises, table().events
        self._noises = {n: NoiseLoop(noises[n], seeds, n) for n in names if n in noises}
        self._events = [name for name in names if name in events]
        self._sounding: dict[tuple[str, int], tuple[int, Wave]] = {}

    def block(self, start: int, samples: int) -> Sound:
        out = np.zeros((samples, 2), np.float32)
        for name, loop in self._noises.items():
            gain = self._gain(name, start, samples)
            if gain.any():
                out += loop.block(start, samples) * gain[:, None]
        for name in self._events:
            self._add_events(out, name, start)
        return out

    def _gain(self, name: str, start: int, samples: int) -> Wave:
        """Go over from the gain of one shot to that of the next around the cut."""
        points, values = [0.0], [self._gains[0].get(name, 0.0)]
        for end, gains in zip(self._ends, self._gains[1:], strict=False):
            points += [end - _CHANGE / 2, end + _CHANGE / 2]
            values += [values[-1], gains.get(name, 0.0)]
        places = np.arange(start, start + samples) / SOUND_RATE
        return (np.interp(places, points, values) * _PLACE_GAIN).astype(np.float32)

    def _add_events(self, out: Sound, name: str, start: int) -> None:
        every = table().events[name].every
        first = math.floor((start / SOUND_RATE - LONGEST_SECONDS) / every) - 1
        last = math.floor((start + len(out)) / SOUND_RATE / every)
        for turn in range(max(first, 0), last + 1):
            at, wave = self._event(name, turn)
            begin, end = max(at, start), min(at + len(wave), start + len(out))
            if begin < end:
                out[begin - start : end - start] += wave[begin - at : end - at]
        for key in [key for key in self._sounding if key[0] == name and key[1] < first]:
            del self._sounding[key]

    def _event(self, name: str, turn: int) -> tuple[int, Wave]:
        """Give the place and the wave of the event in one turn; an empty one if it is left out."""
        if (name, turn) not in self._sounding:
            rng = self._seeds.numpy("event", name, turn)
            seconds = (turn + rng.random()) * table().events[name].every
            gains = self._gains[min(bisect_right(self._ends, seconds), len(self._ends) - 1)]
            heard = rng.random() < _CHANCE * min(gains.get(name, 0.0), 1.0)
            wave = sounded(name, rng) if heard else np.zeros((0, 2), np.float32)
            self._sounding[name, turn] = round(seconds * SOUND_RATE), wave
        return self._sounding[name, turn]


class _Pad:
    """Slow chords in one key, chosen by the first scene and the seed."""

    def __init__(self, scene: Scene, seeds: Seeds) -> None:
        rng = seeds.numpy("pad")
        key = _KEYS[int(rng.integers(len(_KEYS)))]
        choices = table().progressions(scene)
        progression = choices[int(rng.integers(len(choices)))]
        self._chords: list[Wave] = []
        self._unmade = (
            chord([key * 2 ** (note / 12) for note in notes], rng) for notes in progression
        )
        self._count = len(progression)

    def block(self, start: int, samples: int) -> Sound:
        """Let each chord swell in its own time and ring into the next."""
        places = np.arange(start, start + samples) / SOUND_RATE / _CHORD_SECONDS
        out = np.zeros((samples, 2), np.float32)
        for turn in range(math.floor(places[0]) - 1, math.floor(places[-1]) + 1):
            weight = np.clip(1.5 - np.abs(places - turn - 0.5) * 1.5, 0.0, 1.0)
            if turn >= 0 and weight.any():
                wave = read(self._chord(turn % self._count), start, samples)
                out += wave * (np.sin(weight * np.pi / 2) * _PAD_GAIN).astype(np.float32)[:, None]
        return out

    def _chord(self, number: int) -> Wave:
        """Make the chords up to this one: a short film never hears the last."""
        while len(self._chords) <= number:
            self._chords.append(next(self._unmade))
        return self._chords[number]
