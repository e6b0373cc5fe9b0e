from __future__ import annotations

import pytest

from ttv import outputs
from ttv.artifacts import content_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("film.mp4", "video/mp4"),
        ("film.h265.mp4", "video/mp4"),
        ("steps/film/ab/abcd/poster.png", "image/png"),
        ("film.m3u8", "application/vnd.apple.mpegurl"),
        ("content.flac", "audio/flac"),
        ("film.exe", "application/octet-stream"),
        ("film", "application/octet-stream"),
    ],
)
def test_a_file_is_what_the_suffix_of_its_name_says(name: str, expected: str) -> None:
    assert content_type(name) == expected


@pytest.mark.parametrize("name", outputs.names())
def test_the_files_of_all_outputs_have_a_type(name: str) -> None:
    types = map(content_type, outputs.find(name).files.values())

    assert "application/octet-stream" not in types
