from __future__ import annotations

import pytest

from ttv.errors import InvalidRequest
from ttv.media import Format
from ttv.planning import Brief, ShotLimits, Transition
from ttv.planning._beats import Beat
from ttv.planning._cut import cut, merge

_FREE = ShotLimits(24, 240)


def _brief(frames: int | None = None) -> Brief:
    return Brief("a fox", Format(fps=24), 1, frames)


def _beats(count: int) -> list[Beat]:
    return [Beat(f"fox number {number} runs") for number in range(count)]


def test_one_beat_lasts_five_seconds_and_more_last_four_each() -> None:
    assert cut(_beats(1), _brief(), _FREE).pieces == ((120,),)
    pieces = cut(_beats(3), _brief(), _FREE).pieces
    assert sum(sum(piece) for piece in pieces) == 3 * 96


def test_without_a_free_length_each_beat_takes_the_nearest_legal_one() -> None:
    assert cut(_beats(2), _brief(), ShotLimits(125, 125)).pieces == ((125,), (125,))


def test_a_beat_longer_than_a_shot_goes_on_in_parts() -> None:
    (pieces,) = cut(_beats(1), _brief(600), _FREE).pieces
    assert (len(pieces), sum(pieces)) == (3, 600)


def test_where_more_happens_the_film_stays_longer() -> None:
    calm, busy = cut(
        [Beat("a fox"), Beat("a fox runs, jumps and sings while a bear dances")],
        _brief(240),
        _FREE,
    ).pieces
    assert sum(calm) < sum(busy)


def test_beats_without_room_are_merged_with_a_warning() -> None:
    fitted = cut(_beats(5), _brief(48), _FREE)
    assert len(fitted.beats) == 2
    assert fitted.warnings == ("told 5 beats in 2 shots: the film is too short for more",)


def test_a_cross_fade_costs_no_time_of_the_film() -> None:
    soft = [Beat("a fox"), Beat("a bear", Transition.CROSSFADE)]
    fitted = cut(soft, _brief(240), _FREE)
    assert sum(map(sum, fitted.pieces)) - fitted.transition_frames == 240


def test_a_cross_fade_that_the_lengths_forbid_becomes_a_fade() -> None:
    soft = [Beat("a fox"), Beat("a bear", Transition.CROSSFADE)]
    fitted = cut(soft, _brief(192), ShotLimits(96, 96, (96,)))
    assert fitted.beats[1].transition is Transition.FADE
    assert "cross-fade" in fitted.warnings[0]


def test_shots_of_one_frame_have_no_room_for_a_transition() -> None:
    soft = [Beat("a fox"), Beat("a bear", Transition.FADE)]
    assert cut(soft, _brief(2), ShotLimits(1, 1)).beats[1].transition is Transition.CUT


@pytest.mark.parametrize(
    ("frames", "limits", "nearest"),
    [
        (120, ShotLimits(96, 192, (96, 144, 192)), "4 or 6"),
        (12, ShotLimits(24, 240), "1"),
        (264, ShotLimits(192, 240), "10 or 16"),
    ],
)
def test_an_impossible_length_is_refused_with_the_nearest(
    frames: int, limits: ShotLimits, nearest: str
) -> None:
    with pytest.raises(InvalidRequest, match=f"nearest possible: {nearest}$") as refused:
        cut(_beats(1), _brief(frames), limits)
    assert refused.value.param == "seconds"


def test_merging_joins_the_lightest_neighbours() -> None:
    beats = [Beat("a fox runs, jumps and sings"), Beat("a"), Beat("b"), Beat("a bear dances")]
    assert [beat.text for beat in merge(beats, 3)] == [
        "a fox runs, jumps and sings",
        "a. b",
        "a bear dances",
    ]
