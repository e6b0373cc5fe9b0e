"""Long films of many joins, decoded frame by frame and listened to sample by sample.

Every frame of the clips spells its number in twelve black and white blocks. What each frame of
the film must show is worked out here by itself, from the words for transitions and not from the
timeline.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.media.pictures import SMALL, write_clip
from ttv.assembly import Cut
from ttv.assembly._splice import splice
from ttv.media import (
    SOUND_RATE,
    Coding,
    Encoder,
    Format,
    Transition,
    black,
    planes,
    probe,
)

#: Luma of the blocks of a frame.
Blocks = NDArray[np.float64]
_ROWS, _COLUMNS = 3, 4
_BLACK: Final = 16.0
_WHITE: Final = 235.0
#: How far off a block may be; another frame is at least a fifth of white off, in any mixture.
_TOLERANCE: Final = 10.0
_FOREIGN: Final = Format(192, 144, 24)
_PLACES: Final = ("waves roll in", "a forest at night", "rain in a city", "a meadow")
_JOINS: Final = 20


def blocks_of(number: int) -> Blocks:
    """Give the blocks that spell a number, bit by bit."""
    bits = [number >> place & 1 for place in range(_ROWS * _COLUMNS)]
    return np.where(bits, _WHITE, _BLACK)


def write_numbers(path: Path, frames: int, *, start: int, fmt: Format) -> None:
    """Encode a clip of frames that spell the numbers from ``start`` on."""
    size = np.ones((fmt.height // _ROWS, fmt.width // _COLUMNS))
    with Encoder(path, fmt, coding=Coding()) as encoder:
        for number in range(start, start + frames):
            picture = black(fmt.width, fmt.height)
            blocks = blocks_of(number).reshape(_ROWS, _COLUMNS)
            picture[: fmt.height] = np.kron(blocks, size)
            encoder.write(picture)


def expected(cuts: Sequence[Cut], starts: Sequence[int]) -> Blocks:
    """Work out what the film shows, frame by frame."""
    film: list[Blocks] = []
    for cut, start in zip(cuts, starts, strict=True):
        head = [blocks_of(number) for number in range(start, start + cut.frames)]
        length = cut.transition_frames
        for at in range(length):
            if cut.transition is Transition.CROSSFADE:
                share = (at + 1) / (length + 1)
                film[at - length] = film[at - length] * (1 - share) + head[at] * share
            else:
                film[at - length] = _BLACK + (film[at - length] - _BLACK) * (
                    (length - 1 - at) / length
                )
                head[at] = _BLACK + (head[at] - _BLACK) * at / length
        film += head[length:] if cut.transition is Transition.CROSSFADE else head
    return np.array(film)


def shown(film: Path, fmt: Format) -> Blocks:
    """Read what a film shows, every frame of it, from the middle of each block."""
    clip = probe(film)
    rows, columns = fmt.height // _ROWS, fmt.width // _COLUMNS
    found = []
    for picture in planes(clip, 0, clip.frames):
        blocks = picture[: fmt.height].reshape(_ROWS, rows, _COLUMNS, columns)
        middles = blocks[:, rows // 4 : -rows // 4, :, columns // 4 : -columns // 4]
        found.append(middles.mean(axis=(1, 3)).ravel())
    return np.array(found)


def stitched(
    folder: Path, transitions: Sequence[Transition], formats: Sequence[Format]
) -> tuple[list[Cut], list[int]]:
    """Make clips of many lengths and join them; gives them, and the number each starts with."""
    chance = random.Random(1)
    cuts, starts = [], []
    for at in range(_JOINS):
        frames, start = chance.randint(9, 50), chance.randint(0, 4_000)
        path = folder / f"{at}.mp4"
        write_numbers(path, frames, start=start, fmt=formats[at % len(formats)])
        how = transitions[at % len(transitions)] if at else Transition.CUT
        length = chance.randint(1, 4) if how.takes_time else 0
        cuts.append(Cut(path, frames, how, length, prompt=_PLACES[at % len(_PLACES)]))
        starts.append(start)
    film, poster = folder / "film.mp4", folder / "poster.png"
    splice(cuts, SMALL, film=film, poster=poster, seed=1, tags={}, progress=lambda _done: None)
    return cuts, starts


@pytest.mark.parametrize(
    ("transitions", "formats"),
    [
        pytest.param([Transition.CUT, Transition.CONTINUE], [SMALL], id="copies"),
        pytest.param([Transition.CROSSFADE], [SMALL], id="crossfades"),
        pytest.param(list(Transition), [SMALL], id="everything"),
        pytest.param([Transition.CUT], [SMALL, _FOREIGN], id="mixed formats"),
        pytest.param(list(Transition), [SMALL, SMALL, _FOREIGN], id="everything, mixed formats"),
    ],
)
def test_no_frame_is_lost_doubled_or_out_of_place_over_many_joins(
    tmp_path: Path, transitions: Sequence[Transition], formats: Sequence[Format]
) -> None:
    cuts, starts = stitched(tmp_path, transitions, formats)

    found, wanted = shown(tmp_path / "film.mp4", SMALL), expected(cuts, starts)

    assert found.shape == wanted.shape
    off = np.abs(found - wanted).max(axis=1)
    assert np.flatnonzero(off > _TOLERANCE).tolist() == []


def samples_of(film: Path) -> NDArray[np.float32]:
    """Decode the sound of a film as players do, without what the encoder begins with."""
    with av.open(str(film)) as file:
        frames = list(file.decode(audio=0))
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Cut]]:
    """Join clips of a second and more, whose places sound differently."""
    folder = tmp_path_factory.mktemp("heard")
    chance = random.Random(2)
    cuts = []
    for at in range(12):
        frames = chance.randint(25, 49)
        path = write_clip(folder / f"{at}.mp4", frames, coding=Coding())
        cuts.append(Cut(path, frames, prompt=_PLACES[at % len(_PLACES)]))
    film, poster = folder / "film.mp4", folder / "poster.png"
    splice(cuts, SMALL, film=film, poster=poster, seed=1, tags={}, progress=lambda _done: None)
    return film, cuts


def jumps(samples: NDArray[np.float32], at: int) -> tuple[float, float]:
    """Give the largest step from sample to sample at a join, and around it."""
    steps = np.abs(np.diff(samples, axis=1)).max(axis=0)
    near, far = SOUND_RATE // 500, SOUND_RATE // 4
    around = np.r_[steps[at - far : at - near], steps[at + near : at + far]]
    return float(steps[at - near : at + near].max()), float(around.max())


def test_nothing_clicks_where_shots_are_joined(heard: tuple[Path, list[Cut]]) -> None:
    film, cuts = heard
    samples = samples_of(film)
    joins = [frames * SOUND_RATE // SMALL.fps for frames in accumulate(cut.frames for cut in cuts)]

    for at in joins[:-1]:
        here, around = jumps(samples, at)
        assert here <= 1.5 * around


def test_a_click_would_be_heard(heard: tuple[Path, list[Cut]]) -> None:
    film, cuts = heard
    samples = samples_of(film).copy()
    at = cuts[0].frames * SOUND_RATE // SMALL.fps
    samples[:, at:] = -samples[:, at:] + 0.1

    here, around = jumps(samples, at)

    assert here > 1.5 * around


@pytest.mark.parametrize("frames", [1, 7, 25, 241])
def test_sound_and_picture_are_equally_long_to_the_sample(tmp_path: Path, frames: int) -> None:
    fmt = replace(SMALL, fps=25)
    path = write_clip(tmp_path / "a.mp4", frames, fmt=fmt, coding=Coding())
    film, poster = tmp_path / "film.mp4", tmp_path / "poster.png"
    cuts = [Cut(path, frames, prompt="waves"), Cut(path, frames, prompt="a forest")]

    splice(cuts, fmt, film=film, poster=poster, seed=1, tags={}, progress=lambda _done: None)

    with av.open(str(film)) as file:
        sound, picture = file.streams.audio[0], file.streams.video[0]
        lengths = [(stream.duration or 0) * (stream.time_base or 0) for stream in (sound, picture)]
        assert lengths == [Fraction(2 * frames, fmt.fps)] * 2
