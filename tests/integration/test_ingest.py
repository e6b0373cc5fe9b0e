"""Bought films whose clips are kept as they were delivered, before their addresses die."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_pipeline_film import Diary, fetched
from tests.loops import BACKEND
from ttv import media
from ttv.artifacts import Artifact
from ttv.artifacts.disk import Disk
from ttv.errors import StorageFull, Transient
from ttv.media import Format
from ttv.pipeline import Commission, Order, Pipeline, Result
from ttv.planning import Plan, Shot
from ttv.settings import Settings
from ttv.testing.providers import Emulator
from ttv.wiring.films import open_pipeline

pytestmark = pytest.mark.anyio

#: Smaller and faster than what the provider makes.
PICTURE = Format(160, 90, 12)
ORDER = Order(
    plan=Plan("a fox", (Shot("a red fox runs", 60, 1),), PICTURE, seed=1),
    format=PICTURE,
    generator="kling",
)


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


@pytest.fixture(scope="module")
def emulators() -> Iterator[Emulator]:
    with Emulator("kling", size="320x180") as emulator:
        yield emulator


@pytest.fixture
def emulator(emulators: Emulator) -> Emulator:
    emulators.reset()
    return emulators


@pytest.fixture
async def pipeline(emulator: Emulator, tmp_path: Path) -> AsyncIterator[Pipeline]:
    settings = Settings(data_dir=tmp_path, generators={"kling": emulator.engine_options})
    async with open_pipeline(settings) as opened:
        yield opened


async def make(pipeline: Pipeline, folder: Path) -> Mapping[str, Result]:
    folder.mkdir()
    commission = Commission(f"films/{folder.name}", buyer="ann")
    return await pipeline.make(
        ORDER, workspace=folder, commission=commission, watcher=Diary(), slots=2
    )


class Full(Disk):
    """A store that has no room for what is made of a clip, once."""

    full = True

    async def put(
        self, key: str, source: Path, *, content_type: str, if_absent: bool = False
    ) -> Artifact:
        if self.full and key.endswith("/clip.mp4"):
            self.full = False
            raise StorageFull
        return await super().put(key, source, content_type=content_type, if_absent=if_absent)


async def facts(pipeline: Pipeline, results: Mapping[str, Result], folder: Path) -> Any:
    document = json.loads((await fetched(pipeline, results, "manifest", folder)).read_text())
    return document["steps"]["segment-1"]["facts"]


async def test_a_film_whose_clip_was_kept_is_finished_after_the_address_has_died(
    pipeline: Pipeline, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults(url_downloads=1)
    async with Full(tmp_path / "artifacts") as store:
        with pytest.raises(StorageFull):
            await make(replace(pipeline, store=store), tmp_path / "a")

    results = await make(pipeline, tmp_path / "b")

    assert media.probe(await fetched(pipeline, results, "film", tmp_path)).frames == 60
    assert len(emulator.charges()) == 1


@pytest.mark.parametrize("fault", ["page_downloads", "cut_downloads"])
async def test_what_comes_in_place_of_a_clip_is_refused_and_the_clip_downloaded_later(
    pipeline: Pipeline, emulator: Emulator, tmp_path: Path, fault: str
) -> None:
    emulator.faults(**{fault: 1})
    with pytest.raises(Transient, match="gave as the clip is none"):
        await make(pipeline, tmp_path / "a")

    await make(pipeline, tmp_path / "b")

    assert len(emulator.charges()) == 1


async def test_the_manifest_tells_what_was_asked_for_and_what_came(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    results = await make(pipeline, tmp_path / "a")

    told = await facts(pipeline, results, tmp_path)
    segment = results["segment-1"]
    kept = segment.files["clip"].key.replace("clip.mp4", "purchase-1-source.mp4")
    source = await pipeline.store.stat(kept)
    assert source
    assert told["requested"] == {"frames": 60, "size": "160x90", "fps": 12, "seconds": 5.0}
    assert told["delivered"] == {
        "codec": "h264",
        "frames": 121,
        "size": "320x180",
        "fps": 24.0,
        "seconds": 5.042,
        "has_audio": False,
        "sha256": source.sha256,
        "bytes": source.size,
    }
    assert segment.warnings == (
        "made at 320x180 and scaled to 160x90",
        "made at 24 frames per second and converted to 12",
    )


async def test_an_address_that_died_at_once_is_told(
    pipeline: Pipeline, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults(url_seconds=0)

    with pytest.raises(Transient, match="address of the clip does not work"):
        await make(pipeline, tmp_path / "a")

    assert len(emulator.charges()) == 1
