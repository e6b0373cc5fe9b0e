from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttv.assembly import Cut
from ttv.assembly._timeline import Blend, Fade, Keep, Piece, sections, timeline
from ttv.errors import InvalidRequest
from ttv.media import Transition

BLENDS = (Transition.CROSSFADE, Transition.FADE)


def cut(frames: int, transition: Transition = Transition.CUT, length: int = 0) -> Cut:
    return Cut(Path("a.mp4"), frames, transition, length)


@st.composite
def films(draw: st.DrawFn) -> list[Cut]:
    cuts = []
    free = 0
    for at in range(draw(st.integers(1, 6))):
        frames = draw(st.integers(1, 60))
        transition = draw(st.sampled_from(Transition))
        length = 0
        if transition in BLENDS and (at or transition is Transition.FADE):
            most = min(frames, free) if at else frames
            length = draw(st.integers(0, most))
        elif transition in BLENDS:
            transition = Transition.CUT
        cuts.append(cut(frames, transition, length))
        free = frames - length
    return cuts


def ranges(piece: Piece) -> list[Keep]:
    match piece:
        case Keep():
            return [piece]
        case Blend(end, head):
            return [end, head]
        case Fade(part, _):
            return [part]


@given(films())
def test_every_frame_of_every_shot_is_used_once_and_in_order(cuts: list[Cut]) -> None:
    used: list[list[int]] = [[] for _ in cuts]

    for piece in timeline(cuts):
        for part in ranges(piece):
            used[part.cut].extend(range(part.start, part.stop))

    assert used == [list(range(cut.frames)) for cut in cuts]


@given(films())
def test_the_length_is_the_sum_of_the_shots_less_their_overlaps(cuts: list[Cut]) -> None:
    overlaps = sum(cut.transition_frames for cut in cuts if cut.transition is Transition.CROSSFADE)
    expected = sum(cut.frames for cut in cuts) - overlaps

    assert sum(piece.frames for piece in timeline(cuts)) == expected
    assert sum(sections(cuts)) == expected


@given(films())
def test_no_piece_is_empty_and_blends_are_even(cuts: list[Cut]) -> None:
    for piece in timeline(cuts):
        assert all(part.frames > 0 for part in ranges(piece))
        if isinstance(piece, Blend):
            assert piece.end.frames == piece.head.frames
            assert piece.head.cut == piece.end.cut + 1


@given(films())
def test_every_shot_has_a_share_of_the_sound(cuts: list[Cut]) -> None:
    assert all(frames >= 0 for frames in sections(cuts))


def test_transitions_become_the_pieces_they_are_made_of() -> None:
    film = [
        cut(50, Transition.FADE, 10),
        cut(60, Transition.CROSSFADE, 12),
        cut(40, Transition.CONTINUE),
        cut(30, Transition.FADE, 8),
    ]

    assert timeline(film) == (
        Fade(Keep(0, 0, 10), to_black=False),
        Keep(0, 10, 38),
        Blend(Keep(0, 38, 50), Keep(1, 0, 12)),
        Keep(1, 12, 60),
        Keep(2, 0, 32),
        Fade(Keep(2, 32, 40), to_black=True),
        Fade(Keep(3, 0, 8), to_black=False),
        Keep(3, 8, 30),
    )


@pytest.mark.parametrize(
    ("film", "field"),
    [
        ([cut(10, Transition.CROSSFADE, 5)], "shots[0]"),
        ([cut(10), cut(20, Transition.CROSSFADE, 11)], "shots[0].transition"),
        ([cut(20), cut(10, Transition.FADE, 11)], "shots[1].transition"),
        (
            [cut(20), cut(20, Transition.CROSSFADE, 11), cut(20, Transition.CROSSFADE, 10)],
            "shots[1].transition",
        ),
        ([cut(10), cut(10, Transition.FADE, -1)], "shots[0]"),
        ([cut(0)], "shots[0]"),
    ],
)
def test_transitions_longer_than_their_shot_are_refused(film: list[Cut], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        timeline(film)

    assert caught.value.param == field
