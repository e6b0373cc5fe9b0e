"""A process killed with -9 while it uploads: nothing half, nothing lost, nothing left over."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
import pytest

from tests.bucket import Bucket
from tests.chaos.conftest import Figures
from tests.chaos.forge import Forge, Hand, held
from tests.chaos.trials import TRIALS, tried
from tests.integration.waiting import eventually
from ttv import backends
from ttv.artifacts import KeyTaken, Store
from ttv.artifacts.disk import Disk
from ttv.artifacts.s3 import S3, Options
from ttv.errors import NotFound
from ttv.testing import gcs

pytestmark = pytest.mark.anyio

_MIB: Final = 1 << 20
_DAYS: Final = 3 * 24 * 3600.0
#: The files of one trial in their order, with their sizes; the film goes in parts where a store
#: has parts.
_FILES: Final = {"a-poster.png": 60_000, "b-film.mp4": 9 * _MIB, "c-manifest.json": 1_000}
#: Some are killed when all is done: what was acknowledged must stay.
_BEYOND_THE_END: Final = 1.3


class _House(Protocol):
    """One kind of store, empty."""

    @property
    def options(self) -> dict[str, Any]:
        """With which the process that is killed opens it."""

    async def sweep(self) -> int:
        """Sweep some days later, and give what broke until then."""

    async def left(self) -> int:
        """Count what is neither a file nor gone."""


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path

    @property
    def options(self) -> dict[str, Any]:
        return {"folder": str(self.folder)}

    async def sweep(self) -> int:
        async with Disk(self.folder) as store:
            then = time.time() - _DAYS
            for path in self._incoming():
                os.utime(path, (then, then))
            return await store.sweep()

    async def left(self) -> int:
        return sum(1 for _ in self._incoming())

    def _incoming(self) -> Iterator[Path]:
        return (self.folder / ".incoming").iterdir()


@dataclass(frozen=True, slots=True)
class _Bucket:
    bucket: Bucket

    @property
    def options(self) -> dict[str, Any]:
        return self.bucket.options

    async def sweep(self) -> int:
        options = Options.model_validate(self.options)
        async with S3(options, clock=lambda: time.time() + _DAYS) as store:
            return await store.sweep()

    async def left(self) -> int:
        async with httpx.AsyncClient(base_url=self.bucket.endpoint) as client:
            answer = await client.get(f"/{self.bucket.name}?uploads")
        return answer.text.count("<UploadId>")


@dataclass(frozen=True, slots=True)
class _Cloud:
    """Google forgets by itself what never became an object."""

    emulator: gcs.Emulator

    @property
    def options(self) -> dict[str, Any]:
        return self.emulator.store_options

    async def sweep(self) -> int:
        return 0

    async def left(self) -> int:
        return 0


_HOUSES: Final[dict[str, Callable[[pytest.FixtureRequest], _House]]] = {
    "disk": lambda request: _Folder(request.getfixturevalue("tmp_path") / "store"),
    "gcs": lambda request: _Cloud(request.getfixturevalue("google")),
    "s3": lambda request: _Bucket(request.getfixturevalue("bucket")),
}


@dataclass(frozen=True, slots=True)
class _Kill:
    """When a process dies."""

    #: After it has opened the store.
    seconds: float
    if_absent: bool


@dataclass(frozen=True, slots=True)
class _End:
    """What was found after a kill."""

    acknowledged: int
    #: Files that were there without the process having heard so.
    unheard: int
    #: Files that are there and are not the ones that were put.
    corrupt: int
    #: Files that are not there: acknowledged ones, and after a second put all.
    missing: int


@pytest.mark.parametrize("name", backends.names("ttv.artifacts"))
async def test_a_killed_upload_leaves_whole_files_or_none(
    name: str, forge: Forge, tmp_path: Path, figures: Figures, request: pytest.FixtureRequest
) -> None:
    house = _HOUSES[name](request)
    chance = random.Random(name)
    dock = _Dock(name, house, forge, tmp_path)
    seconds = await dock.unharmed()
    kills = [
        _Kill(chance.uniform(0, _BEYOND_THE_END * seconds), if_absent=number % 2 == 0)
        for number in range(TRIALS.uploads)
    ]

    ends = await tried(kills, dock.trial, at_once=2)
    broken = await house.left()
    swept = await house.sweep()
    left = await house.left() + await dock.stored()

    acknowledged = sum(end.acknowledged for end in ends)
    figures(
        f"upload killed: {name}",
        trials=len(ends),
        files=len(ends) * len(_FILES),
        acknowledged=acknowledged,
        unheard=sum(end.unheard for end in ends),
        corrupt=sum(end.corrupt for end in ends),
        missing=sum(end.missing for end in ends),
        broken=broken,
        swept=swept,
        left=left,
    )
    assert len(ends) == TRIALS.uploads
    assert 0 < acknowledged < len(ends) * len(_FILES)
    assert not any(end.corrupt or end.missing for end in ends)
    assert (swept, left) == (broken, 0)


class _Dock:
    """Where processes upload, and what they left is looked at."""

    def __init__(self, name: str, house: _House, forge: Forge, folder: Path) -> None:
        self._name = name
        self._house = house
        self._forge = forge
        self._folder = folder
        self._count = iter(range(1_000_000))

    async def unharmed(self) -> float:
        """Upload all once, and say how many seconds it took."""
        with self._uploading(if_absent=False) as (home, _):
            await eventually(lambda: len(_stored(home)) == len(_FILES))
            await self._look(home, if_absent=False)
            noted = [line["at"] for line in _diary(home)]
        return float(noted[-1] - noted[0])

    async def trial(self, kill: _Kill, _lane: int) -> _End:
        """Kill an upload, and put what was not acknowledged once more."""
        with self._uploading(if_absent=kill.if_absent) as (home, hand):
            await eventually(lambda: bool(_diary(home)))
            await asyncio.sleep(kill.seconds)
            hand.kill()
            await hand.end()
            return await self._look(home, if_absent=kill.if_absent)

    async def stored(self) -> int:
        """Count the files that are still there; each trial has removed its own."""
        async with self._opened() as store:
            return len([listed async for listed in store.listed("trials")])

    @contextmanager
    def _uploading(self, *, if_absent: bool) -> Iterator[tuple[Path, Hand]]:
        """Let a process upload files that no other has."""
        number = next(self._count)
        home = self._folder / f"trial-{number}"
        (home / "sources").mkdir(parents=True)
        content = random.Random(f"{self._name} {number}")
        for file, size in _FILES.items():
            (home / "sources" / file).write_bytes(content.randbytes(size))
        hand = self._forge.start(
            "uploader",
            log=home / "log",
            store=self._name,
            options=json.dumps(self._house.options),
            folder=str(home),
            if_absent=if_absent,
        )
        with held(hand):
            yield home, hand
        shutil.rmtree(home)

    async def _look(self, home: Path, *, if_absent: bool) -> _End:
        """Compare what is there with what was put, before and after it is put once more."""
        acknowledged, found = _stored(home), _Found(home)
        async with self._opened() as store:
            for file in _FILES:
                there = await found.compare(store, file)
                found.missing += file in acknowledged and not there
                found.unheard += file not in acknowledged and there
                if file not in acknowledged:
                    with suppress(KeyTaken):
                        await store.put(
                            found.key(file),
                            found.source(file),
                            content_type="video/mp4",
                            if_absent=if_absent,
                        )
                    found.missing += not await found.compare(store, file)
                await store.delete(found.key(file))
        return _End(len(acknowledged), found.unheard, found.corrupt, found.missing)

    def _opened(self) -> AbstractAsyncContextManager[Store]:
        opened: AbstractAsyncContextManager[Store] = backends.build(
            "ttv.artifacts", self._name, self._house.options
        )
        return opened


@dataclass(slots=True)
class _Found:
    """What one trial has found so far."""

    home: Path
    unheard: int = 0
    corrupt: int = 0
    missing: int = 0

    def key(self, file: str) -> str:
        return f"trials/{self.home.name}/{file}"

    def source(self, file: str) -> Path:
        return self.home / "sources" / file

    async def compare(self, store: Store, file: str) -> bool:
        """Tell whether a file is there; one that is another, or half, is corrupt."""
        copy = self.home / "copy"
        try:
            artifact = await store.fetch(self.key(file), copy)
        except NotFound:
            return False
        wanted, got = _hash(self.source(file)), _hash(copy)
        self.corrupt += not wanted == got == artifact.sha256
        return True


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _diary(home: Path) -> list[dict[str, Any]]:
    """Read what the process noted; a line that it died in does not count."""
    diary = home / "diary.log"
    lines = diary.read_text().splitlines(keepends=True) if diary.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _stored(home: Path) -> set[str]:
    return {line["file"] for line in _diary(home) if line["what"] == "stored"}
