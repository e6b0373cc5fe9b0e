from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.unit.animatic.puppet import puppet
from tests.unit.animatic.shift import grey, grown, shifted
from ttv.animatic import (
    Action,
    Camera,
    Framing,
    Move,
    RigKind,
    Scene,
    Season,
    Setting,
    Stage,
    Subject,
    TimeOfDay,
    Weather,
)
from ttv.media import Format

SMALL = Format(192, 108, 12)
FOX = Subject("fox", RigKind.QUADRUPED, action=Action.RUN)
STILL = Subject("fox", RigKind.QUADRUPED)

#: What lives where, so that each setting shows a subject of its own.
NATIVES = {
    Setting.OCEAN: Subject("sailboat", RigKind.VEHICLE, action=Action.SAIL),
    Setting.UNDERWATER: Subject("fish", RigKind.FISH, action=Action.SWIM),
    Setting.SKY: Subject("eagle", RigKind.BIRD, action=Action.FLY),
    Setting.SPACE: Subject("astronaut", RigKind.BIPED, action=Action.WALK),
}


def stage(scene: Scene, size: Format = SMALL, seed: int = 3) -> Stage:
    return Stage(scene, size, seed=seed, cast=puppet)


def scene(
    setting: Setting = Setting.FOREST,
    *subjects: Subject,
    move: Move = Move.STATIC,
    framing: Framing = Framing.WIDE,
    time: TimeOfDay = TimeOfDay.DAY,
    weather: Weather = Weather.CLEAR,
) -> Scene:
    return Scene(setting, subjects, time, weather, camera=Camera(move, framing))


def middle(ids: np.ndarray, number: int = 1) -> tuple[float, float]:
    rows, columns = np.nonzero(ids == number)
    return float(columns.mean()) / ids.shape[1], float(rows.mean()) / ids.shape[0]


def test_a_frame_is_an_opaque_bgra_picture_of_the_asked_size() -> None:
    frame = stage(scene(Setting.FOREST, FOX)).frame(0)
    assert frame.shape == (108, 192, 4)
    assert frame.dtype == np.uint8
    assert (frame[:, :, 3] == 255).all()


def test_two_stages_of_one_scene_draw_the_same_bytes() -> None:
    busy = scene(Setting.MEADOW, FOX, move=Move.TRACK, weather=Weather.SNOW)
    first, second = Stage(busy, SMALL, seed=7), Stage(busy, SMALL, seed=7)
    assert (first.frame(31) == second.frame(31)).all()


def test_a_frame_does_not_depend_on_the_frames_drawn_before_it() -> None:
    herd = Subject("horse", RigKind.QUADRUPED, count=6, action=Action.RUN)
    storm = scene(Setting.ROAD, herd, move=Move.TRACK, weather=Weather.STORM)
    patient, direct = stage(storm), stage(storm)
    for index in range(20):
        patient.frame(index)
    assert (patient.frame(20) == direct.frame(20)).all()


def test_another_seed_draws_another_picture() -> None:
    forest = scene(Setting.FOREST)
    assert (stage(forest, seed=1).frame(0) != stage(forest, seed=2).frame(0)).any()


def test_a_returned_frame_is_never_drawn_over() -> None:
    busy = stage(scene(Setting.FOREST, FOX, move=Move.TRACK))
    kept = busy.frame(0)
    copy = kept.copy()
    busy.frame(9)
    assert (kept == copy).all()


@pytest.mark.parametrize(("move", "way"), [(Move.PAN_RIGHT, -1), (Move.PAN_LEFT, 1)])
def test_a_pan_moves_the_world_the_other_way(move: Move, way: int) -> None:
    panned = stage(scene(Setting.CITY, move=move), Format(320, 180, 12))
    right, down = shifted(panned.frame(24)[90:], panned.frame(27)[90:])
    assert right * way > 0
    assert abs(down) <= 1


@pytest.mark.parametrize(("move", "way"), [(Move.TILT_UP, 1), (Move.TILT_DOWN, -1)])
def test_a_tilt_moves_the_world_up_or_down(move: Move, way: int) -> None:
    tilted = stage(scene(Setting.CITY, move=move), Format(320, 180, 12))
    right, down = shifted(tilted.frame(12), tilted.frame(20))
    assert down * way > 0
    assert abs(right) <= 1


@pytest.mark.parametrize("move", [Move.ZOOM_IN, Move.DOLLY_IN])
def test_going_in_makes_things_larger(move: Move) -> None:
    zoomed = stage(scene(Setting.CITY, STILL, move=move), Format(320, 180, 12))
    assert grown(zoomed.frame(6), zoomed.frame(24)) > 1.02


@pytest.mark.parametrize("move", [Move.ZOOM_OUT, Move.DOLLY_OUT])
def test_going_out_makes_things_smaller(move: Move) -> None:
    zoomed = stage(scene(Setting.CITY, STILL, move=move), Format(320, 180, 12))
    assert grown(zoomed.frame(6), zoomed.frame(24)) < 0.98


def test_a_static_camera_leaves_the_world_in_place() -> None:
    rested = stage(scene(Setting.CITY), Format(320, 180, 12))
    assert shifted(rested.frame(6)[80:], rested.frame(40)[80:]) == (0.0, 0.0)


def test_a_tracked_subject_stays_while_the_world_passes() -> None:
    tracked = stage(scene(Setting.CITY, FOX, move=Move.TRACK), Format(320, 180, 12))
    start, end = middle(tracked.ids(0)), middle(tracked.ids(60))
    assert abs(end[0] - start[0]) < 0.08
    right, _ = shifted(tracked.frame(30)[90:], tracked.frame(31)[90:])
    assert right < 0


@pytest.mark.parametrize("facing", [1, -1])
def test_before_a_static_camera_a_runner_crosses_and_stays_in_sight(facing: int) -> None:
    runner = Subject("fox", RigKind.QUADRUPED, action=Action.RUN, facing=facing)
    crossed = stage(scene(Setting.MEADOW, runner))
    places = [middle(crossed.ids(index))[0] for index in (0, 20, 40, 60)]
    steps = np.diff(places) * facing
    assert (steps > 0.05).all()
    assert min(places) > 0.05
    assert max(places) < 0.95


@pytest.mark.parametrize("facing", [1, -1])
def test_a_lone_subject_stands_on_the_third_it_looks_away_from(facing: int) -> None:
    one = Subject("fox", RigKind.QUADRUPED, facing=facing)
    across, _ = middle(stage(scene(Setting.FOREST, one)).ids(0))
    assert (across < 0.47) if facing > 0 else (across > 0.53)


@pytest.mark.parametrize("setting", list(Setting))
def test_a_subject_covers_two_hundredths_of_a_wide_frame(setting: Setting) -> None:
    subject = NATIVES.get(setting, Subject("dog", RigKind.QUADRUPED, action=Action.WALK))
    shown = Stage(scene(setting, subject, move=Move.TRACK), Format(320, 180, 12), seed=5)
    shares = [(shown.ids(index) == 1).mean() for index in (0, 17, 34)]
    assert np.median(shares) >= 0.02


@pytest.mark.parametrize("framing", [Framing.MEDIUM, Framing.CLOSE])
def test_a_nearer_framing_shows_a_larger_subject(framing: Framing) -> None:
    wide = stage(scene(Setting.MEADOW, STILL)).ids(0)
    near = stage(scene(Setting.MEADOW, STILL, framing=framing)).ids(0)
    assert (near == 1).sum() > 1.5 * (wide == 1).sum()


@pytest.mark.parametrize("count", [2, 3, 5, 8, 12])
def test_several_subjects_all_show_and_do_not_hide_each_other(count: int) -> None:
    herd = Subject("horse", RigKind.QUADRUPED, count=count, action=Action.RUN)
    shown = Stage(scene(Setting.MEADOW, herd, move=Move.TRACK), Format(640, 360, 12), seed=3)
    assert len(shown.actors) == count
    areas = np.bincount(shown.ids(0).ravel(), minlength=count + 1)[1:]
    assert (areas > 0).all()
    assert areas.min() > 0.3 * np.median(areas)


def test_no_more_than_a_dozen_of_a_kind_are_drawn() -> None:
    swarm = Subject("bee", RigKind.BIRD, count=1000, action=Action.FLY)
    assert len(stage(scene(Setting.MEADOW, swarm)).actors) == 12


@pytest.mark.parametrize("size", [Format(108, 192, 12), Format(144, 144, 12), Format(288, 64, 12)])
def test_any_shape_of_picture_shows_the_subject_whole(size: Format) -> None:
    shown = stage(scene(Setting.FOREST, STILL), size).ids(0)
    rows, columns = np.nonzero(shown == 1)
    assert columns.min() > 0
    assert columns.max() < shown.shape[1] - 1
    assert rows.min() > 0
    assert rows.max() < shown.shape[0] - 1


@pytest.mark.parametrize("setting", list(Setting))
def test_something_moves_in_nearly_every_frame(setting: Setting) -> None:
    subject = NATIVES.get(setting, Subject("man", RigKind.BIPED))
    live = Stage(scene(setting, subject, move=Move.STATIC), Format(320, 180, 24), seed=2)
    frames = [live.frame(index) for index in range(24)]
    moved = [bool((a != b).any()) for a, b in pairwise(frames)]
    assert np.mean(moved) >= 0.95


def test_night_is_darker_than_day_and_a_storm_darker_than_clear() -> None:
    lights = {
        time: grey(stage(scene(Setting.MEADOW, time=time)).frame(0)).mean() for time in TimeOfDay
    }
    storm = grey(stage(scene(Setting.MEADOW, weather=Weather.STORM)).frame(0)).mean()
    assert lights[TimeOfDay.NIGHT] < 0.5 * lights[TimeOfDay.DAY]
    assert storm < 0.8 * lights[TimeOfDay.DAY]


def test_winter_lies_white_on_the_ground() -> None:
    ground = [
        grey(stage(Scene(Setting.MEADOW, season=season)).frame(0))[-20:].mean()
        for season in (Season.SUMMER, Season.WINTER)
    ]
    assert ground[1] > ground[0] + 0.2


@pytest.mark.parametrize("style", ["noir", "sepia", "pastel", "neon", "watercolor"])
def test_a_style_grades_the_world_and_its_subjects(style: str) -> None:
    plain = Scene(Setting.VILLAGE, (STILL,))
    graded = Scene(Setting.VILLAGE, (STILL,), style=style)
    shown = stage(graded)
    mask = np.kron(shown.ids(0) == 1, np.ones((4, 4), bool))
    before, after = stage(plain).frame(0), shown.frame(0)
    assert np.abs(before[mask].mean(axis=0) - after[mask].mean(axis=0)).max() > 4
    if style == "noir":
        colours = after[:, :, :3].astype(int)
        assert np.ptp(colours, axis=2).mean() < 12


def test_rider_and_horse_are_one_actor() -> None:
    rider = Subject("girl", RigKind.BIPED, action=Action.RUN, on="horse")
    ridden = Stage(scene(Setting.MEADOW, rider, move=Move.TRACK), SMALL, seed=1)
    alone = Stage(scene(Setting.MEADOW, STILL, move=Move.TRACK), SMALL, seed=1)
    assert len(ridden.actors) == 1
    assert ridden.actors[0].speed > 0
    assert ridden.actors[0].box.top > alone.actors[0].box.top


def test_a_long_pan_keeps_its_speed() -> None:
    panned = stage(scene(Setting.CITY, move=Move.PAN_RIGHT), Format(320, 180, 12))
    early = shifted(panned.frame(24)[90:], panned.frame(28)[90:])[0]
    late = shifted(panned.frame(4000)[90:], panned.frame(4004)[90:])[0]
    assert late == pytest.approx(early, abs=2.0)


def test_what_waits_stays_in_sight_while_another_passes() -> None:
    castle = Subject("castle", RigKind.OBJECT)
    dragon = Subject("dragon", RigKind.BIRD, action=Action.FLY)
    shown = stage(scene(Setting.MOUNTAINS, castle, dragon, move=Move.TRACK))
    for index in (0, 30, 60):
        ids = shown.ids(index)
        assert (ids == 1).sum() > 20
        assert (ids == 2).sum() > 20


@pytest.mark.parametrize("facing", [1, -1])
def test_who_has_crossed_a_picture_that_stands_still_comes_in_again(facing: int) -> None:
    runner = Subject("fox", RigKind.QUADRUPED, action=Action.RUN, facing=facing)
    crossed = stage(scene(Setting.MEADOW, runner))
    ids = [crossed.ids(index) == 1 for index in range(0, 240, 4)]
    columns = [np.nonzero(one)[1].mean() * facing if one.any() else None for one in ids]
    steps = [b - a for a, b in pairwise(columns) if a is not None and b is not None]
    assert sum(step < 0 for step in steps) <= 1
    assert sum(one.any() for one in ids) > 0.7 * len(ids)


@pytest.mark.parametrize("move", [Move.PAN_RIGHT, Move.PAN_LEFT])
def test_a_long_pan_does_not_lose_a_first_subject_at_rest(move: Move) -> None:
    panned = stage(scene(Setting.MEADOW, STILL, move=move))
    assert all((panned.ids(index) == 1).sum() > 10 for index in (0, 60, 120, 240, 960))


def test_the_young_are_smaller_than_their_mother() -> None:
    duck = Subject("duck", RigKind.BIRD, action=Action.WALK)
    young = Subject("duckling", RigKind.BIRD, count=2, action=Action.WALK)
    shown = Stage(scene(Setting.ROAD, duck, young), Format(640, 360, 12), seed=3).ids(0)
    assert (shown == 1).sum() > 2 * max((shown == 2).sum(), (shown == 3).sum())


@pytest.mark.parametrize("facing", [1, -1])
def test_a_thing_stands_where_the_living_look(facing: int) -> None:
    child = Subject("child", RigKind.BIPED, facing=facing)
    snowman = Subject("snowman", RigKind.OBJECT)
    shown = Stage(scene(Setting.MEADOW, child, snowman), Format(640, 360, 12), seed=3).ids(0)
    assert (middle(shown, 2)[0] - middle(shown, 1)[0]) * facing > 0


def test_a_train_runs_on_rails() -> None:
    train = Subject("train", RigKind.VEHICLE, action=Action.DRIVE)
    car = Subject("car", RigKind.VEHICLE, action=Action.DRIVE)
    railed, free = (
        stage(scene(Setting.MEADOW, subject, move=Move.TRACK)) for subject in (train, car)
    )
    row = int(0.81 * 108)
    brown = [shown.frame(0)[row, -30:, 1].mean() for shown in (railed, free)]
    assert brown[0] < brown[1] - 20
