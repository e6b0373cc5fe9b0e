from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from pathlib import Path

import pytest

from ttv.artifacts._s3_parcel import PART, Measured, Part, Window, measured, part_size


def _measured(path: Path, content: bytes) -> Measured:
    path.write_bytes(content)
    with path.open("rb") as file:
        return measured(file)


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        (0, [0]),
        (1, [1]),
        (PART, [PART]),
        (PART + 1, [PART, 1]),
        (2 * PART, [PART, PART]),
    ],
)
def test_a_file_is_divided_without_an_empty_part(
    tmp_path: Path, size: int, sizes: list[int]
) -> None:
    found = _measured(tmp_path / "file", bytes(size))

    assert [part.size for part in found.parts] == sizes
    assert [part.number for part in found.parts] == list(range(1, len(sizes) + 1))
    assert [part.start for part in found.parts] == [PART * place for place in range(len(sizes))]


def test_the_hashes_are_those_of_the_whole_and_of_each_part(tmp_path: Path) -> None:
    content = os.urandom(PART + 1_000)
    found = _measured(tmp_path / "file", content)

    assert (found.size, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert [part.checksum for part in found.parts] == [
        b64encode(hashlib.sha256(piece).digest()).decode()
        for piece in (content[:PART], content[PART:])
    ]


@pytest.mark.parametrize("size", [1, 10_000 * PART, 10_000 * PART + 1, 5 << 40])
def test_no_file_has_more_parts_than_s3_takes(size: int) -> None:
    assert -(-size // part_size(size)) <= 10_000
    assert PART <= part_size(size) <= 5 << 30


def test_a_window_shows_its_part_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        window = Window(file, Part(2, 3, 4, ""), over=lambda: False)
        assert window.read() == b"3456"
        assert window.read() == b""
        assert window.seek(0, os.SEEK_END) == 4
        assert window.seek(-3, os.SEEK_CUR) == window.tell() == 1
        assert window.read(2) == b"45"


@pytest.mark.parametrize(("size", "over"), [(20, False), (4, True)])
def test_a_window_fails_when_its_upload_is_over_or_its_file_too_short(
    tmp_path: Path, size: int, over: bool
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file, pytest.raises(OSError, match="the"):
        Window(file, Part(1, 0, size, ""), over=lambda: over).read()
