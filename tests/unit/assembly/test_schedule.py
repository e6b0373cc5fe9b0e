from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ttv.assembly._schedule import Copy, Encode, schedule
from ttv.assembly._timeline import Blend, Fade, Keep, Piece
from ttv.media import Clip


def clip(keyframes: tuple[int, ...], frames: int) -> Clip:
    return Clip(
        path=Path("a.mp4"),
        codec="h264",
        pixel_format="yuv420p",
        width=128,
        height=96,
        fps=24.0,
        frames=frames,
        keyframes=keyframes,
        delay=2,
        steady=True,
        signature="s",
        has_audio=False,
        comment="",
    )


LONG = clip((0, 48, 96), 120)


def test_a_whole_clip_is_copied() -> None:
    assert list(schedule([Keep(0, 0, 120)], [LONG])) == [Copy(Keep(0, 0, 120))]


def test_only_the_frames_beside_a_transition_are_encoded() -> None:
    blend = Blend(Keep(0, 110, 120), Keep(1, 0, 10))

    runs = list(schedule([Keep(0, 0, 110), blend, Keep(1, 10, 120)], [LONG, LONG]))

    assert runs == [
        Copy(Keep(0, 0, 96)),
        Encode((Keep(0, 96, 110), blend, Keep(1, 10, 48))),
        Copy(Keep(1, 48, 120)),
    ]


def test_a_clip_of_another_kind_is_encoded() -> None:
    runs = list(schedule([Keep(0, 0, 120), Keep(1, 0, 120)], [None, LONG]))

    assert runs == [Encode((Keep(0, 0, 120),)), Copy(Keep(1, 0, 120))]


def test_frames_inside_one_group_of_pictures_are_encoded() -> None:
    fade = Fade(Keep(0, 0, 10), to_black=False)

    assert list(schedule([fade, Keep(0, 10, 40)], [LONG])) == [Encode((fade, Keep(0, 10, 40)))]


@st.composite
def kept(draw: st.DrawFn) -> tuple[list[Piece], list[Clip | None]]:
    pieces: list[Piece] = []
    clips: list[Clip | None] = []
    for at in range(draw(st.integers(1, 5))):
        frames = draw(st.integers(1, 100))
        keys = (0, *sorted(draw(st.sets(st.integers(1, frames), max_size=4)) - {frames}))
        clips.append(draw(st.sampled_from([None, clip(keys, frames)])))
        start, stop = sorted(draw(st.tuples(st.integers(0, frames - 1), st.integers(1, frames))))
        if start < stop:
            pieces.append(Keep(at, start, stop))
    return pieces, clips


@given(kept())
def test_every_frame_is_copied_or_encoded_once_and_in_order(
    film: tuple[list[Piece], list[Clip | None]],
) -> None:
    pieces, clips = film
    frames = []
    for run in schedule(pieces, clips):
        parts = [run.part] if isinstance(run, Copy) else run.pieces
        for part in parts:
            assert isinstance(part, Keep)
            frames += [(part.cut, number) for number in range(part.start, part.stop)]

    expected = [
        (piece.cut, number)
        for piece in pieces
        if isinstance(piece, Keep)
        for number in range(piece.start, piece.stop)
    ]
    assert frames == expected


@given(kept())
def test_what_is_copied_is_whole_groups_of_pictures(
    film: tuple[list[Piece], list[Clip | None]],
) -> None:
    pieces, clips = film
    for run in schedule(pieces, clips):
        if isinstance(run, Copy):
            source = clips[run.part.cut]
            assert source is not None
            assert {run.part.start, run.part.stop} <= {*source.keyframes, source.frames}
