from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from ttv.animatic.scene import Scene, Season, Setting, TimeOfDay, Weather
from ttv.animatic.sound import Section, soundtrack
from ttv.animatic.sound._events import LONGEST_SECONDS, sounded
from ttv.animatic.sound._table import table
from ttv.media import SOUND_RATE, Sound

FOREST = Scene(Setting.FOREST)
BEACH = Scene(Setting.BEACH)


def heard(*sections: Section, seed: int = 1, fps: int = 24) -> Sound:
    return np.concatenate(list(soundtrack(sections, fps=fps, seed=seed)))


def level(sound: Sound) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-9))


def test_sound_is_as_long_as_the_frames() -> None:
    assert heard(Section(FOREST, 25)).shape == (50_000, 2)


def test_the_same_seed_gives_the_same_sound() -> None:
    one, two = heard(Section(FOREST, 48)), heard(Section(FOREST, 48))
    other = heard(Section(FOREST, 48), seed=2)

    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("setting", Setting)
@pytest.mark.parametrize("weather", [Weather.CLEAR, Weather.STORM, Weather.SNOW])
def test_every_place_is_quiet_but_audible(setting: Setting, weather: Weather) -> None:
    sound = heard(Section(Scene(setting, weather=weather), 144))

    assert -27 < level(sound[SOUND_RATE:-SOUND_RATE]) < -15
    assert np.abs(sound).max() < 0.9


def test_a_film_fades_in_and_out() -> None:
    sound = heard(Section(BEACH, 240))

    assert np.abs(sound[:480]).max() < 0.02
    assert np.abs(sound[-480:]).max() < 0.02


def test_the_sound_of_one_shot_goes_over_into_the_next_without_a_click() -> None:
    sound = heard(Section(FOREST, 120), Section(Scene(Setting.CITY), 120))
    cut = 5 * SOUND_RATE

    steps = np.abs(np.diff(sound, axis=0)).max(axis=1)
    around = steps[cut - SOUND_RATE : cut + SOUND_RATE]
    assert around.max() < 2 * steps.max()


def test_two_shots_of_one_place_sound_like_one() -> None:
    whole = heard(Section(FOREST, 240))
    halves = heard(Section(FOREST, 120), Section(FOREST, 120))

    assert np.allclose(whole, halves, atol=1e-6)


def test_a_long_film_repeats_nothing() -> None:
    sound = heard(Section(Scene(Setting.OCEAN), 24 * 20))[:, 0]
    start = sound[SOUND_RATE : 2 * SOUND_RATE]

    windows = np.lib.stride_tricks.sliding_window_view(sound[3 * SOUND_RATE :: 1], SOUND_RATE)
    similar = windows[::480] @ start / (np.linalg.norm(start) ** 2)
    assert similar.max() < 0.9


def test_blocks_do_not_wait_for_the_end_of_a_long_film() -> None:
    day = soundtrack([Section(FOREST, 24 * 3600 * 24)], fps=24, seed=1)

    assert [len(block) for block in islice(day, 3)] == [SOUND_RATE // 2] * 3


@pytest.mark.parametrize(
    ("scene", "name", "expected"),
    [
        (FOREST, "bird", True),
        (Scene(Setting.FOREST, time=TimeOfDay.NIGHT), "bird", False),
        (Scene(Setting.FOREST, weather=Weather.STORM), "bird", False),
        (Scene(Setting.FOREST, season=Season.WINTER), "bird", False),
        (Scene(Setting.MEADOW, time=TimeOfDay.NIGHT), "cricket", True),
        (Scene(Setting.ROAD, weather=Weather.STORM), "thunder", True),
        (Scene(Setting.CITY, weather=Weather.RAIN), "rain", True),
        (Scene(Setting.UNDERWATER, weather=Weather.RAIN), "rain", False),
        (BEACH, "surf", True),
    ],
)
def test_one_hears_what_there_is(scene: Scene, name: str, *, expected: bool) -> None:
    assert (name in table().gains(scene)) is expected


def test_rain_is_softer_indoors() -> None:
    outside = table().gains(Scene(Setting.CITY, weather=Weather.RAIN))["rain"]
    inside = table().gains(Scene(Setting.ROOM, weather=Weather.RAIN))["rain"]

    assert 0 < inside < outside


@pytest.mark.parametrize("name", table().events)
def test_every_event_of_the_table_can_be_made(name: str) -> None:
    wave = sounded(name, np.random.default_rng(3))

    assert 0.01 < len(wave) / SOUND_RATE <= LONGEST_SECONDS
    assert 0.005 < np.abs(wave).max() < 0.8


@pytest.mark.parametrize("setting", Setting)
@pytest.mark.parametrize("weather", Weather)
def test_every_place_and_weather_is_in_the_table(setting: Setting, weather: Weather) -> None:
    gains = table().gains(Scene(setting, weather=weather))

    assert gains
    assert gains.keys() <= table().noises.keys() | table().events.keys()
