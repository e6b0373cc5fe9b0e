from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from ttv.artifacts import Artifact
from ttv.artifacts.disk import Disk, build
from ttv.errors import Conflict, InvalidRequest, StorageFull, StorageUnwritable

Result = TypeVar("Result")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"film")
    return path


def used(folder: Path, use: Callable[[Disk], Awaitable[Result]]) -> Result:
    async def scenario() -> Result:
        async with build({"folder": str(folder)}) as store:
            return await use(store)

    return asyncio.run(scenario())


def put(folder: Path, key: str, source: Path) -> Artifact:
    return used(folder, lambda store: store.put(key, source, content_type="video/mp4"))


def test_a_film_lies_under_its_own_name_where_a_player_finds_it(folder: Path, source: Path) -> None:
    put(folder, "films/a/film.mp4", source)

    assert (folder / "films/a/film.mp4").read_bytes() == b"film"


def test_facts_of_another_file_are_never_believed(folder: Path, source: Path) -> None:
    put(folder, "a.mp4", source)
    (folder / "a.mp4").write_bytes(b"edited")

    found = used(folder, lambda store: store.stat("a.mp4"))

    edited = hashlib.sha256(b"edited").hexdigest()
    assert found == Artifact("a.mp4", 6, edited, "video/mp4")


@pytest.mark.parametrize("facts", [None, b"", b"[]", b"{", b'{"size": 4}'])
def test_lost_facts_are_taken_again(folder: Path, source: Path, facts: bytes | None) -> None:
    stored = put(folder, "a/film.mp4", source)
    if facts is None:
        (folder / ".facts/a/film.mp4").unlink()
    else:
        (folder / ".facts/a/film.mp4").write_bytes(facts)

    assert used(folder, lambda store: store.stat("a/film.mp4")) == stored
    assert json.loads((folder / ".facts/a/film.mp4").read_bytes())["sha256"] == stored.sha256


def test_deleting_leaves_no_empty_folders(folder: Path, source: Path) -> None:
    put(folder, "a/b/c", source)

    used(folder, lambda store: store.delete("a/b/c"))

    assert sorted(path.name for path in folder.rglob("*")) == [".facts", ".incoming"]


def test_a_key_cannot_be_both_file_and_folder(folder: Path, source: Path) -> None:
    put(folder, "a/b", source)

    with pytest.raises(Conflict):
        put(folder, "a", source)
    with pytest.raises(Conflict):
        put(folder, "a/b/c", source)
    assert used(folder, lambda store: store.stat("a")) is None
    assert used(folder, lambda store: store.stat("a/b/c")) is None


def test_nothing_half_written_stays_behind(folder: Path, source: Path) -> None:
    put(folder, "a", source)

    assert list((folder / ".incoming").iterdir()) == []


def test_what_was_abandoned_long_ago_is_swept(folder: Path) -> None:
    old, new = folder / ".incoming/old", folder / ".incoming/new"
    old.parent.mkdir(parents=True)
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))

    used(folder, lambda store: store.ping())

    assert [path.name for path in (folder / ".incoming").iterdir()] == ["new"]


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="needs /dev/full")
def test_a_full_disk_keeps_the_old_file(
    folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a", source)
    fdopen = os.fdopen

    def open_full(handle: int, mode: str) -> object:  # the only way to a full disk without root
        os.close(handle)
        return fdopen(os.open("/dev/full", os.O_WRONLY), mode)

    monkeypatch.setattr(os, "fdopen", open_full)
    with pytest.raises(StorageFull):
        put(folder, "a", source)
    monkeypatch.undo()

    assert (folder / "a").read_bytes() == b"film"


def test_a_folder_that_cannot_be_made_is_unwritable(tmp_path: Path, source: Path) -> None:
    with pytest.raises(StorageUnwritable):
        put(source / "store", "a", source)


def test_options_are_checked(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="folder"):
        build({})
    with pytest.raises(InvalidRequest, match="path"):
        build({"folder": str(tmp_path), "path": "x"})


def test_a_listing_is_in_the_order_of_keys_however_deep(folder: Path, source: Path) -> None:
    keys = ["a-b/x", "a.mp4", "a/b-c/d", "a/b.mp4", "a/b/c", "a/c/d/e", "b/x"]
    for key in reversed(keys):
        put(folder, f"films/{key}", source)
    (folder / "films" / "z").symlink_to(source.parent)

    async def listed() -> list[str]:
        return [one.key async for one in Disk(folder).listed("films")]

    assert asyncio.run(listed()) == [f"films/{key}" for key in keys]


def test_the_folder_may_be_reached_by_a_link(tmp_path: Path, folder: Path, source: Path) -> None:
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)

    put(tmp_path / "link", "films/a.mp4", source)

    assert (folder / "films" / "a.mp4").read_bytes() == b"film"


def test_no_link_in_the_folder_leads_a_key_out_of_it(
    tmp_path: Path, folder: Path, source: Path
) -> None:
    (folder / "films").mkdir(parents=True)
    (folder / "films" / "out").symlink_to(tmp_path)

    with pytest.raises(InvalidRequest, match="symbolic link") as caught:
        put(folder, "films/out/a.mp4", source)

    assert caught.value.param == "key"
    assert not (tmp_path / "a.mp4").exists()
