from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from ttv.files import sha256_of, whole


def test_a_file_keeps_its_old_bytes_until_the_new_ones_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "fox.mp4"
    path.write_text("precious")

    with whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "precious"

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "fox.mp4"
    path.write_text("precious")

    def fail() -> None:
        with whole(path) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_the_hash_of_a_file_is_that_of_all_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "fox.mp4"
    path.write_bytes(b"fox" * 1_000_000)

    assert sha256_of(path) == sha256(b"fox" * 1_000_000).hexdigest()
