from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.unit.outputs.sources import told
from ttv import children, outputs
from ttv.errors import InvalidRequest, StorageUnwritable


def made(name: str, folder: Path) -> list[str]:
    source = told("a fox", "an owl")
    files = asyncio.run(outputs.make(name, source, folder, report=lambda _fraction, _text: None))
    return sorted(path.name for path in files.values())


def test_its_files_are_all_that_is_left_in_the_folder(tmp_path: Path) -> None:
    assert made("srt", tmp_path) == [path.name for path in tmp_path.iterdir()] == ["film.srt"]


def test_what_is_half_done_when_it_is_stopped_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(_module: str, request: children.Message, **_: Any) -> None:
        Path(request["folder"], "film.srt").write_text("1\n")
        raise asyncio.CancelledError

    monkeypatch.setattr(children, "run", stopped)  # no real child can be stopped just then

    with pytest.raises(asyncio.CancelledError):
        made("srt", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_output_is_refused_before_a_child_starts(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        made("film", tmp_path)


def test_a_folder_that_is_not_there_is_unwritable(tmp_path: Path) -> None:
    with pytest.raises(StorageUnwritable):
        made("srt", tmp_path / "none")
