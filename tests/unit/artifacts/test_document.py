from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from ttv.artifacts import KeyTaken, put_document
from ttv.artifacts.disk import Disk


def test_a_value_is_stored_as_json_and_may_be_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Disk(tmp_path) as store:
            stored = await put_document(store, "a/b.json", {"fox": "Füchse"})
            assert stored.content_type == "application/json"
            with pytest.raises(KeyTaken):
                await put_document(store, "a/b.json", {}, if_absent=True)

    asyncio.run(scenario())
    assert json.loads((tmp_path / "a" / "b.json").read_bytes()) == {"fox": "Füchse"}
