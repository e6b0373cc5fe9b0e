from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ttv.artifacts import Folder, Listed, folders
from ttv.artifacts.disk import Disk


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (2, {"a/b-c": 1, "a/b": 2, "a/d": 1}),
        (3, {"a/b-c/1": 1, "a/b/1": 1, "a/b/2": 1, "a/d": 1}),
    ],
)
def test_files_come_by_the_folders_that_they_are_in(
    tmp_path: Path, parts: int, expected: dict[str, int]
) -> None:
    source = tmp_path / "source"
    source.touch()

    async def scenario() -> dict[str, int]:
        async with Disk(tmp_path / "store") as store:
            for key in ("a/b/1/x", "a/b/2", "a/b-c/1", "a/d", "b/x"):
                await store.put(key, source, content_type="text/plain")
            found = [folder async for folder in folders(store, "a", parts=parts)]
            assert [folder.key for folder in found] == list(expected)
            return {folder.key: len(folder.files) for folder in found}

    assert asyncio.run(scenario()) == expected


def test_a_folder_is_as_large_as_its_files_and_as_young_as_the_newest() -> None:
    folder = Folder("a", (Listed("a/1", 10, 5.0), Listed("a/2", 20, 7.0), Listed("a/3", 0, 6.0)))
    assert (folder.size, folder.modified) == (30, 7.0)
