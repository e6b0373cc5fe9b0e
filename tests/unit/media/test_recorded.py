from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.media.sounds import write_sound
from ttv.errors import NotFound
from ttv.media import SOUND_RATE, Sound, recorded


def heard(path: Path, seconds: float) -> Sound:
    return np.concatenate(list(recorded(path, seconds=seconds)))


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "a.flac", "flac", seconds=4)


def test_a_recording_falls_silent_where_the_film_ends(tone: Path) -> None:
    sound = np.abs(heard(tone, 2))

    def loudness(second: float) -> float:
        at = round(second * SOUND_RATE)
        return float(sound[at - 480 : at].max())

    assert loudness(1.4) == pytest.approx(0.5, abs=0.01)
    assert loudness(1.75) == pytest.approx(0.25, abs=0.02)
    assert loudness(2.0) < 0.02
    assert sound[2 * SOUND_RATE :].max(initial=0) == 0


def test_a_recording_that_ends_before_the_film_is_as_it_is(tone: Path) -> None:
    sound = heard(tone, 10)

    assert len(sound) == 4 * SOUND_RATE
    assert np.abs(sound[-SOUND_RATE:]).max() == pytest.approx(0.5, abs=0.01)


def test_a_recording_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        heard(tmp_path / "a.flac", 1)
