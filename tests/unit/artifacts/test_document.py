from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from ttv.artifacts import KeyTaken, contents, put_document
from ttv.artifacts.disk import Disk
from ttv.errors import NotFound


def test_a_value_is_stored_as_json_and_may_be_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Disk(tmp_path) as store:
            stored = await put_document(store, "a/b.json", {"fox": "Füchse"})
            assert stored.content_type == "application/json"
            with pytest.raises(KeyTaken):
                await put_document(store, "a/b.json", {}, if_absent=True)

    asyncio.run(scenario())
    assert json.loads((tmp_path / "a" / "b.json").read_bytes()) == {"fox": "Füchse"}


def test_a_file_of_many_pieces_is_read_whole(tmp_path: Path) -> None:
    text = "Füchse " * 400_000  # more than any one chunk

    async def scenario() -> bytes:
        async with Disk(tmp_path) as store:
            await put_document(store, "a.json", text)
            with pytest.raises(NotFound):
                await contents(store, "b.json")
            return await contents(store, "a.json")

    assert json.loads(asyncio.run(scenario())) == text
