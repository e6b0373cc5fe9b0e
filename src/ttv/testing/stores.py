"""What every artifact store must do; a back end's own tests derive from ``StoreContract``."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

import pytest

from ttv.artifacts import Artifact, KeyTaken, Listed, Offer, Store
from ttv.errors import InvalidRequest, NotFound

_Result = TypeVar("_Result")
#: Builds a store that is empty, and the same store again when called twice in one test.
Opener = Callable[[], AbstractAsyncContextManager[Store]]

_BYTES = bytes(range(256)) * 12_000  # more than any one chunk


def _used(opener: Opener, use: Callable[[Store], Awaitable[_Result]]) -> _Result:
    async def scenario() -> _Result:
        async with opener() as store:
            return await use(store)

    return asyncio.run(scenario())


async def _all(store: Store, key: str, *, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.read(key, start=start, end=end)])


def _scribble(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"scribble")


class StoreContract:
    """Derive from it, and give it a fixture ``opener``."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        """Give a file to store."""
        path = tmp_path / "source.bin"
        path.write_bytes(_BYTES)
        return path

    def test_a_stored_file_is_described_and_comes_back_whole(
        self, opener: Opener, source: Path, tmp_path: Path
    ) -> None:

        async def use(store: Store) -> tuple[Artifact, Artifact | None, Artifact, bytes]:
            put = await store.put("films/a/film.mp4", source, content_type="video/mp4")
            stat = await store.stat("films/a/film.mp4")
            fetched = await store.fetch("films/a/film.mp4", tmp_path / "copy.mp4")
            return put, stat, fetched, await _all(store, "films/a/film.mp4")

        put, stat, fetched, read = _used(opener, use)

        digest = hashlib.sha256(_BYTES).hexdigest()
        assert put == Artifact("films/a/film.mp4", len(_BYTES), digest, "video/mp4")
        assert stat == fetched == put
        assert read == (tmp_path / "copy.mp4").read_bytes() == _BYTES

    def test_a_stored_file_is_there_after_reopening(self, opener: Opener, source: Path) -> None:

        async def put(store: Store) -> Artifact:
            return await store.put("a/b", source, content_type="video/mp4")

        async def stat(store: Store) -> Artifact | None:
            return await store.stat("a/b")

        assert _used(opener, put) == _used(opener, stat)

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, 1), (5, 10), (0, None), (len(_BYTES) - 1, None), (7, 10**9), (10**9, None), (5, 5)],
    )
    def test_any_range_can_be_read(
        self, opener: Opener, source: Path, start: int, end: int | None
    ) -> None:

        async def use(store: Store) -> bytes:
            await store.put("a", source, content_type="video/mp4")
            return await _all(store, "a", start=start, end=end)

        assert _used(opener, use) == _BYTES[start:end]

    def test_an_existing_key_is_replaced(self, opener: Opener, source: Path) -> None:

        async def use(store: Store) -> tuple[Artifact | None, bytes]:
            await store.put("a", source, content_type="video/mp4")
            await asyncio.to_thread(source.write_bytes, b"second")
            await store.put("a", source, content_type="text/plain")
            return await store.stat("a"), await _all(store, "a")

        stat, read = _used(opener, use)

        assert read == b"second"
        assert stat == Artifact("a", 6, hashlib.sha256(read).hexdigest(), "text/plain")

    def test_a_stored_file_is_a_copy(self, opener: Opener, source: Path) -> None:

        async def use(store: Store) -> bytes:
            await store.put("a", source, content_type="video/mp4")
            await asyncio.to_thread(_scribble, source)
            return await _all(store, "a")

        assert _used(opener, use) == _BYTES

    def test_an_empty_file_can_be_stored(self, opener: Opener, source: Path) -> None:
        source.write_bytes(b"")

        async def use(store: Store) -> tuple[Artifact, bytes]:
            return await store.put("a", source, content_type="text/plain"), await _all(store, "a")

        put, read = _used(opener, use)

        assert (put.size, read) == (0, b"")

    def test_a_free_key_has_no_description(self, opener: Opener) -> None:
        assert _used(opener, lambda store: store.stat("no/such")) is None

    def test_reading_a_free_key_is_not_found(self, opener: Opener, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            _used(opener, lambda store: _all(store, "no/such"))
        with pytest.raises(NotFound):
            _used(opener, lambda store: store.fetch("no/such", tmp_path / "copy"))
        assert not (tmp_path / "copy").exists()

    def test_storing_a_file_that_is_not_there_is_not_found(
        self, opener: Opener, tmp_path: Path
    ) -> None:
        missing = tmp_path / "none"
        with pytest.raises(NotFound):
            _used(opener, lambda store: store.put("a", missing, content_type="video/mp4"))
        assert _used(opener, lambda store: store.stat("a")) is None

    def test_a_deleted_key_is_free_and_can_be_used_again(
        self, opener: Opener, source: Path
    ) -> None:

        async def use(store: Store) -> tuple[Artifact | None, bytes]:
            await store.put("a/b/c", source, content_type="video/mp4")
            await store.delete("a/b/c")
            await store.delete("a/b/c")
            free = await store.stat("a/b/c")
            await store.put("a/b/c", source, content_type="video/mp4")
            return free, await _all(store, "a/b/c")

        assert _used(opener, use) == (None, _BYTES)

    def test_the_keys_below_a_prefix_are_listed_in_order(
        self, opener: Opener, source: Path
    ) -> None:

        async def use(store: Store) -> list[list[str]]:
            for key in ("films/b/film.mp4", "films/a/plan.json", "filmsets/c", "films/a/film.mp4"):
                await store.put(key, source, content_type="video/mp4")
            await store.delete("films/a/plan.json")
            prefixes = ("films", "films/b", "fil", "none")
            return [[one.key async for one in store.listed(prefix)] for prefix in prefixes]

        assert _used(opener, use) == [
            ["films/a/film.mp4", "films/b/film.mp4"],
            ["films/b/film.mp4"],
            [],
            [],
        ]

    def test_many_writers_of_one_key_leave_one_whole_file(
        self, opener: Opener, tmp_path: Path
    ) -> None:
        sources = [tmp_path / f"{number}" for number in range(8)]
        for number, path in enumerate(sources):
            path.write_bytes(bytes([number]) * 100_000)

        async def use(store: Store) -> tuple[Artifact | None, bytes]:
            async with asyncio.TaskGroup() as group:
                for path in sources:
                    group.create_task(store.put("a/b", path, content_type="video/mp4"))
            return await store.stat("a/b"), await _all(store, "a/b")

        stat, read = _used(opener, use)

        assert stat is not None
        assert stat.sha256 == hashlib.sha256(read).hexdigest()
        assert len(set(read)) == 1

    def test_a_key_that_is_taken_is_kept_when_it_must_be_absent(
        self, opener: Opener, source: Path
    ) -> None:

        async def use(store: Store) -> tuple[Artifact, Artifact | None, bytes]:
            first = await store.put("a/b", source, content_type="video/mp4", if_absent=True)
            await asyncio.to_thread(source.write_bytes, b"second")
            with pytest.raises(KeyTaken):
                await store.put("a/b", source, content_type="text/plain", if_absent=True)
            return first, await store.stat("a/b"), await _all(store, "a/b")

        first, stat, read = _used(opener, use)

        assert stat == first
        assert read == _BYTES

    def test_of_many_writers_of_an_absent_key_one_wins(
        self, opener: Opener, tmp_path: Path
    ) -> None:
        sources = [tmp_path / f"{number}" for number in range(8)]
        for number, path in enumerate(sources):
            path.write_bytes(bytes([number]) * 100_000)

        async def use(store: Store) -> tuple[list[Artifact], bytes]:
            async def put(path: Path) -> Artifact | None:
                try:
                    return await store.put("a/b", path, content_type="video/mp4", if_absent=True)
                except KeyTaken:
                    return None

            tried = await asyncio.gather(*map(put, sources))
            return [put for put in tried if put], await _all(store, "a/b")

        won, read = _used(opener, use)

        assert [put.sha256 for put in won] == [hashlib.sha256(read).hexdigest()]

    @pytest.mark.parametrize("key", ["", "/a", "../a", "a/../b", ".facts/a", "a//b", "a\0", "a b"])
    def test_a_key_that_is_none_is_refused_everywhere(
        self, opener: Opener, source: Path, tmp_path: Path, key: str
    ) -> None:
        uses: list[Callable[[Store], Awaitable[object]]] = [
            lambda store: store.put(key, source, content_type="video/mp4"),
            lambda store: store.stat(key),
            lambda store: store.fetch(key, tmp_path / "copy"),
            lambda store: _all(store, key),
            lambda store: store.delete(key),
            lambda store: anext(store.listed(key)),
            lambda store: store.link(key, Offer(60, "video/mp4", "inline")),
        ]
        for use in uses:
            with pytest.raises(InvalidRequest):
                _used(opener, use)

    def test_a_listing_tells_size_and_age(self, opener: Opener, source: Path) -> None:
        async def use(store: Store) -> list[Listed]:
            await store.put("a/b", source, content_type="video/mp4")
            return [listed async for listed in store.listed("a")]

        (listed,) = _used(opener, use)

        assert (listed.key, listed.size) == ("a/b", len(_BYTES))
        assert abs(time.time() - listed.modified) < 60

    def test_a_file_has_one_name_among_the_programs_of_its_store(self, opener: Opener) -> None:
        async def use(store: Store) -> tuple[str, str]:
            return store.uri("a/b"), store.uri("a/c")

        first, second = _used(opener, use)

        assert first.endswith("/a/b")
        assert first[:-1] == second[:-1]
        assert "://" in first

    def test_a_sweep_leaves_what_is_stored(self, opener: Opener, source: Path) -> None:
        async def use(store: Store) -> tuple[int, bytes]:
            await store.put("a", source, content_type="video/mp4")
            return await store.sweep(), await _all(store, "a")

        assert _used(opener, use) == (0, _BYTES)

    def test_a_store_that_can_be_written_answers_a_ping(self, opener: Opener) -> None:
        _used(opener, lambda store: store.ping())
