"""Whole films at toy size, through the real back ends and a real store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.loops import BACKEND
from ttv import media
from ttv.children import _start
from ttv.errors import InvalidRequest
from ttv.generators import Generator, SegmentRequest, Status
from ttv.media import Format
from ttv.pipeline import Commission, Kind, Mode, Order, Pipeline, Result, Step
from ttv.planning import Plan, Shot, Transition
from ttv.settings import Settings
from ttv.wiring.films import open_pipeline

pytestmark = pytest.mark.anyio

TOY = Format(160, 90, 12)
FOX = Shot("a red fox runs through a snowy forest at night", 18, 1)
OWL = Shot("an owl flies over a meadow at sunset", 12, 2)


@pytest.fixture
def anyio_backend() -> tuple[str, object]:
    return BACKEND


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all films here: a shot that several of them have is made once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
async def pipeline(data: Path) -> AsyncIterator[Pipeline]:
    async with open_pipeline(Settings(data_dir=data)) as opened:
        yield opened


class Diary:
    """Notes what happens to a film."""

    def __init__(self) -> None:
        self.done: dict[str, Result] = {}
        self.segment_finished = asyncio.Event()

    def planned(self, plan: Plan, steps: tuple[Step, ...]) -> None:
        self.steps = steps

    def progressed(self, step: Step, fraction: float, message: str) -> None:
        assert 0 <= fraction <= 1

    def finished(self, step: Step, result: Result) -> None:
        self.done[step.name] = result
        if step.kind is Kind.SEGMENT:
            self.segment_finished.set()

    def made(self) -> set[str]:
        """Name the steps that were not found in the store."""
        return {name for name, result in self.done.items() if not result.reused}


def order_of(*shots: Shot, mode: Mode = Mode.AUTO, style: str | None = None) -> Order:
    return Order(plan=Plan("a test", shots, TOY, seed=1, style=style), format=TOY, mode=mode)


async def make(
    pipeline: Pipeline, order: Order, folder: Path, diary: Diary | None = None
) -> Mapping[str, Result]:
    folder.mkdir()
    return await pipeline.make(
        order,
        workspace=folder,
        commission=Commission(f"films/{folder.parent.name}/{folder.name}"),
        watcher=diary or Diary(),
        slots=2,
    )


async def fetched(
    pipeline: Pipeline, results: Mapping[str, Result], role: str, folder: Path
) -> Path:
    file = results["delivery"].files[role]
    path = folder / Path(file.key).name
    await pipeline.store.fetch(file.key, path)
    return path


class Asked(Exception):
    """Stands for the end of a call that only its arguments matter of."""


class Recorder:
    """An engine that notes the key it is asked with, and makes nothing."""

    def __init__(self, like: Generator) -> None:
        self.capabilities = like.capabilities
        self.keys: list[str] = []

    async def submit(self, request: SegmentRequest, *, key: str) -> str:
        self.keys.append(key)
        raise Asked

    async def find(self, request: SegmentRequest, *, key: str) -> str | None:
        raise NotImplementedError

    async def poll(self, handle: str) -> Status:
        raise NotImplementedError

    async def download(self, handle: str, to: Path) -> None:
        raise NotImplementedError

    async def cancel(self, handle: str) -> None:
        raise NotImplementedError


async def test_an_engine_is_asked_with_the_address_of_the_segment(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    order = order_of(replace(FOX, seed=77))
    recorder = Recorder(pipeline.generators["animatic"])
    with pytest.raises(Asked):
        await make(replace(pipeline, generators={"animatic": recorder}), order, tmp_path / "a")

    results = await make(pipeline, order, tmp_path / "b")

    assert recorder.keys == [results["segment-1"].address]


async def test_a_film_has_exactly_the_frames_of_its_plan(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    fade = replace(OWL, transition=Transition.CROSSFADE, transition_frames=4)
    order = order_of(FOX, OWL, fade)

    results = await make(pipeline, order, tmp_path / "a")

    clip = media.probe(await fetched(pipeline, results, "film", tmp_path))
    assert order.plan
    assert clip.frames == order.plan.frames == 38
    assert (clip.width, clip.height, clip.fps) == (160, 90, 12)
    assert clip.has_audio


async def test_the_manifest_tells_how_the_film_was_made(pipeline: Pipeline, tmp_path: Path) -> None:
    results = await make(pipeline, order_of(FOX, OWL), tmp_path / "a")

    manifest = json.loads((await fetched(pipeline, results, "manifest", tmp_path)).read_text())
    assert [seam["join"] for seam in manifest["seams"]] == ["still", "still"]
    assert manifest["plan"]["shots"][0]["prompt"] == FOX.prompt
    clip = manifest["steps"]["segment-1"]["files"]["clip"]
    assert clip["sha256"] == results["segment-1"].files["clip"].sha256


async def test_making_a_film_again_makes_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    await make(pipeline, order_of(FOX, OWL), tmp_path / "a")
    again = Diary()

    await make(pipeline, order_of(FOX, OWL), tmp_path / "b", again)

    assert again.made() == {"delivery"}


async def test_a_discarded_film_leaves_what_its_steps_made(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    results = await make(pipeline, order_of(FOX, OWL), tmp_path / "discarded")

    for _ in range(2):  # the second time there is nothing left
        await pipeline.discard(f"films/{tmp_path.name}")

    delivered = [file.key for file in results["delivery"].files.values()]
    assert len(delivered) == 4
    assert [key for key in delivered if await pipeline.store.stat(key)] == []
    assert await pipeline.store.stat(results["segment-1"].files["clip"].key)


async def test_a_changed_shot_is_made_again_and_its_siblings_are_not(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    await make(pipeline, order_of(FOX, OWL), tmp_path / "a")
    again = Diary()

    await make(pipeline, order_of(FOX, replace(OWL, seed=3)), tmp_path / "b", again)

    assert again.made() == {"plan", "keyframe-2", "segment-2", "film", "delivery"}


async def remade(
    pipeline: Pipeline, order: Order, folder: Path, *, shot: int, prompt: str | None = None
) -> tuple[set[str], dict[str, Any]]:
    """Make a film and then a shot of it anew; give what that made, and the manifest."""
    await make(pipeline, order, folder / "a")
    again, diary = order.retaken(shot, prompt=prompt), Diary()

    results = await make(pipeline, again, folder / "b", diary)

    assert order.plan
    assert diary.made() == set(pipeline.stale(again, order.plan, shot))
    manifest = await fetched(pipeline, results, "manifest", folder)
    return diary.made(), json.loads(manifest.read_text())


async def test_a_shot_that_is_made_anew_leaves_its_neighbours(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    made, manifest = await remade(
        pipeline, order_of(FOX, OWL, FOX), tmp_path, shot=2, prompt="a crow flies over a lake"
    )

    assert made == {"keyframe-2", "segment-2", "film", "delivery"}
    assert manifest["order"]["takes"] == [
        {"shot": 2, "number": 1, "prompt": "a crow flies over a lake", "seed": None}
    ]
    assert manifest["plan"]["shots"][1]["prompt"] == "a crow flies over a lake"


async def test_a_shot_that_meets_its_neighbours_is_made_anew_between_the_same_stills(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    onward = replace(FOX, transition=Transition.CONTINUE)

    made, manifest = await remade(pipeline, order_of(FOX, onward, onward), tmp_path, shot=2)

    assert made == {"segment-2", "film", "delivery"}
    assert [seam["join"] for seam in manifest["seams"]] == ["still", "meet", "meet"]


async def test_shots_that_are_chained_on_one_that_is_made_anew_are_too(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    order = order_of(OWL, OWL, mode=Mode.CHAINING)

    made, _ = await remade(pipeline, order, tmp_path, shot=1)

    assert made == {"keyframe-1", "segment-1", "segment-2", "film", "delivery"}


async def test_a_plan_written_in_another_form_is_not_reused(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = order_of(FOX)
    await make(pipeline, order, tmp_path / "a")
    # What an upgrade does: the form has a number, and the new program another one.
    monkeypatch.setattr("ttv.pipeline.film.VERSION", 0)
    again = Diary()

    await make(pipeline, order, tmp_path / "b", again)

    assert again.made() == {"plan", "delivery"}


async def test_a_segment_made_for_a_cut_serves_a_film_that_chains_on_it(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    await make(pipeline, order_of(FOX, OWL), tmp_path / "a")
    again = Diary()

    await make(pipeline, order_of(FOX, OWL, mode=Mode.CHAINING), tmp_path / "b", again)

    assert "segment-1" in again.done
    assert again.made() == {"plan", "segment-2", "film", "delivery"}


async def test_the_same_order_gives_the_same_bytes_however_children_start(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await make(pipeline, order_of(FOX, OWL), tmp_path / "a")
    diary = Diary()
    monkeypatch.setattr(_start.NURSERY, "ask", lambda *_: False)
    async with open_pipeline(Settings(data_dir=tmp_path / "elsewhere")) as other:
        there = await make(other, order_of(FOX, OWL), tmp_path / "b", diary)

    assert diary.made() == set(there)
    assert here["delivery"].files["film"].sha256 == there["delivery"].files["film"].sha256


@pytest.mark.parametrize("mode", list(Mode))
async def test_a_continued_shot_joins_without_a_jump(
    pipeline: Pipeline, tmp_path: Path, mode: Mode
) -> None:
    onward = replace(FOX, transition=Transition.CONTINUE)

    results = await make(pipeline, order_of(FOX, onward, mode=mode), tmp_path / "a")

    film = await fetched(pipeline, results, "film", tmp_path)
    frames = [media.read_frame(film, number).astype(np.int16) for number in range(36)]
    steps = [float(np.abs(b - a).mean()) for a, b in pairwise(frames)]
    seam = steps[FOX.frames - 1]
    assert 0.5 * np.median(steps) <= seam <= 1.2 * np.median(steps)


async def test_a_cancelled_film_keeps_its_finished_segments(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    cat, long = replace(FOX, prompt="a cat walks through a meadow"), replace(OWL, frames=700)
    diary = Diary()
    work = asyncio.create_task(make(pipeline, order_of(cat, long), tmp_path / "a", diary))
    await diary.segment_finished.wait()

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert "segment-1" in diary.made()
    assert "segment-2" not in diary.done
    again = Diary()
    await make(pipeline, order_of(cat, OWL), tmp_path / "b", again)
    assert {"segment-1", "segment-2"} <= set(again.done)
    assert "segment-1" not in again.made()


async def test_what_the_engine_cannot_do_is_refused_before_anything_is_made(
    pipeline: Pipeline,
) -> None:
    with pytest.raises(InvalidRequest, match="there is no such generator here"):
        pipeline.check(replace(order_of(FOX), generator="sora"))
