from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.animatic.language import compose
from ttv.animatic.language._lexicon import lexicon
from ttv.animatic.language._senses import Kind, Mark
from ttv.animatic.language._words import words
from ttv.animatic.scene import (
    Action,
    Framing,
    Move,
    Passage,
    RigKind,
    Scene,
    Season,
    Setting,
    Subject,
    TimeOfDay,
    Weather,
)

_GRAMMAR = frozenset(
    {
        Kind.DETERMINER,
        Kind.PRONOUN,
        Kind.PREPOSITION,
        Kind.CLAUSE,
        Kind.RELATIVE,
        Kind.JOIN,
        Kind.STOP,
    }
)
#: Texts of words the language knows, in any order, between any marks.
_KNOWN = st.lists(
    st.tuples(
        st.sampled_from(sorted(" ".join(phrase) for phrase in lexicon())),
        st.sampled_from([" ", " ", " ", ", ", ". ", " and ", " the ", " a ", " no ", " zorp "]),
    ),
    max_size=25,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))
_ANY = st.text(st.characters(exclude_categories=()), max_size=300)


def _scene(prompt: str) -> Scene:
    return compose(prompt, seed=1)


def _subject(prompt: str) -> Subject:
    (subject,) = _scene(prompt).subjects
    return subject


@given(st.one_of(_ANY, _KNOWN), st.integers(0, 2**32 - 1))
def test_any_text_gives_a_scene_and_always_the_same_one(text: str, seed: int) -> None:
    assert compose(text, seed=seed) == compose(text, seed=seed)


@given(st.one_of(_ANY, _KNOWN))
def test_every_word_is_drawn_declared_or_grammar(text: str) -> None:
    understanding = _scene(text).understanding
    told = (
        *understanding.understood,
        *(asked for asked, _ in understanding.substituted),
        *understanding.ignored,
    )
    accounted = {word.key for phrase in told for word in words(phrase)}
    for word in words(text):
        assert word.key in accounted or word.key in _GRAMMAR_WORDS


def _grammar_words() -> set[str]:
    """Collect the words of all phrases that are grammar."""
    found: set[str] = set()
    for phrase, senses in lexicon().items():
        if any(isinstance(sense, Mark) and sense.kind in _GRAMMAR for sense in senses):
            found.update(phrase)
    return found


_GRAMMAR_WORDS = _grammar_words()


@given(_KNOWN)
def test_a_crowded_prompt_still_makes_a_picture_that_can_be_drawn(text: str) -> None:
    scene = _scene(text)
    assert len(scene.subjects) <= 16
    assert all(1 <= subject.count <= 12 for subject in scene.subjects)


def test_vague_counts_vary_with_the_seed_and_directions_do_not() -> None:
    scenes = [compose("many birds fly", seed=seed) for seed in range(40)]
    counts = {scene.subjects[0].count for scene in scenes}
    assert counts == {6, 7, 8}
    assert {scene.subjects[0].facing for scene in scenes} == {1}


def test_adding_a_bird_does_not_change_how_many_sheep_there_are() -> None:
    for seed in range(20):
        alone = compose("several sheep graze", seed=seed).subjects[0]
        beside = compose("several sheep graze and an owl flies", seed=seed).subjects[0]
        assert alone == beside


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("fish swim", Setting.UNDERWATER),
        ("a car drives past", Setting.ROAD),
        ("an astronaut waves", Setting.SPACE),
        ("a man in a boat", Setting.LAKE),
        ("a cat", Setting.ROOM),
        ("an unheard-of zorp", Setting.MEADOW),
        ("", Setting.MEADOW),
    ],
)
def test_a_subject_is_at_home_where_no_place_is_named(prompt: str, setting: Setting) -> None:
    assert _scene(prompt).setting is setting


def test_choosing_the_place_is_no_gap_to_report() -> None:
    assert _scene("fish swim").understanding.warnings() == ()


@pytest.mark.parametrize(
    ("prompt", "setting", "props"),
    [
        ("a street in a village", Setting.VILLAGE, ("city",)),
        ("a house by a lake in the mountains", Setting.LAKE, ("mountains",)),
        ("a village by the river", Setting.VILLAGE, ("river",)),
        ("a deer by a stream in the forest", Setting.FOREST, ("river",)),
        ("a road through the desert", Setting.DESERT, ("path",)),
        ("a dog inside a house", Setting.ROOM, ()),
    ],
)
def test_a_second_place_becomes_scenery(
    prompt: str, setting: Setting, props: tuple[str, ...]
) -> None:
    scene = _scene(prompt)
    assert scene.setting is setting
    assert set(scene.props) <= set(props)


@pytest.mark.parametrize(
    ("prompt", "on", "colour"),
    [
        ("a knight on a white horse", "horse", "white"),
        ("a woman with a red umbrella", "umbrella", "red"),
        ("a monkey rides a bicycle", "bicycle", None),
        ("a boy flies a kite", "kite", None),
        ("two men in a small boat", "boat", None),
        ("a girl holds a polar bear", None, None),
    ],
)
def test_a_subject_can_ride_or_carry_one_thing(
    prompt: str, on: str | None, colour: str | None
) -> None:
    subject = _scene(prompt).subjects[0]
    assert (subject.on, subject.on_colour) == (on, colour)


def test_a_colour_belongs_to_the_noun_it_stands_before() -> None:
    cat, dog = _scene("a black cat and a white dog run").subjects
    assert (cat.colour, dog.colour) == ("black", "white")


def test_a_colour_of_clothes_does_not_paint_the_subject() -> None:
    scene = _scene("a dog with a blue collar")
    assert scene.subjects[0].colour is None
    assert "blue" in scene.understanding.ignored


@pytest.mark.parametrize(
    ("prompt", "colour"),
    [
        ("a dark blue car", "dark blue"),
        ("a polar bear on the ice", None),
        ("a yellow cab", None),
        ("the car is red", "red"),
        ("a gray wolf", "grey"),
    ],
)
def test_colours_of_more_than_one_word_are_known(prompt: str, colour: str | None) -> None:
    assert _subject(prompt).colour == colour


def test_what_is_negated_is_not_there_and_is_reported() -> None:
    scene = _scene("a beach without people or dogs, no clouds")
    assert scene.subjects == ()
    assert scene.weather is Weather.CLEAR
    assert scene.understanding.understood == ("beach", "without people or dogs", "no clouds")


@pytest.mark.parametrize(
    "prompt",
    ["no people, cars or dogs", "no people and no dogs", "nobody", "not a single dog", "no zorps"],
)
def test_a_negated_list_stays_empty(prompt: str) -> None:
    scene = _scene(prompt)
    assert (scene.subjects, scene.understanding.ignored) == ((), ())


def test_no_camera_movement_means_a_static_camera() -> None:
    assert _scene("a fox runs, no camera movement").camera.move is Move.STATIC


def test_of_two_contradicting_words_the_second_is_reported() -> None:
    assert _scene("a fox faces left, to the right").understanding.ignored == (
        "faces",
        "to the right",
    )
    assert _scene("a fox runs quickly, slowly").understanding.ignored == ("slowly",)


def test_a_noun_nobody_drew_becomes_a_labelled_placeholder() -> None:
    scene = _scene("a glimmering zorp dances")
    subject = scene.subjects[0]
    assert (subject.noun, subject.rig, subject.action) == (
        "zorp",
        RigKind.PLACEHOLDER,
        Action.DANCE,
    )
    assert scene.understanding.substituted == (("zorp", "a placeholder"),)


def test_a_statue_of_a_lion_is_one_placeholder_and_no_lion() -> None:
    assert _subject("a statue of a lion").noun == "statue of a lion"


def test_a_cup_of_coffee_is_one_subject() -> None:
    assert _subject("a cup of coffee").noun == "cup"


@pytest.mark.parametrize(
    "prompt",
    ["the journey begins", "a sense of wonder", "hello world", "a man plays chess", "peaceful"],
)
def test_words_without_a_shape_make_no_placeholder(prompt: str) -> None:
    rigs = {subject.rig for subject in _scene(prompt).subjects}
    assert RigKind.PLACEHOLDER not in rigs


def test_a_number_that_cannot_be_told_apart_is_capped_and_reported() -> None:
    scene = _scene("500 birds fly")
    assert scene.subjects[0].count == 12
    assert ("500", "12") in scene.understanding.substituted


def test_a_thing_named_again_is_the_same_thing() -> None:
    assert len(_scene("A fox wakes. The fox runs. It jumps.").subjects) == 1
    assert len(_scene("A puppy sleeps. The dog wakes.").subjects) == 1
    assert len(_scene("A fox runs. Another fox runs.").subjects) == 2


def test_a_second_action_of_one_subject_is_reported() -> None:
    scene = _scene("a dog runs and sleeps")
    assert scene.subjects[0].action is Action.RUN
    assert scene.understanding.ignored == ("sleeps",)


def test_standing_gives_way_to_what_else_a_subject_does() -> None:
    assert _subject("a woman stands and waves").action is Action.WAVE


@pytest.mark.parametrize(
    ("prompt", "action"),
    [
        ("a train passes", Action.DRIVE),
        ("a shark crosses the bay", Action.SWIM),
        ("a boat crosses the lake", Action.SAIL),
        ("an owl passes", Action.FLY),
        ("a man passes", Action.WALK),
        ("leaves fall", Action.FALL),
        ("ducks swim", Action.SWIM),
        ("sleeping cat", Action.SLEEP),
    ],
)
def test_a_verb_is_done_in_the_subjects_own_way(prompt: str, action: Action) -> None:
    assert _subject(prompt).action is action


def test_snow_in_a_forest_is_winter_too() -> None:
    scene = _scene("a snowy forest at night")
    assert (scene.season, scene.weather, scene.time) == (
        Season.WINTER,
        Weather.SNOW,
        TimeOfDay.NIGHT,
    )


def test_weather_that_no_room_shows_is_reported() -> None:
    assert "wind" in _scene("a cat sleeps on a sofa, wind").understanding.ignored
    assert "rain" in _scene("a cat sleeps on a sofa, rain").understanding.understood
    assert "rain" in _scene("a cat runs in the rain").understanding.understood


def test_what_stands_on_the_ground_keeps_the_picture_there() -> None:
    assert _scene("a bird hovers over a flower").setting is Setting.MEADOW
    assert _scene("a dragon in the sky above a castle").setting is Setting.MOUNTAINS
    assert _scene("a bird in the sky").setting is Setting.SKY


def test_a_thing_beside_a_subject_is_drawn_too() -> None:
    fox, tree = _scene("a fox runs past two green trees").subjects
    assert fox.action is Action.RUN
    assert (tree.noun, tree.count, tree.colour, tree.action) == ("tree", 2, "green", Action.STAND)


def test_the_moon_brings_the_night() -> None:
    assert _scene("a fox under a full moon").time is TimeOfDay.NIGHT


@pytest.mark.parametrize(
    ("prompt", "move", "speed"),
    [
        ("a fox, camera pans right", Move.PAN_RIGHT, 1.0),
        ("a fox, the camera slowly pans over to the left", Move.PAN_LEFT, 0.5),
        ("slow zoom in on a fox", Move.ZOOM_IN, 0.5),
        ("a fox, fast tracking shot", Move.TRACK, 1.8),
        ("the camera follows a fox", Move.TRACK, 1.0),
        ("push in on a fox", Move.DOLLY_IN, 1.0),
        ("a fox, static shot", Move.STATIC, 1.0),
        ("a car zooms past", Move.TRACK, 1.0),
    ],
)
def test_the_camera_does_what_is_said(prompt: str, move: Move, speed: float) -> None:
    camera = _scene(prompt).camera
    assert (camera.move, camera.speed) == (move, speed)


def test_unasked_the_camera_travels_with_a_subject_on_its_way() -> None:
    assert _scene("a fox runs").camera.move is Move.TRACK
    assert _scene("a fox sleeps").camera.move is Move.DOLLY_IN


def test_a_pan_takes_the_subjects_along() -> None:
    for seed in range(6):
        assert compose("a fox, pan left", seed=seed).subjects[0].facing == -1


def test_words_for_the_camera_from_outside_win_and_say_so() -> None:
    scene = compose("a fox, camera pans left", seed=1, camera="slow zoom out", framing="close")
    assert (scene.camera.move, scene.camera.framing) == (Move.ZOOM_OUT, Framing.CLOSE)
    assert scene.camera.speed == 0.5
    assert ("camera pans left", "zoom out") not in scene.understanding.substituted
    assert ("pans left", "zoom out") in scene.understanding.substituted


def test_words_for_the_camera_that_nobody_knows_are_reported() -> None:
    scene = compose("a fox", seed=1, camera="vertigo", framing="cowboy")
    assert "vertigo" in scene.understanding.ignored


def test_a_tempo_belongs_to_the_subject_where_no_camera_is_near() -> None:
    scene = _scene("a turtle swims slowly")
    assert (scene.subjects[0].pace, scene.camera.speed) == (0.6, 1.0)


@pytest.mark.parametrize(
    ("prompt", "colour", "warnings"),
    [
        ("a girl in a yellow dress dances", "yellow", ()),
        ("a man wearing a blue shirt waves", "blue", ()),
        ("a woman in red walks through a forest", "red", ()),
        ("a woman in a red coat waves", "red", ("drew clothes for 'coat'",)),
        ("a dog in a red coat barks", None, ("drew stand for 'barks'", "did not draw: red, coat")),
    ],
)
def test_clothes_give_their_colour_to_the_main_garment_of_a_person(
    prompt: str, colour: str | None, warnings: tuple[str, ...]
) -> None:
    assert _subject(prompt).colour == colour
    assert _scene(prompt).understanding.warnings() == warnings


def test_a_number_after_a_group_says_how_many() -> None:
    caravan = _subject("a caravan of five camels walks through the desert")
    assert (caravan.count, caravan.action) == (5, Action.WALK)


def test_who_wakes_up_stands() -> None:
    assert _scene("a cat wakes up").understanding.warnings() == ()
    assert _subject("a cat wakes up").action is Action.STAND


@pytest.mark.parametrize(
    ("prompt", "passage"),
    [
        ("the sun rises over the sea", Passage.RISE),
        ("a fox walks as the sun sets", Passage.SET),
        ("the full moon slowly rises above a lake", Passage.RISE),
        ("a fox at sunset", None),
        ("a balloon rises above the sea under the sun", None),
    ],
)
def test_sun_and_moon_rise_and_set_where_a_verb_says_so(
    prompt: str, passage: Passage | None
) -> None:
    assert _scene(prompt).passage is passage
