from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import ValidationError

from ttv.animatic.rigs._data import read_species


@dataclass(frozen=True)
class _Animal:
    legs: int
    colours: Mapping[str, str] = field(default_factory=dict)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "menagerie"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "animals.yaml").write_text(
        "_four: {legs: 4, colours: {body: grey, eye: black}}\n"
        "fox: {like: _four, colours: {body: red}}\n"
        "bird: {like: fox, legs: 2}\n"
    )
    (folder / "broken.yaml").write_text("fox: {legs: many}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "menagerie"


def test_a_species_inherits_key_by_key(package: str) -> None:
    table = read_species(package, "animals.yaml", _Animal)
    assert set(table) == {"fox", "bird"}
    assert table["bird"] == _Animal(2, {"body": "red", "eye": "black"})


def test_a_wrong_entry_is_refused(package: str) -> None:
    with pytest.raises(ValidationError, match="legs"):
        read_species(package, "broken.yaml", _Animal)
