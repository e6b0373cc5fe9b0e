from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from ttv.artifacts import clear
from ttv.artifacts.disk import Disk
from ttv.errors import Unavailable


class Watched(Disk):
    """A store that notes what is removed, and fails at one key."""

    def __init__(self, folder: Path, bad: str | None = None) -> None:
        super().__init__(folder)
        self.bad = bad
        self.gone: list[str] = []
        self.busy = self.most = 0

    async def delete(self, key: str) -> None:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0)
        self.busy -= 1
        if key == self.bad:
            raise Unavailable
        self.gone.append(key)


def test_many_files_are_removed_some_at_a_time(tmp_path: Path) -> None:
    store = Watched(tmp_path)
    keys = [f"a/{number}" for number in range(100)]
    asyncio.run(clear(store, keys))
    assert sorted(store.gone) == sorted(keys)
    assert 1 < store.most <= 16


def test_an_error_ends_it_once_all_that_were_under_way_have_ended(tmp_path: Path) -> None:
    store = Watched(tmp_path, bad="a/3")
    with pytest.raises(Unavailable):
        asyncio.run(clear(store, (f"a/{number}" for number in range(100))))
    assert len(store.gone) == 15
