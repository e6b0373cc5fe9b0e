from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from ttv.animatic import world
from ttv.animatic.scene import Passage, Scene, Season, Setting, TimeOfDay, Weather
from ttv.animatic.world import Moment, Seeds, View, World, canvas_on, describe
from ttv.animatic.world._palette import palette
from ttv.animatic.world._settings import PROPS

TINY = View(96, 64, 64.0, 34.0, 52.0)


def drawn(scene: Scene, *, pace: float = 1.0, grounded: bool = True) -> np.ndarray:
    pixels = np.zeros((64, 96, 4), np.uint8)
    canvas, now = canvas_on(pixels), Moment(1.3, 20.0)
    shown = World(scene, TINY, Seeds(1), pace=pace, grounded=grounded)
    shown.far(canvas, now)
    shown.behind(canvas, now)
    shown.before(canvas, now)
    return pixels


@pytest.mark.parametrize("setting", list(Setting))
def test_a_setting_draws_in_every_hour_and_weather(setting: Setting) -> None:
    seasons = itertools.cycle(Season)
    pictures = set()
    for time, weather in itertools.product(TimeOfDay, Weather):
        picture = drawn(Scene(setting, (), time, weather, next(seasons)))
        assert picture[:, :, :3].std() > 2.0
        pictures.add(picture.tobytes())
    assert len(pictures) >= 7


@pytest.mark.parametrize("name", [name for name, items in PROPS.items() if items])
def test_named_scenery_shows(name: str) -> None:
    plain, named = drawn(Scene(Setting.MEADOW)), drawn(Scene(Setting.MEADOW, props=(name,)))
    assert (np.abs(plain.astype(int) - named.astype(int)).max(axis=2) > 12).mean() > 0.004


@pytest.mark.parametrize("name", ["moon", "stars", "rainbow", "aurora"])
def test_what_is_named_in_the_sky_shows(name: str) -> None:
    plain, named = drawn(Scene(Setting.MEADOW)), drawn(Scene(Setting.MEADOW, sky=(name,)))
    assert (plain != named).any()


def test_ground_shows_in_space_only_under_those_who_stand() -> None:
    standing, floating = (
        drawn(Scene(Setting.SPACE), grounded=grounded)[-8:, :, :3].mean()
        for grounded in (True, False)
    )
    assert standing > 2 * floating


def test_layers_behind_lie_in_front_of_what_is_farther() -> None:
    for setting in Setting:
        nears = [item.near for item in describe(Scene(setting)).front]
        assert min(nears, default=1.0) >= 0.9


def test_every_material_that_the_painters_name_has_a_colour() -> None:
    text = "".join(path.read_text() for path in Path(world.__file__).parent.glob("*.py"))
    named = set(re.findall(r'(?:colour|fill|glowing|material)\("(\w+)"', text))
    summer = palette(Scene(Setting.MEADOW))
    assert named
    for material in named:
        assert len(summer.material(material)) == 3


def test_the_air_thickens_with_distance() -> None:
    for weather in Weather:
        colours = palette(Scene(Setting.MEADOW, weather=weather))
        airs = [colours.air(near) for near in np.linspace(0.0, 1.0, 11)]
        assert airs == sorted(airs, reverse=True)
        assert airs[-1] == 0.0


@pytest.mark.parametrize("setting", [Setting.OCEAN, Setting.MOUNTAINS])
@pytest.mark.parametrize("passage", list(Passage))
def test_a_sun_that_rises_or_sets_moves_up_or_down(setting: Setting, passage: Passage) -> None:
    scene = Scene(setting, (), TimeOfDay.SUNSET, passage=passage)
    shown = World(scene, TINY, Seeds(1), pace=0.0)
    rows = []
    for t in (0.0, 20.0):
        pixels = np.zeros((64, 96, 4), np.uint8)
        shown.far(canvas_on(pixels), Moment(t, 0.0))
        brightest = pixels[:34, :, :3].sum(axis=2)
        rows.append(float(np.nonzero(brightest == brightest.max())[0].mean()))
    assert (rows[1] < rows[0]) is (passage is Passage.RISE)


@pytest.mark.parametrize("weather", [Weather.RAIN, Weather.STORM, Weather.SNOW])
def test_a_room_shows_the_weather_only_through_its_window(weather: Weather) -> None:
    view = View(320, 180, 180.0, 80.0, 150.0)
    shown = World(Scene(Setting.ROOM, (), weather=weather), view, Seeds(1), pace=0.0)
    frames = []
    for t in (1.0, 1.2):
        pixels = np.zeros((180, 320, 4), np.uint8)
        shown.far(canvas_on(pixels), Moment(t, 0.0))
        shown.behind(canvas_on(pixels), Moment(t, 0.0))
        frames.append(pixels.astype(int))
    moved = np.abs(frames[0] - frames[1]).max(axis=2) > 4
    assert 20 < moved.sum() < 0.12 * moved.size
    assert not moved[80:].any()


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_moon_that_was_named_is_not_hidden_by_the_peaks(seed: int) -> None:
    view = View(320, 180, 180.0, 100.0, 150.0)
    white = []
    for sky in ((), ("moon",)):
        scene = Scene(Setting.MOUNTAINS, (), TimeOfDay.NIGHT, sky=sky)
        pixels = np.zeros((180, 320, 4), np.uint8)
        World(scene, view, Seeds(seed), pace=0.0).far(canvas_on(pixels), Moment(0.0, 0.0))
        white.append(int((pixels[:, :, :3].min(axis=2) > 190).sum()))
    assert white[1] >= white[0]
    assert white[1] > 60


def test_a_wet_street_shines_by_night_only() -> None:
    spread = {}
    for time in (TimeOfDay.DAY, TimeOfDay.NIGHT):
        for weather in (Weather.CLEAR, Weather.RAIN):
            street = drawn(Scene(Setting.CITY, (), time, weather), pace=0.0)[52:60, :, :3]
            spread[time, weather] = float(street.mean(axis=2).std(axis=1).mean())
    night, day = TimeOfDay.NIGHT, TimeOfDay.DAY
    assert spread[night, Weather.RAIN] > 1.5 * spread[night, Weather.CLEAR]
    assert spread[night, Weather.RAIN] > spread[day, Weather.RAIN]
