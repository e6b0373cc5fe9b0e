from __future__ import annotations

from pathlib import Path

import pytest

from ttv.errors import InvalidRequest
from ttv.planning._source import MAX_BYTES, load


def _load(raw: bytes, tmp_path: Path, name: str) -> object:
    path = tmp_path / name
    path.write_bytes(raw)
    return load(path)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plan.yaml", b"shots: [a fox]\nfps: 24"),
        ("plan.json", b'{"shots": ["a fox"], "fps": 24}'),
        ("plan.txt", b'{"shots": ["a fox"], "fps": 24}'),
        ("plan.yaml", b"\xef\xbb\xbfshots: [a fox]\nfps: 24"),
    ],
)
def test_yaml_and_json_are_read(name: str, raw: bytes, tmp_path: Path) -> None:
    assert _load(raw, tmp_path, name) == {"shots": ["a fox"], "fps": 24}


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("plan.yaml", b"a: &x [1]\nb: *x", "aliases"),
        ("plan.yaml", b"a: 1\na: 2", "'a' is given twice, line 2"),
        ("plan.json", b'{"a": 1, "a": 2}', "'a' is given twice"),
        ("plan.json", b'{"a": NaN}', "NaN"),
        ("plan.json", b'{"a": -Infinity}', "Infinity"),
        ("plan.yaml", b"[" * 40 + b"]" * 40, "nested deeper"),
        ("plan.json", b"[" * 100_000, "nested deeper"),
        ("plan.yaml", b"a: [1", "line"),
        ("plan.json", b"{", "line 1"),
        ("plan.yaml", b"a: !!python/object/apply:os.system [ls]", "python"),
        ("plan.yaml", b"a: 2001-99-99", "month"),
        ("plan.yaml", b"a: \x00", "unacceptable character"),
        ("plan.yaml", b"\xff\xfe", "not UTF-8"),
        ("plan.yaml", b"- a fox", "mapping with 'shots'"),
        ("plan.yaml", b"", "mapping with 'shots'"),
        ("plan.yaml", b"? [a]\n: b", "unhashable"),
        ("plan.yaml", b"# " + b"x" * MAX_BYTES, "larger than 1,048,576 bytes"),
    ],
)
def test_a_hostile_file_is_refused_in_one_sentence(
    name: str, raw: bytes, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match=message) as refused:
        _load(raw, tmp_path, name)
    assert refused.value.param == "plan"


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"film\.yaml cannot be read: No such file"):
        load(tmp_path / "film.yaml")
