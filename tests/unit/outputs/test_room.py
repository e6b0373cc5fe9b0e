from __future__ import annotations

import pytest

from ttv import outputs
from ttv.errors import InvalidRequest


def test_every_output_of_the_house_is_found_by_its_name() -> None:
    assert outputs.names() == (
        *("av1", "clips", "gif", "h265", "hls", "otio", "sprites", "srt", "vtt", "waveform"),
        "webm",
    )
    assert [outputs.find(name).name for name in outputs.names()] == list(outputs.names())


def test_nothing_chosen_is_nothing_made() -> None:
    assert outputs.chosen([]) == ()


def test_an_unknown_output_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InvalidRequest, match="did you mean 'sprites'") as caught:
        outputs.find("sprite")

    assert caught.value.param == "outputs"
